"""Answers each interaction within Discord's three seconds: commit, then respond; defer only where that is slow."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import aiohttp
import discord
import structlog
from discord import AllowedMentions, Interaction, InteractionType

from interview_bot.chat.messages import Card, Draw, Line, Message, Reply
from interview_bot.core.errors import DatabaseUnreachable
from interview_bot.platforms.discord import payloads, roles
from interview_bot.platforms.discord.buttons import Filled, Form, Pressed, question_of
from interview_bot.platforms.discord.layout import LONGEST_ALT, draw_all, file_name, layout

Receive = Callable[[Message], Awaitable[Reply]]
Whisper = Callable[[Message, tuple[Card, ...]], Awaitable[None]]
TeamAt = Callable[[str, str, str | None], Awaitable[str | None]]
Texts = Mapping[str, Mapping[str, str]]
"""Sentences by language and key."""

SOON = 1.5
"""Seconds after which an interaction is deferred, of the three that Discord gives."""
ALREADY_ACKNOWLEDGED = 40060
REPLAYED = "replayed"
"""Marks an interaction that a resumed session brought late."""
_DEFERRED = "deferred"
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
    soon: float = SOON
    draw: Draw | None = None
    """Draws charts; without it they are shown as text."""
    left: Callable[[str], Awaitable[None]] | None = None
    """Is told of a team whose server the bot was taken from."""

    def word(self, key: str, language: str) -> str:
        """A sentence in a language, or in English."""
        known = self.texts.get(language.split("-", maxsplit=1)[0]) or self.texts["en"]
        return known[key]

    async def command(self, interaction: Interaction, words: str) -> None:
        """A slash command: the words that are typed on other platforms."""
        await self._do(interaction, words, None)

    async def press(self, interaction: Interaction, button: Pressed) -> None:
        """A button: its command, or first the form that it asks for."""
        if button.asks:
            await self._open_form(interaction, button)
        else:
            await self._do(interaction, button.command, button.turn)

    async def _do(self, interaction: Interaction, words: str, turn: str | None) -> None:
        """A command, typed or pressed."""
        title = self.word("discord.thread", interaction.locale.value)
        address = payloads.place(interaction, title.replace("{name}", interaction.user.display_name))
        channel = payloads.channel(interaction)

        async def message() -> Message:
            team = await self._team(interaction, turn)
            manages = roles.check(interaction, team, words)
            who = payloads.who(interaction, team)
            return Message(who, payloads.key(interaction.id), "", words, turn, address, channel, manages)

        await self._answer(interaction, message)

    async def submit(self, interaction: Interaction, filled: Filled) -> None:
        """A form: an answer to the turn that it was opened for."""

        async def message() -> Message:
            team = await self._team(interaction, filled.turn)
            manages = roles.check(interaction, team, "", filled.turn)
            key, who = payloads.key(interaction.id), payloads.who(interaction, team)
            return Message(
                who, key, filled.text, None, filled.turn, payloads.direct(interaction), may_manage=manages
            )

        await self._answer(interaction, message, typed=filled.text)

    async def typed(self, message: discord.Message) -> None:
        """Words in a conversation of ours; everywhere else they are passed over."""
        author, channel = message.author, message.channel
        try:
            team = await self.team_at(str(author.id), str(channel.id), None)
            if team is None and not payloads.is_direct(message):
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
            known = turn.rpartition(":")[2] if turn else None
            found = await self.team_at(str(interaction.user.id), str(interaction.channel_id), known)
        return payloads.team_of(interaction, found)

    async def _open_form(self, interaction: Interaction, button: Pressed) -> None:
        try:
            # Before anything is typed in vain.
            roles.check(interaction, payloads.team_of(interaction, None), "", button.turn)
        except roles.NotAllowed as refused:
            await self._note(interaction, refused.key)
            return
        language = interaction.locale.value
        is_answer = button.command == "answer"
        title = self.word("discord.form-title", language) if is_answer else button.label
        field = "discord.form-field" if is_answer else "discord.form-other"
        form = Form(title, self.word(field, language), button.turn, question_of(interaction.message))
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

        if interaction.extras.get(REPLAYED) and not await _defer(interaction):
            return  # whoever pressed has seen it fail, or had an answer; nothing may change behind their back
        working = asyncio.create_task(receive())
        done, _ = await asyncio.wait({working}, timeout=self.soon)
        if not done:
            await _defer(interaction)
        try:
            message, reply = await working
        except roles.NotAllowed as refused:
            await self._note(interaction, refused.key)
            return
        except Exception as error:
            _say_why(interaction.type.name, error)
            await self._not_saved(interaction, error, typed)
            return
        if reply.cards:
            await self._show(interaction, message, reply.cards)
        elif interaction.type is InteractionType.application_command:
            await self._note(interaction, "discord.done")
        else:
            await _defer(interaction)

    async def _note(self, interaction: Interaction, key: str) -> None:
        """One of the room's own sentences."""
        said = self.word(key, interaction.locale.value)
        card = Card(lines=(Line(text="{said}", blanks={"said": said}, style="note"),))
        await _send(interaction, view=layout((card,)))

    async def _show(self, interaction: Interaction, message: Message, cards: tuple[Card, ...]) -> None:
        drawing = asyncio.create_task(draw_all(cards, self.draw))
        if not (await asyncio.wait({drawing}, timeout=self.soon / 2))[0]:
            await _defer(interaction)
        pictures = await drawing
        files = [
            discord.File(BytesIO(one.png), file_name(at), description=one.alt[:LONGEST_ALT])
            for at, one in pictures.items()
        ]
        if await _send(interaction, view=layout(cards, pictures), files=files) or self.whisper is None:
            return
        # The interaction has ended, but what it asked for is done: say it in direct messages.
        try:
            await self.whisper(message._replace(address=payloads.direct(interaction)), cards)
        except Exception as error:
            _say_why("whisper", error)

    async def _not_saved(self, interaction: Interaction, error: Exception, typed: str) -> None:
        """What was typed goes back to whoever typed it, to be sent again."""
        why = self._why(error, interaction.locale.value)
        text = BytesIO(typed.encode("utf-8", "replace"))
        files = [discord.File(text, "answer.txt")] if typed else []
        if await _send(interaction, content=why, files=files) or not typed:
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


async def _defer(interaction: Interaction) -> bool:
    """Tell Discord that an answer comes later, or that there is none; False if the interaction has ended."""
    if interaction.response.is_done():
        return True
    interaction.extras[_DEFERRED] = True
    try:
        is_command = interaction.type is InteractionType.application_command
        await interaction.response.defer(ephemeral=True, thinking=is_command)
    except (discord.HTTPException, discord.InteractionResponded, *_LOST) as lost:
        log.warning("discord.not_acknowledged", reason=str(lost) or type(lost).__name__)
        return False
    return True


async def _send(
    interaction: Interaction,
    *,
    content: str | None = None,
    view: discord.ui.LayoutView | None = None,
    files: Sequence[discord.File] = (),
) -> bool:
    """Show something to the sender alone; False if the interaction has ended."""
    shown: dict[str, Any] = {"ephemeral": True, "allowed_mentions": _NOBODY}
    shown |= {"content": content} if content else {}
    shown |= {"view": view} if view else {}
    shown |= {"files": files} if files else {}
    try:
        if not interaction.response.is_done():
            try:
                await interaction.response.send_message(**shown)
            except discord.HTTPException as refused:
                if refused.code != ALREADY_ACKNOWLEDGED:
                    raise
                if not interaction.extras.get(_DEFERRED):
                    return True  # another process got it too, and shows the same
            else:
                return True
            for file in files:
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
