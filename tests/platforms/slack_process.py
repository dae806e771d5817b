"""The real program, `interview-bot serve`, as a process that can be killed, against the fake Slack."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tests.bench import FRUIT
from tests.fakes.slack import FakeSlack, Slacker
from tests.processes import Bot, start_bot


def write_bank(folder: Path) -> Path:
    """The fruit questions as files."""
    for one in FRUIT:
        place = folder / one.track / one.topic
        place.mkdir(parents=True, exist_ok=True)
        told = one.model_dump(mode="json", exclude={"slug", "topic", "track"}, exclude_defaults=True)
        (place / f"{one.slug}.yaml").write_text(yaml.safe_dump(told, sort_keys=False), encoding="utf-8")
    return folder


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
    async def served(self, role: str = "all") -> AsyncGenerator[Bot]:
        """A bot that is ready; it is told to stop at the end of the block."""
        way = (
            {"SLACK_SIGNING_SECRET": self.slack.signing_secret}
            if self.transport == "http"
            else {"SLACK_APP_TOKEN": self.slack.app_token}
        )
        settings = {
            "HOME": str(self.bank),
            "INTERVIEW_BOT_DATABASE_URL": self.database_url,
            "INTERVIEW_BOT_QUESTIONS": str(self.bank),
            "SLACK_API_URL": self.slack.api_url,
            "SLACK_MESSAGES_A_SECOND": str(self.pace),
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            **way,
            **self.settings,
        }
        listens = self.transport == "socket" and role in {"all", "gateway"}
        async with start_bot(settings, "--role", role, ready=not listens) as bot:
            if listens:
                await self.slack.connected(timeout=20)
            yield bot
            await bot.stop()

    def ada(self, served: Bot) -> Slacker:
        """A person who uses the bot."""
        way = self.slack.over_http(served.url) if self.transport == "http" else self.slack.over_socket()
        return self.slack.slacker("ada", way)
