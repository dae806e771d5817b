"""A second Discord that is not ours: a sitting with `simcord`, which puts discord.py offline and judges as Discord does."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import discord
import simcord
from discord.http import Route

from interview_bot.bot import COMMANDS
from interview_bot.chat.messages import Message, Reply
from interview_bot.core.ports import SendLater
from interview_bot.platforms.discord.bot import DiscordBot, Options, create_bot
from interview_bot.platforms.discord.commands import commands
from interview_bot.platforms.discord.rest import File, Refused
from interview_bot.platforms.discord.room import SOON, Receive, Room
from interview_bot.platforms.discord.voice import DiscordVoice
from interview_bot.settings import Settings
from interview_bot.wiring import House
from interview_bot.wiring.discord import DiscordSide
from tests.platforms.discord_stage import TEXTS
from tests.platforms.slack_process import write_bank
from tests.platforms.slack_room import note

GOOD = "The core is sweet and the skin is red."


@dataclass
class Through:
    """The outbox's calls by discord.py's own client, for simcord has no sockets."""

    bot: DiscordBot

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        files: tuple[File, ...] = (),
        attempts: int = 1,
    ) -> Any:
        """Call once."""
        assert not files
        try:
            return await self.bot.http.request(Route(method, path), **({"json": body} if body else {}))
        except discord.HTTPException as refused:
            if refused.status == 429 or refused.status >= 500:
                raise SendLater(1.0) from None
            raise Refused(refused.status, refused.code, refused.text) from None


@dataclass
class Stage:
    """A whole bot, its outbox, and the Discord around it."""

    house: House
    env: simcord.Env
    soon: float = SOON
    receive: Receive | None = None

    def bot(self) -> DiscordBot:
        """The bot as it is after a start."""
        house = self.house
        receive = self.receive or house.receive(start="start ")
        room = Room(receive, DiscordSide(house).team_of, TEXTS, house.whisper, self.soon)
        return create_bot(room, ("fruit", "basics"), Options("t"))

    async def sends(self) -> None:
        """The outbox says what stands in it."""
        assert isinstance(self.env.bot, DiscordBot)
        voice = DiscordVoice(Through(self.env.bot))  # type: ignore[arg-type]
        await self.house.worker({"discord": voice}).until_idle()


@asynccontextmanager
async def staged(
    url: str, folder: Path, receive: Receive | None = None, soon: float = SOON
) -> AsyncGenerator[Stage]:
    """A connected bot whose commands Discord knows."""
    house = House(Settings.model_construct(database_url=url, questions=write_bank(folder / "bank")))
    stage = Stage(house, simcord.Env(discord.Client(intents=discord.Intents.none())), soon, receive)
    bot = stage.bot()
    async with simcord.run(bot) as stage.env:
        await bot.http.bulk_upsert_global_commands(
            bot.application_id or 0, cast("Any", commands(tuple(COMMANDS), TEXTS))
        )
        yield stage
    await house.close()


def shown(channel: Any, words: str) -> discord.Message:
    """The newest message in which some words stand."""
    return next(one for one in reversed(channel.history()) if words in read(one.components))


def read(components: Any) -> str:
    """All texts of some components."""
    return json.dumps([one if isinstance(one, dict) else one.to_dict() for one in components])


async def test_a_sitting_by_command_form_and_button_also_after_a_restart(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with staged(sqlite_url, tmp_path) as stage:
        guild = stage.env.create_guild()
        channel = guild.create_text_channel("practice")
        ada = guild.add_member(stage.env.create_user("ada"))
        told = await ada.autocomplete(channel, "mock-interview start", "topic", "fr")
        assert [one["value"] for one in told] == ["fruit"]
        started = await ada.slash(channel, "mock-interview start", topic="fruit 2 seed 1")
        assert started.acknowledged
        assert started.ephemeral
        await stage.sends()
        (thread,) = channel.threads
        first = shown(thread, "Question 1 of 2")
        opened = await ada.click(first, label="Answer")
        await ada.submit_modal(opened, {"answer": GOOD})
        await stage.sends()
        assert shown(thread, "100 of 100")
        await stage.env.restart_bot(stage.bot())
        second = shown(thread, "Question 2 of 2")
        assert (await ada.click(second, label="Skip")).acknowledged
        await stage.sends()
        assert shown(thread, "That was it")
        late = await ada.click(second, label="Hint")
        assert late.response
        assert "no open question" in read(late.response.components)


async def test_what_comes_after_three_seconds_is_said_in_direct_messages(
    sqlite_url: str, tmp_path: Path
) -> None:
    gate = asyncio.Event()

    async def late(_: Message) -> Reply:
        await stage.env.external_wait(gate.wait(), reason="a slow database")
        return Reply((note("Still true."),))

    async with staged(sqlite_url, tmp_path, late, soon=10) as stage:
        guild = stage.env.create_guild()
        channel = guild.create_text_channel("practice")
        ada = guild.add_member(stage.env.create_user("ada"))
        result = await ada.slash(channel, "mock-interview progress")
        await stage.env.advance_time(4)
        gate.set()
        await stage.env.settle()
        assert not result.acknowledged
        await stage.sends()
        opened, _, said = stage.env.transcript().partition("/users/@me/channels")
        assert opened
        assert "Still true." in said
