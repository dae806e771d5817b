"""Answers each interaction within Discord's three seconds: commit, then respond; defer only where that is slow."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import aiohttp
import discord
import structlog
from discord import AllowedMentions, Interaction, InteractionType

from interview_bot.chat.messages import Card, Line, Message, Reply
from interview_bot.core.errors import DatabaseUnreachable
from interview_bot.platforms.discord import payloads
from interview_bot.platforms.discord.buttons import Filled, Form, Pressed, question_of
from interview_bot.platforms.discord.layout import layout

Receive = Callable[[Message], Awaitable[Reply]]
Whisper = Callable[[Message, tuple[Card, ...]], Awaitable[None]]
TeamAt = Callable[[str, str, str | None], Awaitable[str | None]]
Texts = Mapping[str, Mapping[str, str]]
"""Sentences by language and key."""

SOON = 1.5
"""Seconds after which an interaction is deferred, of the three that Discord gives."""
ALREADY_ACKNOWLEDGED = 40060
_LOST = (aiohttp.ClientError, OSError, TimeoutError)
log = structlog.get_logger()


@dataclass(frozen=True)
class Room:
    """Takes what Discord brings, and shows the sender alone what the bot says at once."""

    receive: Receive
    """The bot; it has committed when it returns."""
    team_at: TeamAt
    """The team of a candidate's interview: the one that a turn belongs to, or that is held in a channel."""
    texts: Texts
    whisper: Whisper | None = None
    """Shows cards to the sender of a message through the outbox; for when an interaction has ended."""

    def word(self, key: str, language: str) -> str:
        """A sentence in a language, or in English."""
        known = self.texts.get(language.split("-", maxsplit=1)[0]) or self.texts["en"]
        return known[key]

    async def command(self, interaction: Interaction, words: str) -> None:
        """A slash command: the words that are typed on other platforms."""
        title = self.word("discord.thread", interaction.locale.value)
        title = title.replace("{name}", interaction.user.display_name)
        address = payloads.place(interaction, title)

        async def message() -> Message:
            who = payloads.who(interaction, await self._team(interaction, None))
            return Message(
                who,
                payloads.key(interaction.id),
                command=words,
                address=address,
                place=payloads.channel_of(interaction),
            )

        await self._answer(interaction, message)

    async def press(self, interaction: Interaction, button: Pressed) -> None:
        """A button: its command, or first the form that it asks for."""
        if button.asks:
            await self._open_form(interaction, button)
            return

        async def message() -> Message:
            who = payloads.who(interaction, await self._team(interaction, button.turn))
            address = payloads.place(interaction, "")
            return Message(
                who, payloads.key(interaction.id), command=button.command, turn=button.turn, address=address
            )

        await self._answer(interaction, message)

    async def submit(self, interaction: Interaction, filled: Filled) -> None:
        """A form: an answer to the turn that it was opened for."""

        async def message() -> Message:
            who = payloads.who(interaction, await self._team(interaction, filled.turn))
            address = payloads.place(interaction, "")
            return Message(who, payloads.key(interaction.id), filled.text, turn=filled.turn, address=address)

        await self._answer(interaction, message, typed=filled.text)

    async def typed(self, message: discord.Message) -> None:
        """Words in a conversation of ours; everywhere else they are passed over."""
        author, channel = message.author, message.channel
        try:
            team = await self.team_at(str(author.id), str(channel.id), None)
            if team is None and message.guild is not None:
                return
            said = payloads.from_typed(message, team or payloads.alone(author.id))
            reply = await self.receive(said)
            if reply.cards and self.whisper:
                await self.whisper(said, reply.cards)
        except Exception as error:
            _say_why("message", error)
            # Discord does not bring it again; the text still stands where it was typed.
            try:
                await channel.send(self._why(error, "en"), nonce=message.id, allowed_mentions=_NOBODY)
            except (discord.HTTPException, *_LOST) as lost:
                log.warning("discord.not_told", reason=str(lost) or type(lost).__name__)

    async def _team(self, interaction: Interaction, turn: str | None) -> str:
        found = None
        if interaction.guild_id is None:
            found = await self.team_at(str(interaction.user.id), str(interaction.channel_id), turn)
        return payloads.team_of(interaction, found)

    async def _open_form(self, interaction: Interaction, button: Pressed) -> None:
        language = interaction.locale.value
        form = Form(
            self.word("discord.form-title", language),
            self.word("discord.form-field", language),
            button.turn,
            question_of(interaction.message),
        )
        try:
            await interaction.response.send_modal(form)
        except (discord.HTTPException, *_LOST) as lost:
            # The press is over; whoever pressed sees that, and presses again.
            log.warning("discord.no_form", reason=str(lost) or type(lost).__name__)

    async def _answer(
        self, interaction: Interaction, build: Callable[[], Awaitable[Message]], *, typed: str = ""
    ) -> None:
        """Have the bot receive a message, and show what it says."""

        async def receive() -> tuple[Message, Reply]:
            message = await build()
            return message, await self.receive(message)

        working = asyncio.create_task(receive())
        done, _ = await asyncio.wait({working}, timeout=SOON)
        if not done:
            await _defer(interaction)
        try:
            message, reply = await working
        except Exception as error:
            _say_why(interaction.type.name, error)
            await self._not_saved(interaction, error, typed)
            return
        if reply.cards:
            await self._show(interaction, message, reply.cards)
        elif interaction.type is InteractionType.application_command:
            done_word = self.word("discord.done", interaction.locale.value)
            card = Card(lines=(Line(text="{done}", blanks={"done": done_word}, style="note"),))
            await _send(interaction, view=layout((card,)))
        else:
            await _defer(interaction)

    async def _show(self, interaction: Interaction, message: Message, cards: tuple[Card, ...]) -> None:
        if await _send(interaction, view=layout(cards)) or self.whisper is None:
            return
        # The interaction has ended, but what it asked for is done: say it in direct messages.
        address = {name: value for name, value in message.address.items() if name in {"platform", "user"}}
        try:
            await self.whisper(message._replace(address=address), cards)
        except Exception as error:
            _say_why("whisper", error)

    async def _not_saved(self, interaction: Interaction, error: Exception, typed: str) -> None:
        """What was typed goes back to whoever typed it, to be sent again."""
        why = self._why(error, interaction.locale.value)
        file = discord.File(BytesIO(typed.encode("utf-8", "replace")), "answer.txt") if typed else None
        if await _send(interaction, content=why, file=file) or not typed:
            return
        try:
            file = discord.File(BytesIO(typed.encode("utf-8", "replace")), "answer.txt")
            await interaction.user.send(why, file=file, nonce=interaction.id, allowed_mentions=_NOBODY)
        except (discord.HTTPException, *_LOST) as lost:
            log.warning("discord.answer_not_returned", reason=str(lost) or type(lost).__name__)

    def _why(self, error: Exception, language: str) -> str:
        unreachable = isinstance(error, DatabaseUnreachable)
        return self.word("trouble.database" if unreachable else "trouble.trouble", language)


