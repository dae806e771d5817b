"""Keeps the bot connected: each shard in one process at a time, commands told to Discord only when they change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import discord
import structlog

from interview_bot.core.errors import BadSetting, DatabaseUnreachable
from interview_bot.core.ports import SendLater
from interview_bot.platforms.discord.bot import DiscordBot, Options, create_bot
from interview_bot.platforms.discord.commands import commands, mark
from interview_bot.platforms.discord.rest import Refused, Rest
from interview_bot.platforms.discord.room import Room

Json = dict[str, Any]

LOOK_EVERY = 5.0
"""Seconds between two looks at a lease: ours is renewed, a free one taken."""
COMMANDS = "discord:commands"

_BAD_TOKEN = "DISCORD_TOKEN: Discord refuses it; expected the bot's token from the developer portal"  # noqa: S105
_NO_INTENT = (
    "DISCORD_MESSAGE_CONTENT: Discord does not grant the Message Content intent; "
    "switch it on in the developer portal, or unset the variable: everything but plain replies in threads works without"
)
_BAD_SHARDS = "DISCORD_SHARDS: Discord wants more shards for this many servers; unset it, or raise it"
log = structlog.get_logger()


class Leases(Protocol):
    """What only one process at a time may do."""

    async def take(self, name: str, holder: str, now: datetime) -> bool:
        """Take a lease or renew one's own; False while somebody else holds it."""
        ...

    async def release(self, name: str, holder: str, now: datetime) -> None:
        """Give a lease back."""
        ...

    async def note(self, name: str) -> Mapping[str, Any]:
        """What the last holder wrote down."""
        ...

    async def write(self, name: str, holder: str, note: Mapping[str, Any]) -> None:
        """Write something down for the next holder."""
        ...


@dataclass(frozen=True)
class Gateway:
    """The connections of one process."""

    make: Callable[[int, int], DiscordBot]
    """Builds the client of one shard; `shard_id`, `shard_count`."""
    rest: Rest
    options: Options
    leases: Leases
    now: Callable[[], datetime]
    holder: str
    """This process."""
    commands: Sequence[Json]
    look_every: float = LOOK_EVERY

    async def run(self) -> None:
        """Keep connected until cancelled.

        Raises:
            BadSetting: Discord refuses the token, an intent or the number of shards, or does not answer.
        """
        count = await self._count()
        await self._tell_commands()
        log.info("discord.gateway", shards=count)
        shards = [asyncio.create_task(self._keep(number, count)) for number in range(count)]
        try:
            await asyncio.gather(*shards)
        finally:
            for shard in shards:
                shard.cancel()
            await asyncio.gather(*shards, return_exceptions=True)

    async def _count(self) -> int:
        try:
            advised = await self.rest.call("GET", "/gateway/bot")
        except Refused as refused:
            raise BadSetting(_BAD_TOKEN if refused.status == 401 else f"DISCORD_TOKEN: {refused}") from None
        except SendLater:
            raise BadSetting(
                "DISCORD_TOKEN: cannot be tried, Discord does not answer; check the network and DISCORD_API_BASE"
            ) from None
        return self.options.shards or int(advised["shards"])

    async def _tell_commands(self) -> None:
        """Tell Discord of the commands if they are not what it was told last; it allows few changes a day."""
        fresh = mark(self.commands)
        if not await self.leases.take(COMMANDS, self.holder, self.now()):
            return  # another process is starting, and tells it
        try:
            if (await self.leases.note(COMMANDS)).get("mark") == fresh:
                return
            application = (await self.rest.call("GET", "/applications/@me"))["id"]
            await self.rest.call("PUT", f"/applications/{application}/commands", list(self.commands))
            await self.leases.write(COMMANDS, self.holder, {"mark": fresh})
            log.info("discord.commands_told")
        except (Refused, SendLater) as trouble:
            log.warning("discord.commands_not_told", reason=str(trouble))
        finally:
            await self.leases.release(COMMANDS, self.holder, self.now())

    async def _keep(self, number: int, count: int) -> None:
        """Hold one shard whenever nobody else does: two connections of a shard both get every event."""
        name = f"discord:shard:{number}/{count}"
        while True:
            with suppress(DatabaseUnreachable):
                if await self.leases.take(name, self.holder, self.now()):
                    await self._connected(name, number, count)
            await asyncio.sleep(self.look_every)

    async def _connected(self, name: str, number: int, count: int) -> None:
        client = self.make(number, count)
        running = asyncio.create_task(self._run(client))
        holding = asyncio.create_task(self._hold(name))
        try:
            await asyncio.wait({running, holding}, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                running.result()
        finally:
            holding.cancel()
            await client.close()
            running.cancel()
            await asyncio.gather(running, holding, return_exceptions=True)
            with suppress(DatabaseUnreachable):
                await self.leases.release(name, self.holder, self.now())

    async def _run(self, client: DiscordBot) -> None:
        try:
            await client.start(self.options.token)
        except discord.LoginFailure:
            raise BadSetting(_BAD_TOKEN) from None
        except discord.PrivilegedIntentsRequired:
            raise BadSetting(_NO_INTENT) from None
        except discord.ConnectionClosed as closed:
            if closed.code == 4004:
                raise BadSetting(_BAD_TOKEN) from None
            if closed.code in {4010, 4011}:
                raise BadSetting(_BAD_SHARDS) from None
            log.warning("discord.closed", code=closed.code)
        except (discord.DiscordException, OSError, TimeoutError) as lost:
            log.warning("discord.not_connected", reason=str(lost) or type(lost).__name__)

    async def _hold(self, name: str) -> None:
        """Renew the lease; ends when it is somebody else's.

        While the database does not answer nobody else can take it either, and candidates are told what is wrong.
        """
        while True:
            await asyncio.sleep(self.look_every)
            with suppress(DatabaseUnreachable):
                if not await self.leases.take(name, self.holder, self.now()):
                    log.warning("discord.shard_lost", shard=name)
                    return


class Vocabulary(NamedTuple):
    """What can be said to the bot: its commands, and the topics that are suggested."""

    commands: Sequence[str]
    topics: Sequence[str]


def make_gateway(
    room: Room, options: Options, words: Vocabulary, leases: Leases, now: Callable[[], datetime], holder: str
) -> Gateway:
    """Build a process's connections; nothing connects yet."""

    def make(number: int, count: int) -> DiscordBot:
        return create_bot(room, words.topics, options, shard_id=number, shard_count=count)

    rest = Rest(options.token, options.api_base)
    return Gateway(make, rest, options, leases, now, holder, commands(words.commands, room.texts))
