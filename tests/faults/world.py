"""A small world in one process: candidates, three replicas over one database, and a platform that fails, all by one seed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, cast

from interview_bot.chat.dailies import promise
from interview_bot.chat.messages import Message, Reply
from interview_bot.core import store
from interview_bot.core.calendar import Schedule
from interview_bot.core.daily import Daily
from interview_bot.core.interview import Who
from interview_bot.core.ports import Job, Outgoing, SendLater, Sent
from interview_bot.storage.database import Database
from interview_bot.storage.work import SqlWork
from tests.bench import ADDRESS, PLACE, Bench, HandClock
from tests.faults.history import History, Shown, Taken, flat

START = datetime(2026, 10, 24, 8, tzinfo=UTC)
"""A day before clocks go back in Europe."""
PEOPLE = tuple(
    Who(team, f"{team}-{name}", name) for team in ("red", "blue") for name in ("ann", "bea", "cid", "dan")
)
GIVEN_UP = 8
"""After so many tries the platform lets a message through: the outbox would bury it, which is not a loss by chance."""
GOOD, HALF, WRONG = (
    "The core {0} is sweet and the skin is red.",
    "The skin {0} is red.",
    "They have a stone {0}.",
)


class Platform:
    """Shows messages and remembers them; a message known by its number is not shown twice, as on Discord."""

    def __init__(self, dice: Random, history: History, *, forgetful: bool = False) -> None:
        """`forgetful`: shows a message again whose reply was lost. A planted fault, for the checker to find."""
        self._dice = dice
        self._history = history
        self._forgetful = forgetful
        self._known: dict[int, str] = {}
        self.calm = False

    async def say(self, outgoing: Outgoing) -> Sent:
        trouble = self._dice.random() if not self.calm and outgoing.attempts < GIVEN_UP else 1.0
        if trouble < 0.06:
            raise SendLater(self._dice.choice((1.0, 5.0, 30.0)))
        known = outgoing.sent_as or (None if self._forgetful else self._known.get(outgoing.id))
        message = known or f"m{len(self._history.shown)}"
        self._known[outgoing.id] = message
        card = flat(outgoing.card)
        self._history.shown.append(
            Shown(outgoing.lane, outgoing.team, message, outgoing.id, card, is_new=known is None)
        )
        await asyncio.sleep(0)
        if trouble < 0.12:
            raise SendLater(2.0)  # it was shown, but the reply was lost
        return Sent(message, outgoing.address)


class Killed(BaseException):
    """A process is gone: nothing after this point happens in it."""


@dataclass
class Mortal:
    """A database as one process sees it, which may die between any two transactions."""

    database: Database
    points: int = 0
    """Points passed at which it could have died."""
    dies_in: int = -1
    """Points until it dies; below zero it does not."""

    def _pass(self) -> None:
        self.points += 1
        self.dies_in -= 1
        if self.dies_in == 0:
            raise Killed

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[SqlWork]:
        self._pass()
        async with self.database.begin() as work:
            yield work
        self._pass()

    async def take(self, arrived: store.Arrived, *, hold: bool = False) -> Job | None:
        self._pass()
        job = await self.database.take(arrived, hold=hold)
        self._pass()
        return job

    async def read(self, answer_id: str) -> store.Read | None:
        self._pass()
        return await self.database.read(answer_id)

    @property
    def queue(self) -> Any:
        return self

    def __getattr__(self, name: str) -> Any:
        real = getattr(self.database.queue, name)

        async def mortal(*given: Any) -> Any:
            self._pass()
            found = await real(*given)
            self._pass()
            return found

        return mortal

    async def scrub(self) -> None:
        await self.database.scrub()


@dataclass
class Replica(Bench):
    """One process: a bot and a worker that speak through the common platform."""

    platform: Platform | None = None

    async def say(self, outgoing: Outgoing) -> Sent:
        assert self.platform
        return await self.platform.say(outgoing)


@dataclass
class World:
    """Everything that happens is chosen by `dice`; the history is what can be seen from outside."""

    database: Database
    seed: int
    forgetful: bool = False
    history: History = field(default_factory=History)
    typed: int = 0

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)
        self.clock = HandClock(START)
        self.platform = Platform(self.dice, self.history, forgetful=self.forgetful)
        self.minds = [Mortal(self.database) for _ in range(3)]
        self.replicas = [
            Replica(cast("Database", mind), clock=self.clock, platform=self.platform) for mind in self.minds
        ]
        self.sent: list[Message] = []

    @property
    def points(self) -> int:
        """Points so far at which a replica could have died."""
        return sum(one.points for one in self.minds)

    async def prepare(self) -> None:
        """Teams with a daily question each."""
        for team in sorted({one.team for one in PEOPLE}):
            lead = next(one for one in PEOPLE if one.team == team)
            schedule = Schedule(START.time(), "Europe/Berlin", False)
            daily = Daily(f"daily-{team}", team, ADDRESS | {"channel": team}, schedule, "fruit", lead)
            async with self.database.begin() as work:
                await work.meet(lead)
                await work.dailies.put(daily, lead, START)
                await promise(work, daily, schedule.local_date(START))

    async def run(self, points: int) -> None:
        """Go on until so many points were passed at which a replica could die, then calmly until nothing is left."""
        does: tuple[tuple[int, Callable[[], Awaitable[None]]], ...] = (
            (34, self._type),
            (6, self._again),
            (46, self._work),
            (8, self._wait),
        )
        weights = [weight for weight, _ in does]
        while self.points < points:
            (one,) = self.dice.choices([step for _, step in does], weights)
            for mind in self.minds:
                mind.dies_in = self.dice.randrange(1, 12) if self.dice.random() < 0.1 else -1
            with suppress(Killed):  # whatever it held is neither finished nor given back
                await one()
        for mind in self.minds:
            mind.dies_in = -1
        self.platform.calm = True
        for _ in range(12):
            self.clock.at += timedelta(seconds=61)
            await self.replicas[0].worker.until_idle()

    async def _type(self) -> None:
        """Somebody types an answer or a command."""
        who, what = self.dice.choice(PEOPLE), self.dice.random()
        self.typed += 1
        if what < 0.55:
            token = f"word{self.typed}x"
            text = self.dice.choice((GOOD, GOOD, HALF, WRONG)).format(token)
            await self._receive(Message(who, f"d{self.typed}", text, None, None, ADDRESS, PLACE), token)
            return
        command = (
            "fruit 2" if what < 0.8 else self.dice.choice(("hint", "skip", "stop", "resume", "leaderboard"))
        )
        await self._receive(Message(who, f"d{self.typed}", "", command, None, ADDRESS, PLACE))

    async def _again(self) -> None:
        """The platform delivers something again, to two replicas at once."""
        if self.sent:
            message = self.dice.choice(self.sent[-20:])
            both = self.dice.sample(self.replicas, 2)
            await asyncio.gather(*(one.bot.receive(message) for one in both), return_exceptions=True)

    async def _receive(self, message: Message, token: str = "") -> None:
        """Deliver a message until it is acknowledged, as platforms do; what was is in the history."""
        self.sent.append(message)
        reply: Reply | None = None
        while reply is None:
            with suppress(Killed):
                reply = await self.dice.choice(self.replicas).bot.receive(message)
        if token and not reply.cards:
            self.history.taken[message.delivery] = Taken(message.who, message.delivery, message.text, token)

    async def _work(self) -> None:
        await self.dice.choice(self.replicas).worker.step()

    async def _wait(self) -> None:
        hours = self.dice.random() < 0.05
        self.clock.at += timedelta(seconds=self.dice.choice((1, 5, 31)) + 3600 * 5 * hours)
