"""The bot's account on Discord: one shard's connection, and what comes in over it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import aiohttp
import discord
import structlog
import yarl
from discord import InteractionType, app_commands
from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from discord.http import Route

from interview_bot.platforms.discord import commands, payloads
from interview_bot.platforms.discord.buttons import Press, Pressed, filled_in
from interview_bot.platforms.discord.room import REPLAYED, Room

API_BASE = "https://discord.com/api/v10"
GATEWAY_URL = "wss://gateway.discord.gg/"
CONNECT_WITHIN = 20.0
FINISH_WITHIN = 8.0
"""Seconds for what was begun when the process is told to stop."""
log = structlog.get_logger()


@dataclass(frozen=True)
class Options:
    """How the account connects."""

    token: str
    api_base: str = API_BASE
    gateway_url: str = GATEWAY_URL
    message_content: bool = False
    """Whether Discord grants the privileged intent to read what is typed in servers; nothing needs it but plain
    replies in threads."""
    shards: int | None = None
    """Into how many shards the servers are divided; as many as Discord advises if None."""


class Session(NamedTuple):
    """A session with the gateway: what it takes to go on with it."""

    id: str
    sequence: int
    gateway: str


class DiscordBot(discord.Client):
    """One shard. It keeps nothing between two events but what discord.py needs."""

    def __init__(
        self,
        room: Room,
        topics: Sequence[str],
        options: Options,
        shard_id: int | None,
        shard_count: int | None,
    ) -> None:
        """Build without connecting."""
        intents = discord.Intents(guilds=True, dm_messages=True)
        intents.guild_messages = intents.message_content = options.message_content
        super().__init__(
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_ratelimit_timeout=30.0,
            shard_id=shard_id,
            shard_count=shard_count,
        )
        self.room = room
        self._topics = topics
        self._resume_from: Session | None = None
        self._behind = False
        self._busy = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self.add_dynamic_items(Press)

    def resume_from(self, session: Session | None) -> None:
        """Go on with a session that another process left, so that nothing typed meanwhile is missed."""
        self._resume_from = session

    @property
    def session(self) -> Session | None:
        """The session as far as it has got, for another process to go on with; None before there is one."""
        ws = cast("DiscordWebSocket | None", self.ws)
        if ws is None or ws.session_id is None or ws.sequence is None:
            return None
        return Session(ws.session_id, ws.sequence, str(ws.gateway))

    async def leave(self) -> None:
        """Hear no more, finish what was begun, and close; Discord keeps the session for a while."""
        ws = cast("DiscordWebSocket | None", self.ws)
        if ws is not None and ws.open:
            await ws.close(code=4000)
        with suppress(TimeoutError):
            async with asyncio.timeout(FINISH_WITHIN):
                await self._idle.wait()
        await self.close()

    @contextmanager
    def _at_work(self) -> Generator[None]:
        self._busy += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._busy -= 1
            if not self._busy:
                self._idle.set()

    async def connect(self, *, reconnect: bool = True) -> None:
        """Resume what another process left as long as that goes well, else connect as discord.py does."""
        while (left := self._resume_from) is not None:
            self._resume_from, self._behind = None, True
            try:
                async with asyncio.timeout(CONNECT_WITHIN):
                    self.ws = await DiscordWebSocket.from_client(
                        self,
                        shard_id=self.shard_id,
                        session=left.id,
                        sequence=left.sequence,
                        resume=True,
                        gateway=yarl.URL(left.gateway),
                    )
                while True:
                    await self.ws.poll_event()
            except ReconnectWebSocket as asked:
                self._resume_from = self.session if asked.resume else None
            except (aiohttp.ClientError, discord.ConnectionClosed, OSError, TimeoutError) as lost:
                log.info("discord.not_resumed", reason=str(lost) or type(lost).__name__)
        await super().connect(reconnect=reconnect)

    async def on_disconnect(self) -> None:
        """What comes next may be old."""
        self._behind = True

    async def on_connect(self) -> None:
        """A new session."""
        self._behind = False

    async def on_resumed(self) -> None:
        """All that was missed has come."""
        self._behind = False

    async def pressed(self, interaction: discord.Interaction, button: Pressed) -> None:
        """A button of ours."""
        interaction.extras[REPLAYED] = self._behind
        with self._at_work():
            await self.room.press(interaction, button)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """A command, a form, or a topic being typed; buttons come through `pressed`."""
        interaction.extras[REPLAYED] = self._behind
        if interaction.type is InteractionType.modal_submit:
            filled = filled_in(interaction)
            if filled is not None:
                with self._at_work():
                    await self.room.submit(interaction, filled)
            return
        if interaction.type not in {InteractionType.application_command, InteractionType.autocomplete}:
            return
        used = commands.used(cast("Mapping[str, Any] | None", interaction.data))
        if used is None:
            return
        if interaction.type is InteractionType.application_command:
            with self._at_work():
                await self.room.command(interaction, used.words)
        else:
            await self._suggest(interaction, used.focused or "")

    async def on_message(self, message: discord.Message) -> None:
        """Words typed in a conversation of ours; all others are passed over."""
        bot = self.user.id if self.user else None
        if payloads.is_typed(message) and payloads.could_be_ours(message, bot):
            with self._at_work():
                await self.room.typed(message)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Taken from a server (one that is merely out of order is not told here)."""
        if self.room.left:
            await self.room.left(payloads.team_in(guild.id))

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002
        """Whatever else goes wrong is told to the operator, without what was written."""
        log.exception("discord.failed", kind=event_method)

    async def _suggest(self, interaction: discord.Interaction, typed: str) -> None:
        found = [
            app_commands.Choice(name=one, value=one) for one in commands.suggestions(typed, self._topics)
        ]
        try:
            await interaction.response.autocomplete(found)
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError):
            # Somebody types faster than we answer; the next letter asks again.
            log.debug("discord.no_suggestions")


def create_bot(
    room: Room,
    topics: Sequence[str],
    options: Options,
    shard_id: int | None = None,
    shard_count: int | None = None,
) -> DiscordBot:
    """Build the account's client of one shard; nothing connects.

    Args:
        room: what answers.
        topics: what is suggested while a topic is typed.
        options: where Discord is, and what may be read.
        shard_id: which shard; the whole account if not given.
        shard_count: of how many.
    """
    # discord.py has these as constants of its classes.
    Route.BASE = options.api_base.rstrip("/")
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(options.gateway_url)
    # Its own log prints tracebacks for a connection that comes and goes.
    logging.getLogger("discord").setLevel(logging.CRITICAL)
    return DiscordBot(room, topics, options, shard_id, shard_count)
