"""Discord's side of the house; imported only where Discord is set up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interview_bot.bot import COMMANDS
from interview_bot.platforms.discord.bot import Options
from interview_bot.platforms.discord.gateway import Vocabulary, make_gateway
from interview_bot.platforms.discord.room import Room
from interview_bot.platforms.discord.voice import DiscordVoice
from interview_bot.wiring.serving import Served
from interview_bot.work.purge import promise_purge

if TYPE_CHECKING:
    from interview_bot.wiring import House


class DiscordSide:
    """What Discord needs of a house."""

    def __init__(self, house: House) -> None:
        """Build for this house."""
        self._house = house

    async def team_of(self, candidate: str, channel: str, turn: str | None) -> str | None:
        """The team of a person's interview in a channel, or of a turn: direct messages belong to no server."""
        async with self._house.database.begin() as work:
            return await work.team_at("discord", candidate, channel, turn and turn.rpartition(".")[2])

    async def left(self, team: str) -> None:
        """Purge a team in a month, unless the bot is back and used by then; all it says until then goes nowhere."""
        async with self._house.database.begin() as work:
            await promise_purge(work, team, self._house.clock.now())


def discord(house: House, token: str) -> Served:
    """A gateway connection for each shard that no other process holds; nothing connects before it is served."""
    settings, side = house.settings, DiscordSide(house)
    receive = house.receive(start="start ")
    room = Room(receive, side.team_of, house.texts, house.whisper, draw=house.draw, left=side.left)
    options = Options(
        token,
        settings.discord_api_base,
        settings.discord_gateway_url,
        settings.discord_message_content,
        settings.discord_shards,
    )
    names = {name for one in house.catalogue.topics() for name in (one.track, one.name)}
    words = Vocabulary(tuple(COMMANDS), tuple(sorted(names)))
    gateway = make_gateway(room, options, words, house.database.held, house.clock.now, house.new_id())
    voice = DiscordVoice(gateway.rest, house.draw)
    return Served("discord", voice, listen=gateway.run, close=gateway.rest.close)
