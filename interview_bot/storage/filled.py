"""Fills an empty database with made-up people and answers, to measure on it what grows with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Table, delete, func, select

from interview_bot.core.errors import OperatorError
from interview_bot.core.interview import Who
from interview_bot.core.standings import EVERY_TOPIC, keys_of
from interview_bot.storage import tables as t
from interview_bot.storage.database import Database

START = datetime(2026, 1, 1, tzinfo=UTC)
APART = timedelta(seconds=31)
"""Between two answers of anybody: a million fill a year."""
TURNS = 10
"""Answers of one interview."""
TOPICS, QUESTIONS, TEAMS = 13, 200, 200
HOTTEST = 14
"""One candidate in so many belongs to the largest team."""
AT_ONCE = 20_000
Rows = Iterable[Sequence[Any]]


class Somebody(NamedTuple):
    """One person of the largest team, with the time and the topic of an answer of theirs."""

    who: Who
    at: datetime
    topic: str


async def fill(database: Database, assessments: int) -> Somebody:
    """Fill an empty database; somebody of its largest team.

    Raises:
        OperatorError: there is something in it already.
    """
    async with database.migrating() as on:
        if (await on.execute(select(func.count()).select_from(t.team))).scalar_one():
            raise OperatorError("That database is not empty; made-up people belong into one of their own.")
        raw = await on.driver()
        people = max(TEAMS, assessments // 50)
        for table, columns, rows in _tables(assessments, people):
            await _load(raw, table, columns, rows, is_sqlite=database.is_sqlite)
        await on.exec_driver_sql("ANALYZE")
    person = people // HOTTEST // 2 * HOTTEST
    first = person * TURNS
    return Somebody(Who(team_of(person), f"c{person}"), START + first * APART, _topic(first))


def _tables(assessments: int, people: int) -> Iterator[tuple[Table, str, Rows]]:
    yield t.team, "id platform", ((f"team{n}", "slack") for n in range(TEAMS))
    everybody = ((team_of(n), f"c{n}", f"Person {n}", "en", n % 50 == 7) for n in range(people))
    yield t.candidate, "team_id id name language hidden", everybody
    sittings = assessments // TURNS
    yield (
        t.interview,
        "id team_id candidate_id track plan state version started_at",
        (
            (f"i{n}", team_of(n % people), f"c{n % people}", "docker", "[]", "finished", 1, START + n * TURNS * APART)
            for n in range(sittings)
        ),
    )  # fmt: skip
    asked = range(sittings * TURNS)
    yield (
        t.turn,
        "id interview_id number slug topic level question hints skipped done score points",
        (
            (f"t{n}", f"i{n // TURNS}", n % TURNS + 1, f"q{n * 7919 % QUESTIONS}", _topic(n), 2, "{}", 0,
             False, True, _points(n) / 20, _points(n))
            for n in asked
        ),
    )  # fmt: skip
    answers = ((f"a{n}", f"t{n}", team_of(n // TURNS % people), "main", "", START + n * APART) for n in asked)
    yield t.answer, "id turn_id team_id part text received_at", answers
    graded = ((f"a{n}", "{}", "[]", "[]", _points(n) / 20, "rubric", "1", START + n * APART) for n in asked)
    yield t.assessment, "answer_id verdicts misconceptions flags score grader rubric created_at", graded
    yield t.standing, "team_id period topic candidate_id points answered", _standings(asked, people)


def team_of(person: int) -> str:
    """Teams differ in size: the largest has one in fourteen, the others share the rest."""
    return f"team{0 if person % HOTTEST == 0 else 1 + person % (TEAMS - 1)}"


def _topic(number: int) -> str:
    return f"topic{(number // TURNS * 5 + number % 3) % TOPICS}"


def _points(number: int) -> int:
    return number * 31 % 21


def _standings(asked: Iterable[int], people: int) -> Iterator[Sequence[Any]]:
    """Without first attempts and caps: it is the number of rows that matters here, not who deserves them."""
    points: Counter[tuple[int, str, str]] = Counter()
    answered: Counter[tuple[int, str, str]] = Counter()
    for number in asked:
        person = number // TURNS % people
        for period in _periods((number * APART).days):
            for topic in (EVERY_TOPIC, _topic(number)):
                points[person, period, topic] += _points(number)
                answered[person, period, topic] += 1
    for (person, period, topic), many in answered.items():
        yield team_of(person), period, topic, f"c{person}", points[person, period, topic], many


@cache
def _periods(day: int) -> tuple[str, ...]:
    return tuple(sorted(keys_of(START + timedelta(days=day))))


async def _load(raw: Any, table: Table, columns: str, rows: Rows, *, is_sqlite: bool) -> None:
    names, left = columns.split(), iter(rows)
    blanks = ", ".join("?" * len(names))
    insert = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({blanks})"  # noqa: S608  (names of our own)
    while some := list(islice(left, AT_ONCE)):
        if is_sqlite:
            await raw.executemany(insert, [[_written(value) for value in row] for row in some])
        else:
            await raw.copy_records_to_table(table.name, records=some, columns=names)


def _written(value: object) -> object:
    """As SQLAlchemy writes it in SQLite."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "microseconds")
    return value


async def clear(database: Database, team: str) -> None:
    """Delete a made-up team with everything that was promised to it."""
    job, theirs = t.job.c, select(t.interview.c.id).where(t.interview.c.team_id == team)
    async with database.connect() as on:
        for_them = job.payload["interview"].as_string().in_(theirs) | job.key.contains(
            f":{team}:", autoescape=True
        )
        await on.execute(delete(t.job).where(for_them))
        await on.execute(delete(t.delivery).where(t.delivery.c.team_id == team))
        await on.execute(delete(t.team).where(t.team.c.id == team))
