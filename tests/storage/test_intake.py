"""An answer is taken whole and once, and in one statement just as it would be step by step."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import ClauseElement, event, func, select

from interview_bot.core.errors import CandidateError, Conflict
from interview_bot.core.interview import Interview, Part, State, Who
from interview_bot.core.ports import Job
from interview_bot.core.store import Answer, Arrived
from interview_bot.storage import tables
from interview_bot.storage.address import address
from interview_bot.storage.claims import LEASE
from interview_bot.storage.database import Database, open_database
from interview_bot.storage.swift import Row
from tests.databases import Postgres
from tests.storage.sittings import ANN, BEA, GRADE, NOW, QUESTION, opened

TEXT = "beta \x00 🐳"


def arrived(
    turn: str | None = None, delivery: str = "slack:Ev1", answer: str = "a1", who: Who = ANN
) -> Arrived:
    return Arrived(delivery, who, turn, answer, TEXT, NOW)


def _follow_up(interview: Interview) -> None:
    interview.take("beta")
    assert interview.graded(Part.MAIN, GRADE) is not None


def _grading(interview: Interview) -> None:
    interview.take("beta")


def _second(interview: Interview) -> None:
    interview.skip()
    interview.ask(QUESTION.model_copy(update={"slug": "two"}), "i1-t2")


def _nothing(_: Interview) -> None:
    pass


STATES: dict[str, Callable[[Interview], None]] = {
    "asking": _nothing,
    "follow-up": _follow_up,
    "second question": _second,
    "grading": _grading,
    "over": Interview.stop,
}


async def rows(database: Database) -> dict[str, int]:
    async with database.connect() as on:
        of = (tables.delivery, tables.answer, tables.job)
        return {one.name: await on.scalar(select(func.count()).select_from(one)) or 0 for one in of}


@pytest.fixture
async def postgres(server: Postgres) -> AsyncIterator[Database]:
    database = open_database(await server.migrated())
    yield database
    await database.close()


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("turn", [None, "i1-t1", "i1-t2", "elsewhere"])
async def test_one_statement_takes_what_an_interview_takes_and_nothing_else(
    database: Database, state: str, turn: str | None
) -> None:
    interview = await opened(database)
    STATES[state](interview)
    async with database.begin() as work:
        await work.save(interview)
    wanted = deepcopy(interview)
    try:
        part = wanted.take(TEXT, turn)
    except CandidateError:
        part = None
    took = await database.take(arrived(turn))
    assert (took is not None) == (part is not None and not database.is_sqlite)
    if not took:
        assert await rows(database) == {"delivery": 0, "answer": 0, "job": 0}
        return
    read = await database.read("a1")
    assert read is not None
    kept, found = read
    assert (kept.turn, kept.part, kept.text, kept.received_at) == (wanted.turn.id, part, "beta  🐳", NOW)
    assert (found.state, found.version) == (State.GRADING, interview.version + 1)
    job = await database.queue.claim_job(NOW)
    assert job is not None
    assert (job.kind, job.key, job.payload) == ("grade", "grade:a1", {"answer": "a1", "interview": "i1"})
    assert took == job._replace(epoch=0, attempts=0)
    assert await rows(database) == {"delivery": 1, "answer": 1, "job": 1}


async def test_what_is_held_is_leased_to_whoever_takes_it_for_as_long_as_a_claim(postgres: Database) -> None:
    await opened(postgres)
    job = await postgres.take(arrived(), hold=True)
    assert job is not None
    assert (job.epoch, job.attempts) == (1, 1)
    assert await postgres.queue.claim_job(NOW + LEASE - timedelta(seconds=1)) is None
    assert await postgres.queue.hold_job(job, NOW)
    other = await postgres.queue.claim_job(NOW + LEASE)
    assert other == job._replace(epoch=2, attempts=2)
    assert not await postgres.queue.finish_job(job)


async def test_nobody_elses_interview_takes_it(database: Database) -> None:
    await opened(database)
    assert not await database.take(arrived(who=BEA))
    assert not await database.take(arrived(who=Who("slack:T2", "ann", "Ann")))
    assert await rows(database) == {"delivery": 0, "answer": 0, "job": 0}


async def test_what_was_here_before_is_not_taken_again_when_the_next_part_is_asked(
    database: Database,
) -> None:
    interview = await opened(database)
    async with database.begin() as work:
        assert await work.first_time("slack:Ev1", ANN)
        _follow_up(interview)
        await work.save(interview)
    assert not await database.take(arrived())
    assert await rows(database) == {"delivery": 1, "answer": 0, "job": 0}


async def test_of_answers_at_once_one_is_taken_and_of_one_delivered_often_too(postgres: Database) -> None:
    await opened(postgres)
    many = [arrived(None, f"slack:Ev{n % 3}", f"a{n}") for n in range(9)]
    found = await asyncio.gather(*(postgres.take(one) for one in many), return_exceptions=True)
    assert len([one for one in found if isinstance(one, Job)]) == 1
    assert all(one is None or isinstance(one, Job | Conflict) for one in found)
    assert await rows(postgres) == {"delivery": 1, "answer": 1, "job": 1}


class Counted(Database):
    """Counts the statements that stand alone."""

    runs = 0

    async def alone(self, statement: ClauseElement, values: Mapping[str, Any]) -> Sequence[Row]:
        self.runs += 1
        return await super().alone(statement, values)


@pytest.fixture
async def counted(server: Postgres) -> AsyncIterator[Counted]:
    database = Counted(address(await server.migrated()))
    yield database
    await database.close()


PEOPLE = [Who("local", f"p{number}", "P") for number in range(12)]


async def _all_at_once(database: Database) -> list[str | BaseException | None]:
    """What everybody gets: the key of a job, an error, or nothing."""
    many = [
        arrived(None, f"slack:Ev{number}", f"a{number}", who) for number, who in enumerate([*PEOPLE, BEA])
    ]
    found = await asyncio.gather(*(database.take(one) for one in many), return_exceptions=True)
    return [one.key if isinstance(one, Job) else one for one in found]


JOBS = [f"grade:a{number}" for number in range(12)]


async def test_answers_of_the_same_moment_share_a_statement(counted: Counted) -> None:
    for number, who in enumerate(PEOPLE):
        await opened(counted, who, f"i{number}")
    assert await _all_at_once(counted) == [*JOBS, None]
    assert counted.runs == 1
    assert await rows(counted) == {"delivery": 12, "answer": 12, "job": 12}


async def test_one_that_is_in_the_way_does_not_cost_the_others_theirs(counted: Counted) -> None:
    for number, who in enumerate(PEOPLE):
        interview = await opened(counted, who, f"i{number}")
        if number == 5:
            async with counted.begin() as work:
                await work.keep_answer(interview, Answer("kept", interview.turn.id, Part.MAIN, "x", NOW))
    found = await _all_at_once(counted)
    assert isinstance(found.pop(5), Conflict)
    assert found == [*JOBS[:5], *JOBS[6:], None]
    assert await rows(counted) == {"delivery": 11, "answer": 12, "job": 11}


async def test_whoever_gives_up_waiting_leaves_the_others_alone(counted: Counted) -> None:
    for number, who in enumerate(PEOPLE[:2]):
        await opened(counted, who, f"i{number}")
    hurried, patient = (
        asyncio.create_task(counted.take(arrived(None, f"slack:Ev{number}", f"a{number}", PEOPLE[number])))
        for number in range(2)
    )
    await asyncio.sleep(0)
    hurried.cancel()
    assert await patient
    assert hurried.cancelled()


async def test_taking_an_answer_is_one_statement_past_sqlalchemy(postgres: Database) -> None:
    await opened(postgres)
    statements: list[str] = []
    event.listen(
        postgres.engine,
        "before_cursor_execute",
        lambda _on, _cursor, statement, *_: statements.append(statement),
    )
    assert await postgres.take(arrived())
    assert statements == []
