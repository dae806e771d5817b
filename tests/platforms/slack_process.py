"""The real program, `interview-bot serve`, as a process that can be killed, against the fake Slack."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import yaml

from interview_bot.load.processes import free_port
from tests.bench import FRUIT
from tests.fakes.slack import FakeSlack, Slacker


def write_bank(folder: Path) -> Path:
    """The fruit questions as files."""
    for one in FRUIT:
        place = folder / one.track / one.topic
        place.mkdir(parents=True, exist_ok=True)
        told = one.model_dump(mode="json", exclude={"slug", "topic", "track"}, exclude_defaults=True)
        (place / f"{one.slug}.yaml").write_text(yaml.safe_dump(told, sort_keys=False), encoding="utf-8")
    return folder


@dataclass
class Served:
    """A running bot."""

    process: asyncio.subprocess.Process
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/slack/events"

    async def kill(self) -> None:
        """SIGKILL: no chance to tidy up."""
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def stop(self) -> int:
        """SIGTERM, and the exit code."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await self.process.wait()


@dataclass
class Stage:
    """What a test needs to start bots on one database and one Slack."""

    slack: FakeSlack
    database_url: str
    bank: Path
    transport: str = "http"
    pace: float = 50.0
    """Messages a second in one channel; 1 is Slack's own, and what a bot does that is told nothing."""
    settings: dict[str, str] = field(default_factory=dict)

    @asynccontextmanager
    async def served(self, role: str = "all", *, stderr: int | None = None) -> AsyncGenerator[Served]:
        """A bot that is ready; it is ended with the block."""
        port = free_port()
        way = (
            {"SLACK_SIGNING_SECRET": self.slack.signing_secret}
            if self.transport == "http"
            else {"SLACK_APP_TOKEN": self.slack.app_token}
        )
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.bank),
            "INTERVIEW_BOT_DATABASE_URL": self.database_url,
            "INTERVIEW_BOT_QUESTIONS": str(self.bank),
            "INTERVIEW_BOT_PORT": str(port),
            "SLACK_API_URL": self.slack.api_url,
            "SLACK_MESSAGES_A_SECOND": str(self.pace),
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            **way,
            **self.settings,
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "interview_bot", "serve", "--role", role, env=environment, cwd=Path(__file__).parents[2],
            stderr=stderr,
        )  # fmt: skip
        served = Served(process, port)
        try:
            await self._ready(served, role)
            yield served
        finally:
            await served.stop()

    async def _ready(self, served: Served, role: str) -> None:
        if self.transport == "socket" and role in {"all", "gateway"}:
            await self.slack.connected(timeout=20)
            return
        async with aiohttp.ClientSession() as session, asyncio.timeout(20):
            while True:
                try:
                    async with session.get(f"http://127.0.0.1:{served.port}/healthz") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.05)

    def ada(self, served: Served) -> Slacker:
        """A person who uses the bot."""
        way = self.slack.over_http(served.url) if self.transport == "http" else self.slack.over_socket()
        return self.slack.slacker("ada", way)
