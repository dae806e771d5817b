"""The whole bot for Slack inside the test's own process: real HTTP in, a real database, the fake Slack; and what was seen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import Table, select, update
from starlette.applications import Starlette

from interview_bot.core.errors import Conflict
from interview_bot.core.interview import Who
from interview_bot.platforms.slack.manifest import EVENTS, scopes
from interview_bot.settings import Settings
from interview_bot.storage import tables as t
from interview_bot.storage.database import Database, open_database
from interview_bot.wiring import House
from interview_bot.wiring.slack import SlackSide
from tests.fakes.slack import Delivery, FakeSlack, Slacker, plain
from tests.faults.history import History, Shown, Taken
from tests.platforms.slack_process import write_bank
from tests.platforms.slack_room import served

GOOD = "The core {} is sweet and the skin is red."
"""An answer for full marks, with a word that nobody else types."""
START = datetime(2026, 1, 1, tzinfo=UTC)
PATIENCE = 20.0
"""Seconds to wait for what must come, however busy the machine."""


@dataclass
class Home:
    """One process: a web server and a worker over one database."""

    house: House
    street: Street
    origin: str

    @property
    def url(self) -> str:
        """Where Slack delivers."""
        return f"{self.origin}/slack/events"


@dataclass
class Street:
    """A Slack, a bank, and a way to the database that no fault touches; any number of homes, each with its own way."""

    slack: FakeSlack
    database: Database
    url: str
    bank: Path
    pace: float = 50.0
    """Messages a second in one channel; 1 is Slack's own."""
    answers: dict[str, tuple[Slacker, str]] = field(default_factory=dict[str, tuple[Slacker, str]])
    """Answers that were acknowledged, by the word that makes each of them unlike any other."""

    @asynccontextmanager
    async def home(self, url: str | None = None, api_url: str | None = None) -> AsyncGenerator[Home]:
        """A process that runs until the end of the block, on the way to the database and to Slack that is given."""
        settings = Settings(
            database_url=url or self.url,
            questions=self.bank,
            slack_bot_token=SecretStr(self.slack.bot_token),
            slack_signing_secret=SecretStr(self.slack.signing_secret),
            slack_api_url=api_url or self.slack.api_url,
            slack_messages_a_second=self.pace,
        )  # pyright: ignore[reportCallIssue]
        house = House(settings)
        side = SlackSide(house)
        working = asyncio.create_task(house.worker({"slack": side.voice}, side.jobs).run())
        try:
            async with served(Starlette(routes=side.routes())) as origin:
                yield Home(house, self, origin)
        finally:
            assert not working.done(), "the worker is dead"
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
            await house.close()

    def settings(self, **more: str) -> dict[str, str]:
        """The environment of a bot on this street that is a process of its own."""
        return {
            "INTERVIEW_BOT_DATABASE_URL": self.url,
            "INTERVIEW_BOT_QUESTIONS": str(self.bank),
            "SLACK_API_URL": self.slack.api_url,
            "SLACK_MESSAGES_A_SECOND": str(self.pace),
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            **more,
        }

    def person(self, name: str, url: str) -> Slacker:
        """Somebody whose doings reach the bot at this address."""
        return self.slack.slacker(name, self.slack.over_http(url))

    async def asked(self, person: Slacker, questions: int = 1) -> Slacker:
        """Have somebody open an interview, and wait for its first question."""
        assert (await person.command(f"fruit {questions} seed 1")).ok
        await self.slack.message_where(
            lambda m: m.channel is person.dm and "Question 1" in m.text, timeout=PATIENCE
        )
        return person

    async def lease_runs_out(self) -> None:
        """Half a minute passes for what a dead process had leased."""
        async with self.database.connect() as on:
            for leased in (t.job, t.outbox):
                await on.execute(
                    update(leased).where(leased.c.lease_until.is_not(None)).values(lease_until=START)
                )

    async def answer(self, person: Slacker, word: str) -> Delivery:
        """Have somebody answer in the direct messages; remembered if it is acknowledged."""
        return self.told(person, word, await person.message(GOOD.format(word)))

    async def again(self, person: Slacker, word: str, number: int = 1) -> Delivery:
        """Have Slack deliver the last thing once more, which was such an answer."""
        return self.told(person, word, await person.redeliver(number))

    def told(self, person: Slacker, word: str, delivery: Delivery) -> Delivery:
        """Remember an answer that was acknowledged."""
        if delivery.ok:
            self.answers[word] = (person, GOOD.format(word))
        return delivery

    async def history(self) -> History:
        """What was acknowledged, and what Slack shows; a conversation's order is that of its lane in the outbox."""
        async with self.database.connect() as on:
            told = (await on.execute(select(t.outbox.c.id, t.outbox.c.lane_id))).all()
        lanes = {one.id: one.lane_id for one in told}
        history = History()
        for word, (person, text) in self.answers.items():
            who = Who(f"slack:{person.person.team.id}", person.id)
            history.taken[word] = Taken(who, word, text, word)
        for message in self.slack.messages:
            number = ((message.metadata or {}).get("event_payload") or {}).get("outbox_id")
            if number is not None:
                team, lane = f"slack:{message.channel.team.id}", lanes.get(number, message.channel.id)
                history.shown.append(Shown(lane, team, message.ts, number, plain(message), is_new=True))
        return history

    async def broken(self) -> list[str]:
        """Each promise that does not hold once the bot had time to do what is left."""
        until = asyncio.get_running_loop().time() + PATIENCE
        while True:
            try:
                found = await (await self.history()).broken(self.database)
            except Conflict:  # where transactions are serializable, one that only looks may be in the way too
                found = ["somebody was in the way"]
            if not found or asyncio.get_running_loop().time() > until:
                return found
            await asyncio.sleep(0.05)

    async def rows(self, table: Table) -> int:
        """How many rows a table has."""
        async with self.database.connect() as on:
            return len((await on.execute(select(table))).all())


@asynccontextmanager
async def street(url: str, folder: Path, *, ack_within: float = PATIENCE) -> AsyncGenerator[Street]:
    """A street on a database; Slack waits longer than the real one, since tests share their cores, unless told."""
    database = open_database(url)
    async with FakeSlack(scopes=scopes(), events=EVENTS, ack_within=ack_within) as slack:
        try:
            yield Street(slack, database, url, write_bank(folder / "bank"))
        finally:
            await database.close()


async def at_work(names: Iterable[str], home: Home, *, questions: int = 1) -> list[Slacker]:
    """People with an open interview each, whose first question was asked."""
    people = [home.street.person(name, home.url) for name in names]
    return list(await asyncio.gather(*(home.street.asked(one, questions) for one in people)))