_NOBODY = AllowedMentions.none()


async def _defer(interaction: Interaction) -> None:
    """Tell Discord that an answer comes later; without effect if it knows."""
    if interaction.response.is_done():
        return
    try:
        is_command = interaction.type is InteractionType.application_command
        await interaction.response.defer(ephemeral=True, thinking=is_command)
    except (discord.HTTPException, discord.InteractionResponded, *_LOST) as lost:
        log.warning("discord.not_acknowledged", reason=str(lost) or type(lost).__name__)


async def _send(
    interaction: Interaction,
    *,
    content: str | None = None,
    view: discord.ui.LayoutView | None = None,
    file: discord.File | None = None,
) -> bool:
    """Show something to the sender alone; False if the interaction has ended."""
    shown: dict[str, Any] = {"ephemeral": True, "allowed_mentions": _NOBODY}
    shown |= {"content": content} if content else {}
    shown |= {"view": view} if view else {}
    shown |= {"file": file} if file else {}
    try:
        if not interaction.response.is_done():
            try:
                await interaction.response.send_message(**shown)
            except discord.HTTPException as refused:
                if refused.code != ALREADY_ACKNOWLEDGED:
                    raise
            else:
                return True
            if file:
                file.reset()
        await interaction.followup.send(**shown)
    except (discord.HTTPException, *_LOST) as lost:
        log.warning("discord.not_shown", reason=str(lost) or type(lost).__name__)
        return False
    return True


def _say_why(kind: str, error: Exception) -> None:
    if isinstance(error, DatabaseUnreachable):
        log.warning("discord.not_saved", kind=kind, reason=str(error))
    else:
        log.error("discord.failed", kind=kind, exc_info=error)
