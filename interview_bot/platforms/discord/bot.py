"""The bot's account on Discord: one shard's connection, and what comes in over it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import aiohttp
import discord
import structlog
import yarl
from discord import InteractionType, app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from interview_bot.platforms.discord import commands, payloads
from interview_bot.platforms.discord.buttons import Press, Pressed, filled_in
from interview_bot.platforms.discord.room import Room

API_BASE = "https://discord.com/api/v10"
GATEWAY_URL = "wss://gateway.discord.gg/"
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
        self.add_dynamic_items(Press)

    async def pressed(self, interaction: discord.Interaction, button: Pressed) -> None:
        """A button of ours."""
        await self.room.press(interaction, button)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """A command, a form, or a topic being typed; buttons come through `pressed`."""
        if interaction.type is InteractionType.modal_submit:
            filled = filled_in(interaction)
            if filled is not None:
                await self.room.submit(interaction, filled)
            return
        if interaction.type not in {InteractionType.application_command, InteractionType.autocomplete}:
            return
        used = commands.used(cast("Mapping[str, Any] | None", interaction.data))
        if used is None:
            return
        if interaction.type is InteractionType.application_command:
            await self.room.command(interaction, used.words)
        else:
            await self._suggest(interaction, used.focused or "")

    async def on_message(self, message: discord.Message) -> None:
        """Words typed in a conversation of ours; all others are passed over."""
        bot = self.user.id if self.user else None
        if payloads.is_typed(message) and payloads.could_be_ours(message, bot):
            await self.room.typed(message)

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
