"""The one place where the parts meet; heavy ones are imported when they are needed."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from random import SystemRandom
from signal import SIGINT, SIGTERM
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

import structlog

from interview_bot.actions.desk import Desk
from interview_bot.bank.files import catalogue
from interview_bot.bot import COMMANDS, Bot
from interview_bot.chat import wording
from interview_bot.chat.messages import Card, Draw, Message
from interview_bot.core.catalogue import Catalogue
from interview_bot.core.errors import BadSetting, OperatorError
from interview_bot.core.ports import Grader, Job, Voice
from interview_bot.graders.rubric import RubricGrader
from interview_bot.settings import GraderName, Settings, read_settings
from interview_bot.storage import schema
from interview_bot.storage.alone import alone, end_leases
from interview_bot.storage.database import Database, open_database
from interview_bot.work.daily import DailyWork, Unheard
from interview_bot.work.expire import ExpireWork, promise_expiry
from interview_bot.work.grade import GradeWork
from interview_bot.work.purge import PURGE, PurgeWork, promise_purge
from interview_bot.work.remind import RemindWork
from interview_bot.work.send import Sender
from interview_bot.work.worker import Worker

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from interview_bot.graders.llm.model import ModelGrader

Work = Callable[[Job], Awaitable[None]]
log = structlog.get_logger()


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC)


def new_id() -> str:
    """A new id that nobody can guess."""
    return uuid4().hex


class House:
    """Everything built for one process from its settings; nothing connects before it is used."""

    def __init__(self, settings: Settings | None = None, *, prefix: str = "/mock-interview ") -> None:
        """Build from the given settings, or from the environment."""
        self.settings = settings or read_settings()
        self._prefix = prefix
        self._worker: Worker | None = None
        self.clock = SystemClock()

    @cached_property
    def database(self) -> Database:
        """The database."""
        return open_database(self.settings.database())

    @cached_property
    def catalogue(self) -> Catalogue:
        """All questions."""
        return catalogue(self.settings.question_folder())

    @cached_property
    def grader(self) -> RubricGrader:
        """The offline grader."""
        return RubricGrader()

    @cached_property
    def model(self) -> ModelGrader:
        """The language model.

        Raises:
            OperatorError: a setting is missing, or the packages that it needs are not installed.
        """
        settings = self.settings
        if not settings.model:
            raise BadSetting("INTERVIEW_BOT_MODEL is missing, expected the name of a language model")
        if settings.openai_api_key is None and settings.openai_base_url is None:
            raise BadSetting(
                "OPENAI_API_KEY is missing (or OPENAI_BASE_URL, for an endpoint that needs no key)"
            )
        try:
            from interview_bot.graders.llm.endpoint import Endpoint
            from interview_bot.graders.llm.model import ModelGrader
        except ModuleNotFoundError as lost:
            raise OperatorError(
                f"The package {lost.name} is missing. Run: pip install 'interview-bot[llm]'"
            ) from None
        key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else "none"
        prices = (settings.model_price_in, settings.model_price_out)
        return ModelGrader(Endpoint(settings.model, key, settings.openai_base_url, *prices), new_id)

    def grader_named(self, name: GraderName) -> Grader:
        """A grader for interviews: it falls back to the rubric and never fails.

        Raises:
            OperatorError: the model cannot be used at all.
        """
        if name == "rubric":
            return self.grader
        model = self.model
        from interview_bot.graders.llm.panel import Panel

        return Panel(self.grader, model, beside=name == "panel")

    def grader_for_a_run(self, name: GraderName, *, falls_back: bool = True) -> Grader:
        """A grader for one run of the command line, which may cost what a team's day may.

        Raises:
            OperatorError: the model cannot be used at all.
        """
        if name == "rubric":
            return self.grader
        model = self.model
        from interview_bot.graders.llm.panel import Capped, Panel

        capped = Capped(model, self.settings.model_budget)
        return Panel(self.grader, capped, beside=name == "panel", falls_back=falls_back)

    async def close(self) -> None:
        """Close what was opened."""
        if "model" in self.__dict__:
            await self.model.close()
        if "database" in self.__dict__:
            await self.database.close()

    @cached_property
    def draw(self) -> Draw | None:
        """Draws charts as pictures; None where the packages or a font are missing, and text has to do."""
        try:
            from interview_bot.pictures.paint import has_font, picture
        except ModuleNotFoundError as lost:
            log.info("pictures.off", missing=lost.name, cure="pip install 'interview-bot[pictures]'")
            return None
        if not has_font():
            log.info("pictures.off", missing="any font", cure="install a font, such as DejaVu Sans")
            return None
        return picture

    @cached_property
    def bot(self) -> Bot:
        """The conversation engine."""
        return self._bot()

    def _bot(self, start: str = "") -> Bot:
        """The conversation engine where `start` is typed between the prefix and a topic."""
        keep, dice = self.settings.keep_days, SystemRandom()
        desk = Desk(
            self.database,
            self.catalogue,
            self.clock,
            dice,
            new_id,
            self.wake,
            self._prefix,
            keep,
            start,
            self.settings.model_budget,
        )
        return Bot(desk)

    def worker(self, voices: Mapping[str, Voice], jobs: Mapping[str, Work] | None = None) -> Worker:
        """A worker that speaks with these voices, and does some jobs of platforms beside its own."""
        name = self.settings.grader_name()
        model = None if name == "rubric" else self.grader_named(name)
        grade = GradeWork(
            self.database, self.catalogue, self.grader, self.clock, new_id, model, self.settings.model_budget
        )
        unheard = Unheard(self.database, self.clock)
        sender = Sender(self.database.queue, voices, self.clock, unheard)
        daily = DailyWork(self.database, self.catalogue, self.clock, new_id)
        expire = ExpireWork(self.database, self.clock, self.settings.keep_days)
        own: dict[str, Work] = {
            "grade": grade,
            "expire": expire,
            "daily": daily,
            "remind": RemindWork(self.database, self.clock),
            PURGE: PurgeWork(self.database),
        }
        self._worker = Worker(self.database.queue, own | dict(jobs or {}), sender, self.clock)
        return self._worker

    def wake(self) -> None:
        """There may be something to do."""
        if self._worker:
            self._worker.wake()

    async def ready(self) -> None:
        """Bring SQLite's schema up to date, refuse another schema on PostgreSQL; have old interviews cleared up.

        Raises:
            DatabaseUnreachable, WrongSchema: with what to do.
        """
        if self.database.is_sqlite and await schema.current(self.database) in {None, *schema.older()}:
            await schema.upgrade(self.database)
        await schema.check(self.database)
        async with self.database.begin() as work:
            await promise_expiry(work, self.clock.now())

    async def whisper(self, message: Message, cards: tuple[Card, ...]) -> None:
        """Say cards to one person where the platform has no reply of its own: through the outbox."""
        place = message.address.get("thread_ts") or message.address.get("channel", "")
        lane = f"whisper:{message.who.team}:{message.who.candidate}:{place}"
        now = self.clock.now()
        async with self.database.begin() as work:
            await work.meet(message.who)
            await work.open_lane(lane, message.who, message.address)
            for number, card in enumerate(cards):
                slot = f"whisper:{message.delivery}:{number}"
                await work.post(lane, slot, card.model_dump(mode="json", exclude_defaults=True), now)
        self.wake()

    async def publish(self, message: Message, cards: tuple[Card, ...]) -> None:
        """Show cards on a person's App Home: one slot, in which the newest state replaces the one before."""
        lane = f"home:{message.who.team}:{message.who.candidate}"
        kept = ("platform", "team", "user", "enterprise")
        address = {name: message.address[name] for name in kept if name in message.address}
        shown = {"cards": [card.model_dump(mode="json", exclude_defaults=True) for card in cards]}
        async with self.database.begin() as work:
            await work.meet(message.who)
            await work.open_lane(lane, message.who, address | {"surface": "home"})
            await work.post(lane, lane, shown, self.clock.now())
        self.wake()

    async def serve(self) -> None:
        """Serve Slack, Discord or both, as their tokens are set, until stopped.

        Raises:
            OperatorError: a token is missing or refused, or the database cannot be used.
        """
        rooms = [room for room in (self._slack(), self._discord()) if room]
        if not rooms:
            raise BadSetting(
                "SLACK_BOT_TOKEN is missing, expected the bot's token, xoxb-...; or DISCORD_TOKEN"
            )
        async with alone(self.database):
            await self.ready()
            await end_leases(self.database, self.clock.now())
            await self._serve(rooms)

    async def _serve(self, rooms: Sequence[Served]) -> None:
        jobs = {kind: work for room in rooms for kind, work in room.jobs.items()}
        worker = self.worker({room.platform: room.voice for room in rooms}, jobs)
        working = asyncio.create_task(worker.run())
        serving = [asyncio.create_task(room.serve()) for room in rooms]
        try:
            # The first that ends was told to stop, or cannot go on: the others end with it.
            done, _ = await asyncio.wait(serving, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                one.result()
        finally:
            for one in (*serving, working):
                one.cancel()
            await asyncio.gather(*serving, working, return_exceptions=True)
            for room in rooms:
                if room.close:
                    await room.close()
            await self.close()

    def _slack(self) -> Served | None:
        """Slack: Socket Mode with an app token, else HTTP with a signing secret; one workspace, or any that installs the app."""
        settings = self.settings
        app_token, secret = settings.slack_app_token, settings.slack_signing_secret
        if settings.slack_bot_token is None and settings.slack_client_id is None:
            if app_token or secret:
                raise BadSetting(
                    "SLACK_BOT_TOKEN is missing, expected the bot's token, xoxb-...; or SLACK_CLIENT_ID"
                )
            return None
        if settings.slack_bot_token and settings.slack_client_id:
            raise BadSetting(
                "SLACK_BOT_TOKEN is for one workspace and SLACK_CLIENT_ID for any; set one of them"
            )
        if app_token is None and secret is None:
            raise BadSetting("SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) is missing")
        if settings.slack_client_id and secret is None:
            raise BadSetting("SLACK_SIGNING_SECRET is missing; other workspaces install the app over HTTP")
        from interview_bot.wiring.slack import SlackSide

        side = SlackSide(self)
        if app_token is None or settings.slack_client_id:
            return Served("slack", side.voice, lambda: self._serve_http(side.web()), jobs=side.jobs)
        token = app_token.get_secret_value()
        return Served("slack", side.voice, lambda: side.serve_socket(token), jobs=side.jobs)

    @cached_property
    def texts(self) -> dict[str, dict[str, str]]:
        """Sentences by language and key."""
        return {language: wording.texts(language) for language in ("en", "de")}

    def topics(self) -> tuple[str, ...]:
        """What can be asked about: tracks, then topics."""
        known = self.catalogue.topics()
        tracks = sorted({one.track for one in known})
        return (*tracks, *sorted({one.name for one in known} - set(tracks)))

    def _discord(self) -> Served | None:
        """Discord: a gateway connection for each shard that no other process holds."""
        settings = self.settings
        if settings.discord_token is None:
            return None
        try:
            from interview_bot.platforms.discord.bot import Options
            from interview_bot.platforms.discord.gateway import Vocabulary, make_gateway
            from interview_bot.platforms.discord.room import Room
            from interview_bot.platforms.discord.voice import DiscordVoice
        except ModuleNotFoundError as lost:
            raise OperatorError(
                f"The package {lost.name} is missing. Run: pip install 'interview-bot[discord]'"
            ) from None
        receive = self._bot(start="start ").receive
        room = Room(receive, self._team_on_discord, self.texts, self.whisper, draw=self.draw, left=self._left)
        options = Options(
            settings.discord_token.get_secret_value(),
            settings.discord_api_base,
            settings.discord_gateway_url,
            settings.discord_message_content,
            settings.discord_shards,
        )
        names = {name for one in self.catalogue.topics() for name in (one.track, one.name)}
        words = Vocabulary(tuple(COMMANDS), tuple(sorted(names)))
        gateway = make_gateway(room, options, words, self.database.held, self.clock.now, new_id())
        voice = DiscordVoice(gateway.rest, self.draw)
        return Served("discord", voice, lambda: _until_a_signal(gateway.run()), gateway.rest.close)

    async def _team_on_discord(self, candidate: str, channel: str, turn: str | None) -> str | None:
        async with self.database.begin() as work:
            return await work.team_at("discord", candidate, channel, turn and turn.rpartition(".")[2])

    async def _left(self, team: str) -> None:
        """Purge a team in a month, unless the bot is back and used by then; all it says until then goes nowhere."""
        async with self.database.begin() as work:
            await promise_purge(work, team, self.clock.now())

    async def _serve_http(self, served: Starlette) -> None:
        import uvicorn

        config = uvicorn.Config(
            served, self.settings.host, self.settings.port, log_level="warning", timeout_graceful_shutdown=8
        )
        log.info("slack.http", host=self.settings.host, port=self.settings.port)
        await uvicorn.Server(config).serve()

    async def until_stopped(self) -> None:
        """Wait until the process is told to stop."""
        log.info("slack.socket")
        await _until_a_signal(asyncio.Event().wait())


class Served(NamedTuple):
    """A platform that is set up: how it speaks, and what runs until it is told to stop."""

    platform: str
    voice: Voice
    serve: Callable[[], Coroutine[Any, Any, object]]
    close: Callable[[], Awaitable[object]] | None = None
    """Closes what the voice has opened."""
    jobs: Mapping[str, Work] = {}
    """What its workers do beside the others' jobs, by kind."""


async def _until_a_signal(work: Awaitable[object]) -> None:
    """Do something until it ends or the process is told to stop."""
    stopped = asyncio.Event()
    for signal in (SIGINT, SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal, stopped.set)
    told, working = asyncio.ensure_future(stopped.wait()), asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait({told, working}, return_when=asyncio.FIRST_COMPLETED)
        if working in done:
            working.result()
    finally:
        told.cancel()
        working.cancel()
        await asyncio.gather(told, working, return_exceptions=True)


def slack_manifest(
    request_url: str | None, *, many: bool = False, assistant: bool = False
) -> dict[str, object]:
    """Slack's app manifest."""
    from interview_bot.platforms.slack.manifest import manifest

    return manifest(request_url, many=many, assistant=assistant)


def user_name() -> str:
    """The name of the person at the terminal."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "you"
