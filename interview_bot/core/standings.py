"""Standings: what a candidate's attempts come to in a week, a month, a season and all time, and by topic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple, get_args

Period = Literal["week", "month", "season", "all"]
PERIODS: tuple[Period, ...] = get_args(Period)

DAY_CAP = 240
"""Points of one UTC day that count: eight senior questions answered in full. More is practice, not standing."""

ENOUGH_ANSWERS = 5
"""Questions in each of two periods from which on they are compared."""

SHARE_CAP: dict[Period, int] = {"week": 100, "month": 300, "season": 900}
"""Points of one person that count for the team together: nobody carries it alone."""

EVERY_TOPIC = ""


class Attempt(NamedTuple):
    """A graded answer as the board sees it; `at` is when the answer was received."""

    slug: str
    topic: str
    points: int
    at: datetime


class Standing(NamedTuple):
    """Points and the number of questions they come from."""

    points: int
    answered: int


class Rank(NamedTuple):
    """One line of a leaderboard; equal points share a place."""

    place: int
    candidate: str
    name: str
    points: int
    answered: int


class Board(NamedTuple):
    """The best of a team, and the asker's own line (None: nothing counted yet, or hidden)."""

    ranks: tuple[Rank, ...]
    own: Rank | None


class Gain(NamedTuple):
    """One line of the board of improvement: points a question in the period before, and in this one."""

    candidate: str
    name: str
    before: float
    now: float


class Together(NamedTuple):
    """A team's points, each person's capped, and the number of people they come from; the period before beside them."""

    points: int
    people: int
    points_before: int
    people_before: int


def key_before(period: Period, at: datetime) -> str:
    """The period before the one that an instant belongs to; of all time there is none, so it is the same."""
    day = at.astimezone(UTC)
    if period == "week":
        return key_of(period, day - timedelta(days=7))
    months = 1 if period == "month" else 1 + (day.month - 1) % 3
    first = day.replace(day=1)
    for _ in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
    return key_of(period, first)


def key_of(period: Period, at: datetime) -> str:
    """The period that an instant belongs to, by UTC: `2026-W48`, `2026-11`, `2026-S4` (a quarter), `all`."""
    day = at.astimezone(UTC)
    if period == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    if period == "month":
        return f"{day.year}-{day.month:02}"
    if period == "season":
        return f"{day.year}-S{(day.month + 2) // 3}"
    return "all"


def keys_of(at: datetime) -> frozenset[str]:
    """All periods that an instant belongs to."""
    return frozenset(key_of(period, at) for period in PERIODS)


def fold(attempts: Iterable[Attempt]) -> Mapping[tuple[str, str], Standing]:
    """Sum one candidate's attempts up by period and topic (`EVERY_TOPIC`: all of them).

    In each period the first attempt at a question counts, and of one day no more than `DAY_CAP` points. So every
    number on a board can be computed again from the answers.
    """
    seen: set[tuple[str, str]] = set()
    days: dict[tuple[str, str, date], int] = {}
    totals: dict[tuple[str, str], Standing] = {}
    for attempt in sorted(attempts, key=lambda one: (one.at, one.slug)):
        day = attempt.at.astimezone(UTC).date()
        for period in keys_of(attempt.at):
            if (period, attempt.slug) in seen:
                continue
            seen.add((period, attempt.slug))
            for topic in (EVERY_TOPIC, attempt.topic):
                before = days.get((period, topic, day), 0)
                counted = min(attempt.points, max(0, DAY_CAP - before))
                days[period, topic, day] = before + counted
                points, answered = totals.get((period, topic), Standing(0, 0))
                totals[period, topic] = Standing(points + counted, answered + 1)
    return totals
