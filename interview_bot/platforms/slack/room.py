"""Answers each kind of delivery within Slack's three seconds: commit, then acknowledge; only forms are opened meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp
import structlog
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from interview_bot.chat.messages import Card, Line, Message, Reply, plain
from interview_bot.core.errors import Conflict, DatabaseUnreachable
from interview_bot.core.picking import LONGEST_PLAN
from interview_bot.platforms.slack.blocks import render
from interview_bot.platforms.slack.manifest import Method
from interview_bot.platforms.slack.modals.answer import answer_form
from interview_bot.platforms.slack.modals.filled import complaint, filled_in
from interview_bot.platforms.slack.modals.practise import near_form, start_form
from interview_bot.platforms.slack.modals.team import settings_form, suggest_form
from interview_bot.platforms.slack.payloads import (
    Pressed,
    Removed,
    from_command,
    from_event,
    from_form,
    from_home,
    from_press,
    from_shortcut,
    on_home,
    pressed,
    removed_from,
)
from interview_bot.platforms.slack.people import People
from interview_bot.platforms.slack.words import Texts, Words

Receive = Callable[[Message], Awaitable[Reply]]
Whisper = Callable[[Message, tuple[Card, ...]], Awaitable[None]]
Json = dict[str, Any]

ANSWER_WITHIN = 2.5
"""Seconds after which what is not saved is given up, of the three in which Slack wants an acknowledgement."""
OPEN_WITHIN = 2
"""Seconds for opening a form, of the three in which Slack wants an acknowledgement."""
OF_MANAGERS = {"admin", "suggestions"}
"""Commands for who may manage the team."""
_OPEN: Method = "views.open"
T = TypeVar("T")
log = structlog.get_logger()


async def refuse(error: Exception) -> BoltResponse:
    """Not acknowledged: Slack delivers events again, and marks a button."""
    _say_why("event or button", error)
    return BoltResponse(status=503, body="")


async def in_time(work: Coroutine[Any, Any, T]) -> T:
    """What is done in time for Slack.

    What is not is cancelled, and nobody waits for its end: with a database that swallows everything, even giving up
    takes seconds. It may have been saved at the last moment; delivered again, it is known by its key.

    Raises:
        TimeoutError: it was not done in time.
    """
    task = asyncio.create_task(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=ANSWER_WITHIN)
        if not done:
            raise TimeoutError(f"not saved within {ANSWER_WITHIN} seconds")
        return task.result()
    finally:
        if task.cancel():
            task.add_done_callback(_forget)


def _forget(task: asyncio.Task[Any]) -> None:
    """Hear how a task ended that nobody waits for."""
    if not task.cancelled():
        task.exception()


def _say_why(kind: str, error: Exception) -> None:
    if isinstance(error, (DatabaseUnreachable, Conflict, TimeoutError)):
        log.warning("slack.not_saved", kind=kind, reason=str(error) or type(error).__name__)
    else:
        log.error("slack.failed", kind=kind, exc_info=error)


@dataclass(frozen=True)
class Room:
    """Answers each kind of delivery; nothing is kept between two."""

    receive: Receive
    """The bot; it has committed when it returns."""
    texts: Texts
    topics: Sequence[str] = ()
    """What can be asked about, the usual one first."""
    whisper: Whisper | None = None
    """Shows cards to the sender of a message alone, where Slack gives no other way."""
    publish: Whisper | None = None
    """Shows cards on the sender's App Home."""
    people: People | None = None
    removed: Callable[[Removed], Awaitable[None]] | None = None
    """The app was taken away somewhere."""

    def words(self, message: Message) -> Words:
        """The room's sentences in the sender's language."""
        return Words(self.texts, message.who.language)

    async def command(self, ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        """The reply is the acknowledgement, seen by the asker alone; some commands open a form instead."""
        message = from_command(body)
        try:
            message, reply = await in_time(self._ask(message))
        except Exception as error:
            _say_why("command", error)
            await ack(self.words(message).word("slack.try-again"), response_type="ephemeral")
            return
        view = self._form_of(message, reply)
        if not reply.cards or (view and await self._open(body, view, client)):
            await ack()
            return
        shown = render(reply.cards, charts=False)
        await ack(shown.text, blocks=shown.blocks, response_type="ephemeral")

    async def event(self, body: Json) -> None:
        """An answer in the direct messages, or somebody at the App Home; every other event is taken and forgotten."""
        await in_time(self._event(body))

    async def _event(self, body: Json) -> None:
        message = from_event(body)
        if message is not None:
            message, reply = await self._ask(message)
            await self._tell(message, reply.cards)
            return
        gone = removed_from(body)
        if gone and self.removed:
            for one in gone:
                await self.removed(one)
            return
        looking = from_home(body)
        if looking is not None:
            await self._show_home(looking)

    async def press(self, ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        """A button: its command, or first the form that it asks for."""
        await in_time(self._press(body, client))
        await ack()

    async def _press(self, body: Json, client: AsyncWebClient) -> None:
        button = pressed(body)
        if button is not None and button.asks:
            await self._open_answer(body, button, client)
        elif button is not None:
            message, reply = await self._ask(from_press(body, button))
            view = self._form_of(message, reply)
            if not (view and await self._open(body, view, client)):
                await self._tell(message, reply.cards)
            if on_home(body):
                await self._show_home(message)

    async def shortcut(self, ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        """From anywhere: which topic; from a message: which of the questions that are about the same."""
        message, reply = await in_time(self._ask(from_shortcut(body)))
        words = self.words(message)
        found = (reply.data or {}).get("near")
        view = near_form(found, words) if found else start_form(self.topics, words, LONGEST_PLAN)
        if not await self._open(body, view, client):
            await self._tell(message, (_note(words.word("slack.no-form")),))
        await ack()

    async def submit(self, ack: AsyncAck, body: Json) -> None:
        """A form; it closes when what it asks for is done, and stays open with the reason otherwise."""
        filled = filled_in(body["view"])
        if filled is None:
            await ack()
            return
        message = from_form(body, filled)
        try:
            message, reply = await in_time(self._ask(message))
        except Exception as error:
            _say_why("form", error)
            why = self.words(message).word("slack.not-saved")
            await ack(response_action="errors", errors=complaint(body["view"], why))
            return
        if reply.cards and (reply.refused or message.command is None):
            trouble = "\n".join(plain(card) for card in reply.cards)
            await ack(response_action="errors", errors=complaint(body["view"], trouble))
            return
        await self._tell(message, reply.cards)
        await ack()

    async def _ask(self, message: Message) -> tuple[Message, Reply]:
        """Have the bot receive a message, with what is known of its sender."""
        if self.people is None:
            return message, await self.receive(message)
        message, certain = await self.people.know(message)
        name = (message.command or "").partition(" ")[0].lower()
        if not certain and name in OF_MANAGERS:
            await self.people.ask_first(message)
            return message, Reply((_note(self.words(message).word("slack.one-moment")),))
        return message, await self.receive(message)

    def _form_of(self, message: Message, reply: Reply) -> Json | None:
        """The form in which a bare command is filled in, if it has one."""
        facts: Mapping[str, Any] = reply.data or {}
        if reply.refused or not facts:
            return None
        if message.command == "suggest":
            return suggest_form(facts["topics"], self.words(message))
        if message.command == "admin":
            return settings_form(facts, self.words(message))
        return None

    async def _open_answer(self, body: Json, button: Pressed, client: AsyncWebClient) -> None:
        message = from_press(body, button)
        words = Words(self.texts, await self._language(message))
        other = "" if button.command == "answer" else button.label
        if not await self._open(body, answer_form(body, button.turn, words, other=other), client):
            await self._tell(message, (_note(words.word("slack.no-form")),))

    async def _language(self, message: Message) -> str:
        if self.people is None:
            return message.who.language
        try:
            return (await self.people.know(message)).message.who.language
        except DatabaseUnreachable:
            return message.who.language  # the form opens, and says what is wrong when it is sent

    async def _open(self, body: Json, view: Json, client: AsyncWebClient) -> bool:
        # The only call inside a listener: the trigger is good for three seconds and once.
        try:
            async with asyncio.timeout(OPEN_WITHIN):
                await client.api_call(_OPEN, json={"trigger_id": body["trigger_id"], "view": view})
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("slack.no_form", reason=str(error) or type(error).__name__)
            return False
        return True

    async def _show_home(self, message: Message) -> None:
        if self.publish:
            message, reply = await self._ask(message._replace(command="home", text="", turn=None))
            await self.publish(message, reply.cards)

    async def _tell(self, message: Message, cards: tuple[Card, ...]) -> None:
        if cards and self.whisper:
            await self.whisper(message, cards)


def _note(text: str) -> Card:
    return Card(lines=(Line(text="{text}", blanks={"text": text}, style="note"),))
