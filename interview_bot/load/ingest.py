"""Measures how many answers a process takes, against a Bolt app that does nothing, and how long Slack waits."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import text

from interview_bot.core.errors import OperatorError
from interview_bot.core.interview import Who
from interview_bot.core.ports import Clock
from interview_bot.core.records import Profile
from interview_bot.load.far import far_away
from interview_bot.load.people import Crowd, Request, answer, command
from interview_bot.load.processes import Child, measures_of, started
from interview_bot.storage.database import Database

RATE = 100.0
"""Answers a second of the run that measures how long Slack waits."""
ROUNDS = 5
"""Turns in which a Bolt app that does nothing and the bot are measured."""
FIRST = 200
"""People who answer before anything is measured, or as many as are measured where those are fewer."""
START = "docker 1"
TEXT = (
    "A container is a process of the host with namespaces and cgroups around it, it shares the kernel. "
    "A virtual machine boots a kernel of its own on virtual hardware, so it isolates more and starts slower. "
)
"""An answer of ordinary length."""


class Took(NamedTuple):
    """How long Slack waited, in milliseconds, and how many requests were not acknowledged within its 3 s."""

    p50: float
    p95: float
    p99: float
    slowest: float
    lost: int


class Ingest(NamedTuple):
    """What one run found."""

    answers: int
    at_once: int
    bare_a_second: float
    """Requests a second that a Bolt app acknowledges which does nothing."""
    answers_a_second: float
    """Answers a second that were durable before they were acknowledged."""
    took: Took
    """The same run, with all hands busy."""
    cpu_ms: float
    """CPU time of the process for each answer, in milliseconds."""
    ready_seconds: float
    """From the start of the process to its first reply."""
    rss_mib: float
    """Memory of the process once it was ready, in MiB."""
    latency_ms: float
    """What each round trip to the database took more in the run at a steady rate, in milliseconds."""
    steady: Took
    """At a steady rate of `RATE` answers a second."""

    @property
    def ratio(self) -> float:
        """Answers a second against the Bolt app that does nothing."""
        return self.answers_a_second / self.bare_a_second


class Load(NamedTuple):
    """What is sent."""

    answers: int = 1_000
    """How many answers are sent with all hands busy."""
    at_once: int = 16
    """How many requests are on their way at once then."""
    latency_ms: float = 20.0
    """What is added to each round trip to the database in the run at a steady rate."""
    seconds: float = 20.0
    """How long that run takes."""


async def ingest(url: str, opened: Database, team: str, clock: Clock, load: Load) -> Ingest:
    """Run all three, one after another, on one machine.

    Args:
        url: a PostgreSQL with the right schema.
        opened: the same.
        team: the made-up team whose people type; whoever calls deletes it.
        clock: for signatures.
        load: what is sent.

    Raises:
        OperatorError: a process does not start, or says no.
    """
    answers, at_once = load.answers, load.at_once
    first = min(FIRST, answers)
    asked = [answer(team, number, f"{TEXT}{number}") for number in range(answers)]
    async with started("bare") as bare, started("web", url) as child:
        before = await measures_of(child)
        # All of them here: through the relay it would take long to open so many.
        everybody = range(answers + int(load.seconds * RATE) + first)
        await _opened(child, team, clock, everybody, opened)
        await _used(child, team, clock, everybody[-first:], opened)
        await _greeted(child, team, clock, range(answers))
        crowd = Crowd(f"{child.origin}/slack/events", child.secret, clock)
        idle = Crowd(f"{bare.origin}/slack/events", bare.secret, clock)
        await sent(idle, asked[:200], at_once)  # connections and caches are warm
        cpu, took, bare_took = (await measures_of(child)).cpu, 0.0, 0.0
        for number in range(ROUNDS):  # in turns: how fast a shared machine is changes from second to second
            some = asked[number::ROUNDS]
            bare_took += await sent(idle, some, at_once)
            took += await sent(crowd, some, at_once)
        cpu = (await measures_of(child)).cpu - cpu
    return Ingest(
        answers=answers,
        at_once=at_once,
        bare_a_second=answers / bare_took,
        answers_a_second=answers / took,
        took=_took(crowd),
        cpu_ms=1_000 * cpu / answers,
        ready_seconds=child.ready_seconds,
        rss_mib=before.rss / (1 << 20),
        latency_ms=load.latency_ms,
        steady=await _steadily(url, team, clock, load),
    )


async def _steadily(url: str, team: str, clock: Clock, load: Load) -> Took:
    many = int(load.seconds * RATE)
    people = range(load.answers, load.answers + many)
    async with far_away(url, load.latency_ms / 1_000) as far, started("web", far) as child:
        crowd = Crowd(f"{child.origin}/slack/events", child.secret, clock)
        asked = [answer(team, number, f"{TEXT}{number}") for number in people]
        await _greeted(child, team, clock, people)
        warm = int(min(RATE, many / 4))
        await crowd.at_a_rate(asked[:warm], RATE)
        crowd.seconds.clear()
        await crowd.at_a_rate(asked[warm:], RATE)
        return _took(crowd)


async def _opened(child: Child, team: str, clock: Clock, people: range, database: Database) -> None:
    """Have everybody open an interview, and be known: a worker has asked Slack about them, which takes it a moment."""
    crowd = Crowd(f"{child.origin}/slack/events", child.secret, clock)
    await sent(crowd, [command(team, number, START) for number in people], 16)
    async with database.begin() as work:
        for number in people:
            who = Who(f"slack:{team}", f"U{number}")
            await work.people.learn(who, Profile("en", may_manage=False, at=clock.now()))


async def _used(child: Child, team: str, clock: Clock, people: range, database: Database) -> None:
    """Have some answer first: PostgreSQL plans for the tables that it looked at last, by itself once a minute."""
    crowd = Crowd(f"{child.origin}/slack/events", child.secret, clock)
    await sent(crowd, [answer(team, number, f"{TEXT}{number}") for number in people], 16)
    async with database.connect() as on:
        await on.execute(text("ANALYZE"))


async def _greeted(child: Child, team: str, clock: Clock, people: range) -> None:
    """Have everybody ask for something else, as they did who opened an interview at this process a moment ago."""
    crowd = Crowd(f"{child.origin}/slack/events", child.secret, clock)
    await sent(crowd, [command(team, number, "hint") for number in people], 16)


async def sent(crowd: Crowd, requests: Sequence[Request], at_once: int) -> float:
    """Send all; how many seconds it took.

    Raises:
        OperatorError: one was not acknowledged.
    """
    took = await crowd.at_once(requests, at_once)
    if crowd.failed:
        raise OperatorError(
            f"{crowd.failed} of {len(requests)} requests were not acknowledged: nothing was measured"
        )
    return took


def _took(crowd: Crowd) -> Took:
    waits = sorted(1_000 * one for one in crowd.seconds) or [float("nan")]
    p50, p95, p99 = (waits[min(len(waits) - 1, int(share * len(waits)))] for share in (0.5, 0.95, 0.99))
    return Took(p50, p95, p99, waits[-1], crowd.failed)


def machine() -> str:
    """What it ran on, and how busy that was: others may share it."""
    return f"{os.cpu_count()} cores, {sys.platform}, load {os.getloadavg()[0]:.1f}"
