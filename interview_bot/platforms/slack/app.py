"""Slack's commands, messages, buttons and forms into Messages; what the asker alone sees at once, back to Slack."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

import aiohttp
import structlog
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from interview_bot.chat.messages import Card, Line, Message, Reply, plain
from interview_bot.core.errors import DatabaseUnreachable
from interview_bot.platforms.slack.blocks import ACTION, render
from interview_bot.platforms.slack.form import CALLBACK, Labels, complaint, filled_in, form
from interview_bot.platforms.slack.manifest import COMMAND, Method
from interview_bot.platforms.slack.payloads import (
    Pressed,
    from_command,
    from_event,
    from_form,
    from_press,
    pressed,
)

Receive = Callable[[Message], Awaitable[Reply]]
Whisper = Callable[[Message, tuple[Card, ...]], Awaitable[None]]
Json = dict[str, Any]

API_URL = "https://slack.com/api/"
TIMEOUT = 10
"""Seconds for a Web API call; one that runs into it may have worked."""
OPEN_WITHIN = 2
"""Seconds for opening a form, of the three in which Slack wants an acknowledgement."""

_OPEN: Method = "views.open"
log = structlog.get_logger()


class SlackApp(AsyncApp):
    """Bolt's app, with the secret that the guard in front of it needs too."""

    def __init__(self, *, signing_secret: str, **options: Any) -> None:
        """Build without connecting; `options` are Bolt's own."""
        super().__init__(signing_secret=signing_secret, **options)
        self.signing_secret = signing_secret


def make_app(
    receive: Receive,
    *,
    bot_token: str,
    signing_secret: str | None = None,
    api_url: str = API_URL,
    whisper: Whisper | None = None,
    labels: Labels | None = None,
) -> SlackApp:
    """Build the app of one workspace; nothing connects.

    Args:
        receive: the bot; it has committed when it returns.
        bot_token: xoxb-...
        signing_secret: None where only Socket Mode is used; then no HTTP request is ever accepted.
        api_url: the Web API's base address, with a slash at the end.
        whisper: shows cards to the sender of a message alone, where Slack gives no other way; must not be slow.
        labels: the room's own sentences.
    """

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        # One workspace, one token: Bolt's own way asks auth.test.
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=bot_token)

    app = SlackApp(
        logger=_quiet_logger(),
        name="interview-bot",
        # Commit, then acknowledge: Bolt's default acknowledges first and loses what is in flight when killed.
        process_before_response=True,
        signing_secret=signing_secret or token_hex(),
        authorize=authorize,
        # Without retries: slack_sdk's own would say things twice. The outbox repeats what can be repeated.
        client=AsyncWebClient(token=bot_token, base_url=api_url, timeout=TIMEOUT, retry_handlers=[]),
        ignoring_self_events_enabled=False,
    )
    room = _Room(receive, whisper, labels or Labels())
    # One listener for each kind: Bolt tries listeners one after another.
    app.command(COMMAND)(room.command)
    app.event(re.compile(".*"))(room.event)
    app.action(re.compile(re.escape(ACTION)))(room.press)
    app.view(CALLBACK)(room.submit)
    app.error(_refuse)
    return app


def _quiet_logger() -> logging.Logger:
    """Bolt's logger: it must have a level of its own, or Bolt takes it for DEBUG and prints payloads."""
    logger = logging.getLogger("interview_bot.slack")
    logger.setLevel(logging.ERROR)
    return logger


async def _refuse(error: Exception) -> BoltResponse:
    """Not acknowledged: Slack delivers events again, and marks a button."""
    _say_why("event or button", error)
    return BoltResponse(status=503, body="")


def _say_why(kind: str, error: Exception) -> None:
    if isinstance(error, DatabaseUnreachable):
        log.warning("slack.not_saved", kind=kind, reason=str(error))
    else:
        log.error("slack.failed", kind=kind, exc_info=error)


@dataclass(frozen=True)
class _Room:
    """Answers each kind of delivery; nothing is kept between two."""

    receive: Receive
    whisper: Whisper | None
    labels: Labels

    async def command(self, ack: AsyncAck, body: Json) -> None:
        """The reply is the acknowledgement, seen by the asker alone."""
        try:
            reply = await self.receive(from_command(body))
        except Exception as error:
            _say_why("command", error)
            await ack(self.labels.try_again, response_type="ephemeral")
            return
        if not reply.cards:
            await ack()
            return
        shown = render(reply.cards, charts=False)
        await ack(shown.text, blocks=shown.blocks, response_type="ephemeral")

    async def event(self, body: Json) -> None:
        """An answer in the direct messages; every other event is taken and forgotten."""
        message = from_event(body)
        if message is not None:
            reply = await self.receive(message)
            await self._tell(message, reply.cards)

    async def press(self, ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        """A button: its command, or first the form that it asks for."""
        button = pressed(body)
        if button is not None and button.asks:
            await self._open_form(body, button, client)
        elif button is not None:
            message = from_press(body, button)
            reply = await self.receive(message)
            await self._tell(message, reply.cards)
        await ack()

    async def submit(self, ack: AsyncAck, body: Json) -> None:
        """A form; it closes when its text is kept, and stays open with the reason otherwise."""
        try:
            reply = await self.receive(from_form(body, filled_in(body)))
        except Exception as error:
            _say_why("form", error)
            await ack(response_action="errors", errors=complaint(self.labels.not_saved))
            return
        trouble = "\n".join(plain(card) for card in reply.cards)
        if trouble:
            await ack(response_action="errors", errors=complaint(trouble))
        else:
            await ack()

    async def _open_form(self, body: Json, button: Pressed, client: AsyncWebClient) -> None:
        # The only call inside a listener: the trigger is good for three seconds and once.
        view = form(body, button.turn, self.labels)
        try:
            async with asyncio.timeout(OPEN_WITHIN):
                await client.api_call(_OPEN, json={"trigger_id": body["trigger_id"], "view": view})
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("slack.no_form", reason=str(error) or type(error).__name__)
            card = Card(lines=(Line(text="{why}", blanks={"why": self.labels.no_form}, style="note"),))
            await self._tell(from_press(body, button), (card,))

    async def _tell(self, message: Message, cards: tuple[Card, ...]) -> None:
        if cards and self.whisper:
            await self.whisper(message, cards)
