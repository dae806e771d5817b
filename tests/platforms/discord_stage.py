"""Our Discord room between the fake Discord and a whole bot over a real database; and the real program as a process."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from interview_bot.bot import COMMANDS
from interview_bot.chat.messages import Card
from interview_bot.chat.wording import texts
from interview_bot.core.ports import Outgoing
from interview_bot.platforms.discord.bot import Options
from interview_bot.platforms.discord.gateway import Gateway, Vocabulary, make_gateway
from interview_bot.platforms.discord.room import SOON, Receive, Room
from interview_bot.platforms.discord.voice import DiscordVoice
from interview_bot.settings import Settings
from interview_bot.wiring import House, new_id
from interview_bot.wiring.discord import DiscordSide
from interview_bot.work.worker import Worker
from tests.fakes.discord import Channel, FakeDiscord, Interaction, Member
from tests.platforms.slack_process import write_bank
from tests.processes import Running, start

TEXTS = {language: texts(language) for language in ("en", "de")}


def gateway_for(
    house: House, discord: FakeDiscord, receive: Receive | None = None, *, soon: float = SOON, **options: bool
) -> Gateway:
    """The connections of one process, not yet running."""
    room = Room(
        receive or house.receive(start="start "),
        DiscordSide(house).team_of,
        TEXTS,
        house.whisper,
        soon,
        left=DiscordSide(house).left,
    )
    told = Options(discord.token, discord.api_base, discord.gateway_url, **options)
    words = Vocabulary(tuple(COMMANDS), ("fruit", "basics", "stones", "rare"))
    gateway = make_gateway(room, told, words, house.database.held, house.clock.now, new_id())
    return replace(gateway, look_every=0.05)


def outgoing(
    card: Card, to: Mapping[str, str], number: int = 1, sent_as: str | None = None, attempts: int = 1
) -> Outgoing:
    """A message of the outbox; `to` is its lane's address."""
    said, where = card.model_dump(mode="json"), {"platform": "discord", **to}
    return Outgoing(number, "discord:1", "lane", where, said, 1, sent_as, 1, attempts)


@dataclass
class Stage:
    """Everything on stage, in one process; cards are sent when a test says so."""

    discord: FakeDiscord
    house: House
    gateway: Gateway
    worker: Worker
    running: asyncio.Task[None]

    async def say(self, member: Member, text: str, channel: Channel | None = None) -> list[str]:
        """Say something as on any platform (`/...` is a command); all that is shown because of it."""
        where, before = channel or member.dm, len(self.discord.said)
        if text.startswith("/"):
            await command(member, text[1:], where)
        else:
            await member.types(text, where)
        async with asyncio.timeout(10):
            while len(self.discord.said) == before:
                await self.worker.until_idle()
                await asyncio.sleep(0.002)
        await self.worker.until_idle()
        return self.discord.said[before:]


async def command(member: Member, words: str, channel: Channel | None = None) -> Interaction:
    """Use the command that some typed words stand for on other platforms."""
    name, _, rest = words.partition(" ")
    if name not in COMMANDS:
        return await member.slash("start", channel, topic=words)
    period, _, topic = rest.partition(" ")
    filled = {"period": period, "topic": topic} if name == "leaderboard" else {"words": rest}
    return await member.slash(name, channel, **{key: value for key, value in filled.items() if value})


@asynccontextmanager
async def staged(
    discord: FakeDiscord,
    database_url: str,
    folder: Path,
    receive: Receive | None = None,
    *,
    soon: float = SOON,
    **options: bool,
) -> AsyncGenerator[Stage]:
    """A connected bot; it is ended with the block."""
    house = House(Settings.model_construct(database_url=database_url, questions=write_bank(folder / "bank")))
    gateway = gateway_for(house, discord, receive, soon=soon, **options)
    worker = house.worker({"discord": DiscordVoice(gateway.rest)})
    running = asyncio.create_task(gateway.run())
    met = discord.gateway.identified + discord.gateway.resumes
    try:
        await discord.wait_for(lambda: discord.gateway.identified + discord.gateway.resumes > met)
        yield Stage(discord, house, gateway, worker, running)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await gateway.rest.close()
        await house.close()


@dataclass
class Program:
    """What a test needs to start `interview-bot serve` on one database and one Discord."""

    discord: FakeDiscord
    database_url: str
    bank: Path
    settings: dict[str, str] = field(default_factory=dict)

    @asynccontextmanager
    async def served(self) -> AsyncGenerator[Running]:
        """A bot that is connected; it is told to stop with the block."""
        links = len(self.discord.gateway.links)
        process = self.start()
        try:
            await self.discord.connected(links + 1, within=20)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            await process.wait()

    def start(self) -> Running:
        """The process, as it is started."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.bank),
            "INTERVIEW_BOT_DATABASE_URL": self.database_url,
            "INTERVIEW_BOT_QUESTIONS": str(self.bank),
            "DISCORD_API_BASE": self.discord.api_base,
            "DISCORD_GATEWAY_URL": self.discord.gateway_url,
            "DISCORD_TOKEN": self.discord.token,
            "INTERVIEW_BOT_PORT": "0",
            **self.settings,
        }
        return start("serve", environment=environment)
