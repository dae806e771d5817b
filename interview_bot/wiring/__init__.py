"""The one place where the parts meet; heavy ones are imported when they are needed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from functools import cached_property
from random import SystemRandom
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog

from interview_bot.actions.desk import Desk
from interview_bot.bank.files import catalogue
from interview_bot.bot import Bot, is_form
from interview_bot.chat import wording
from interview_bot.chat.messages import Card, Draw, Message, Reply
from interview_bot.core.catalogue import Catalogue
from interview_bot.core.errors import BadSetting, OperatorError
from interview_bot.core.ports import Grader, Job, Voice
from interview_bot.settings import Role, Settings, read_settings
from interview_bot.storage import schema
from interview_bot.storage.database import Database, open_database
from interview_bot.wiring.graders import Graders
from interview_bot.work.expire import ExpireWork, promise_expiry

if TYPE_CHECKING:
    from interview_bot.health.measures import Measures
    from interview_bot.wiring.serving import Served
    from interview_bot.work.worker import Work, Worker

Receive = Callable[[Message], Awaitable[Reply]]
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
        self.new_id = new_id
        self.measures: Measures | None = None
        """What a serving process counts; nothing is counted in a terminal."""

    @cached_property
    def database(self) -> Database:
        """The database."""
        return open_database(self.settings.database())

    @cached_property
    def catalogue(self) -> Catalogue:
        """All questions."""
        return catalogue(self.settings.question_folder())

    @cached_property
    def graders(self) -> Graders:
        """What grades."""
        return Graders(self.settings, new_id)

    async def close(self) -> None:
        """Close what was opened."""
        await self.graders.close()
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

    def receive(self, *, start: str = "") -> Receive:
        """What a platform hands its messages to, where `start` is typed between the prefix and a topic."""
        receive = (self._bot(start) if start else self.bot).receive
        if self.measures is None:
            return receive
        from interview_bot.health.watched import WatchedBot

        return WatchedBot(receive, self.measures, is_form)

    def _bot(self, start: str = "") -> Bot:
        keep, dice = self.settings.keep_days, SystemRandom()
        desk = Desk(
            self.database,
            self.catalogue,
            self.clock,
            dice,
            new_id,
            self.wake,
            self._keep_a_hand,
            self._prefix,
            keep,
            start,
            self.settings.model_budget,
        )
        return Bot(desk)

    def worker(self, voices: Mapping[str, Voice], jobs: Mapping[str, Work] | None = None) -> Worker:
        """A worker that speaks with these voices, and does some jobs of platforms beside its own."""
        from interview_bot.work.daily import DailyWork, Unheard
        from interview_bot.work.grade import GradeWork
        from interview_bot.work.purge import PURGE, PurgeWork
        from interview_bot.work.remind import RemindWork
        from interview_bot.work.send import Sender
        from interview_bot.work.worker import Worker

        name = self.settings.grader_name()
        model = None if name == "rubric" else self._watched(self.graders.named(name))
        grader, budget = self._watched(self.graders.rubric), self.settings.model_budget
        unheard = Unheard(self.database, self.clock)
        if self.measures is not None:
            from interview_bot.health.watched import WatchedVoice

            voices = {name: WatchedVoice(one, self.measures, name) for name, one in voices.items()}
        sender = Sender(self.database.queue, voices, self.clock, unheard)
        grade = GradeWork(self.database, self.catalogue, grader, self.clock, new_id, sender, model, budget)
        daily = DailyWork(self.database, self.catalogue, self.clock, new_id)
        expire = ExpireWork(self.database, self.clock, self.settings.keep_days)
        own: dict[str, Work] = {
            "grade": grade,
            "expire": expire,
            "daily": daily,
            "remind": RemindWork(self.database, self.clock),
            PURGE: PurgeWork(self.database),
        }
        every = own | dict(jobs or {})
        if self.measures is not None:
            from interview_bot.health.watched import watched_work

            every = {kind: watched_work(kind, work) for kind, work in every.items()}
        self._worker = Worker(self.database.queue, every, sender, self.clock)
        return self._worker

    def _watched(self, grader: Grader) -> Grader:
        if self.measures is None:
            return grader
        from interview_bot.health.watched import WatchedGrader

        return WatchedGrader(grader, self.measures)

    def wake(self) -> None:
        """There may be something to do."""
        if self._worker:
            self._worker.wake()

    def _keep_a_hand(self) -> AbstractContextManager[list[Job] | None]:
        return self._worker.hands.kept() if self._worker else nullcontext()

    async def upgrade(self) -> None:
        """Bring the database to the schema that this version needs.

        Raises:
            DatabaseUnreachable, WrongSchema: with what to do.
        """
        from interview_bot.storage.migrate import upgrade

        await upgrade(self.database)

    async def ready(self) -> None:
        """Bring SQLite's schema up to date, refuse another schema on PostgreSQL; have old interviews cleared up.

        Raises:
            DatabaseUnreachable, WrongSchema: with what to do.
        """
        if self.database.is_sqlite and await schema.current(self.database) in {None, *schema.older()}:
            await self.upgrade()
        await schema.check(self.database)
        async with self.database.begin() as work:
            await promise_expiry(work, self.clock.now())

    async def whisper(self, message: Message, cards: tuple[Card, ...]) -> None:
        """Say cards to one person where the platform has no reply of its own: through the outbox."""
        place = message.address.get("thread_ts") or message.address.get("channel", "")
        lane = f"whisper:{message.who.team}:{message.who.candidate}:{place}"
        now = self.clock.now()
        async with self.database.begin() as work:
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

    def run(self, role: Role | None = None) -> None:
        """Serve in an event loop of its own, the fastest that is installed; see `serve`."""
        import asyncio

        from uvicorn.loops.auto import auto_loop_factory

        with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
            runner.run(self.serve(role))

    async def serve(self, role: Role | None = None) -> None:
        """Serve Slack, Discord or both, as their tokens are set, in one role or the one that is set, until stopped.

        Raises:
            OperatorError: a token is missing or refused, or the database or the port cannot be used.
        """
        from interview_bot.health.measures import Measures
        from interview_bot.wiring.serving import serve

        self.measures = measures = Measures()
        # Read before the platforms are imported: they fill again the 3 MiB that reading leaves free.
        _ = self.catalogue
        rooms = [room for room in (self._slack(), self._discord()) if room]
        if not rooms:
            raise BadSetting(
                "SLACK_BOT_TOKEN is missing, expected the bot's token, xoxb-...; or DISCORD_TOKEN"
            )
        await serve(self, rooms, role or self.settings.role, measures)

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
        from interview_bot.wiring.slack import slack

        return slack(self)

    def _discord(self) -> Served | None:
        if self.settings.discord_token is None:
            return None
        try:
            from interview_bot.wiring.discord import discord
        except ModuleNotFoundError as lost:
            raise OperatorError(
                f"The package {lost.name} is missing. Run: pip install 'interview-bot[discord]'"
            ) from None
        return discord(self, self.settings.discord_token.get_secret_value())

    @cached_property
    def texts(self) -> dict[str, dict[str, str]]:
        """Sentences by language and key."""
        return {language: wording.texts(language) for language in ("en", "de")}

    def topics(self) -> tuple[str, ...]:
        """What can be asked about: tracks, then topics."""
        known = self.catalogue.topics()
        tracks = sorted({one.track for one in known})
        return (*tracks, *sorted({one.name for one in known} - set(tracks)))


def slack_manifest(request_url: str | None, *, many: bool = False, agent: bool = False) -> dict[str, object]:
    """Slack's app manifest."""
    from interview_bot.platforms.slack.manifest import manifest

    return manifest(request_url, many=many, agent=agent)
