"""Slack's side of the house; imported only where Slack is set up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

import structlog
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

from interview_bot.chat.messages import Message
from interview_bot.core.errors import BadSetting
from interview_bot.core.interview import Who
from interview_bot.core.records import Profile
from interview_bot.health.watched import Acknowledged
from interview_bot.platforms.slack.app import SlackApp, make_app
from interview_bot.platforms.slack.clients import Clients
from interview_bot.platforms.slack.http import slack_routes
from interview_bot.platforms.slack.install.flow import make_flow
from interview_bot.platforms.slack.install.installed import RENEW, Installed, Place, Renew
from interview_bot.platforms.slack.install.tokens import OneToken, Tokens
from interview_bot.platforms.slack.manifest import scopes
from interview_bot.platforms.slack.manners import Manners
from interview_bot.platforms.slack.payloads import Removed
from interview_bot.platforms.slack.people import ASK, AskSlack, People, waiting
from interview_bot.platforms.slack.room import Room
from interview_bot.platforms.slack.voice import SlackVoice
from interview_bot.wiring.serving import Served
from interview_bot.work.purge import promise_purge

if TYPE_CHECKING:
    from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
    from starlette.routing import Route

    from interview_bot.wiring import House
    from interview_bot.work.worker import Work

log = structlog.get_logger()


def slack(house: House) -> Served:
    """Socket Mode with an app token, else HTTP; a process that serves many workspaces is reached over HTTP alone.

    Raises:
        BadSetting: what is set does not go together; names the variable.
    """
    side, app_token = SlackSide(house), house.settings.slack_app_token
    served = Served("slack", side.voice, open=side.open, close=side.clients.close, jobs=side.jobs)
    if app_token is None or house.settings.slack_client_id:
        return served._replace(routes=side.routes())
    return served._replace(listen=partial(side.listen, app_token.get_secret_value()))


class SlackSide:
    """Everything that Slack needs of a house; nothing connects before it is served."""

    def __init__(self, house: House) -> None:
        """Build for this house.

        Raises:
            BadSetting: what is set does not go together; names the variable.
        """
        self._house = house
        settings = house.settings
        self.install: AsyncOAuthFlow | None = None
        self.jobs: dict[str, Work] = {}
        self._installed: Installed | None = None
        bot_token, secret = settings.slack_bot_token, settings.slack_signing_secret
        tokens: Tokens = OneToken(bot_token.get_secret_value()) if bot_token else self._many()
        self.clients = clients = Clients(tokens, settings.slack_api_url)
        people = People(self._recall, self._ask, house.clock.now)
        room = Room(
            house.receive(),
            house.texts,
            house.topics(),
            house.whisper,
            house.publish,
            people,
            self._removed,
        )
        signing = secret.get_secret_value() if secret else None
        self.app: SlackApp = make_app(room, tokens, signing_secret=signing, api_url=settings.slack_api_url)
        self.voice = SlackVoice(clients, Manners(monotonic, settings.slack_messages_a_second))
        self.jobs[ASK] = AskSlack(clients, self._learn, self._do)

    def _many(self) -> Tokens:
        """Any number of workspaces, each with a token of its own."""
        settings, now = self._house.settings, self._house.clock.now
        secret, keys = settings.slack_client_secret, settings.token_keys
        if secret is None or keys is None:
            missing = "SLACK_CLIENT_SECRET" if secret is None else "INTERVIEW_BOT_TOKEN_KEYS"
            raise BadSetting(f"{missing} is missing; SLACK_CLIENT_ID needs it")
        from interview_bot.storage.installations import Installations  # with what seals tokens: 7 MiB

        shelf = Installations(self._house.database, keys.get_secret_value().split(","))
        self._installed = installed = Installed(shelf, self._promise_renewal, now)
        client = Clients(installed, settings.slack_api_url).with_token(None)
        client_id, client_secret = settings.slack_client_id or "", secret.get_secret_value()
        rotator = AsyncTokenRotator(client_id=client_id, client_secret=client_secret, client=client)
        self.jobs[RENEW] = Renew(shelf, installed, rotator)
        self.install = make_flow(
            client_id, client_secret, scopes(), installed, client, lambda: now().timestamp()
        )
        return installed

    async def open(self) -> None:
        """Keep connections to Slack open, for listeners too."""
        await self.clients.open()
        self.app.client.session = self.clients.session

    def routes(self) -> list[Route]:
        """What Slack delivers over HTTP, timed where the house measures."""
        found = slack_routes(self.app, lambda: self._house.clock.now().timestamp(), self.install)
        if self._house.measures:
            events = found[0]
            events.app = Acknowledged(events.app, self._house.measures)
        return found

    async def listen(self, app_token: str) -> None:
        """Keep a connection in Socket Mode until cancelled."""
        from interview_bot.platforms.slack.socket import connect

        handler = await connect(self.app, app_token, self._house.settings.slack_api_url)
        log.info("slack.socket")
        try:
            await asyncio.Event().wait()
        finally:
            await handler.close_async()

    async def _recall(self, who: Who) -> Profile | None:
        async with self._house.database.begin() as work:
            return await work.people.known(who)

    async def _ask(self, message: Message, again: bool) -> None:
        who, now = message.who, self._house.clock.now()
        each = message.delivery if again else now.date().isoformat()
        key = f"{ASK}:{who.team}:{who.candidate}:{each}"
        async with self._house.database.begin() as work:
            await work.meet(who)
            await work.add_job(ASK, key, waiting(message, again=again), now)
        self._house.wake()

    async def _learn(self, who: Who, language: str, manages: bool) -> None:
        async with self._house.database.begin() as work:
            await work.people.learn(who, Profile(language, manages, self._house.clock.now()))

    async def _do(self, message: Message) -> None:
        """Do a message that waited, and tell its sender."""
        reply = await self._house.receive()(message)
        if reply.cards:
            await self._house.whisper(message, reply.cards)

    async def _promise_renewal(self, place: Place, at: datetime, expires: int) -> None:
        key = f"{RENEW}:{place.enterprise}:{place.team}:{expires}"
        async with self._house.database.begin() as work:
            await work.add_job(RENEW, key, place._asdict() | {"expires": expires}, at)
        self._house.wake()

    async def _removed(self, removed: Removed) -> None:
        """Forget the token at once, and all else in a month, unless the app is used there again."""
        at = datetime.fromtimestamp(removed.at, UTC)
        teams: Sequence[str] = [removed.team] if removed.team else []
        if self._installed:
            teams = await self._installed.forget(Place(removed.enterprise, removed.team), at)
        async with self._house.database.begin() as work:
            for team in teams:
                await promise_purge(work, f"slack:{team}", at)
