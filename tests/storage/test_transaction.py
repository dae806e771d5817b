"""A transaction gathers writes and leaves the same rows on both databases as if each had been run when it came."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from interview_bot.core.errors import Conflict
from interview_bot.core.interview import Interview, Part
from interview_bot.core.store import Answer
from interview_bot.storage import tables as t
from interview_bot.storage.database import Database
from tests.storage.sittings import ANN, GRADE, NOW, opened

LANE = "interview:i1"


async def _slots(database: Database) -> list[tuple[str, str, int]]:
    query = select(t.outbox.c.slot, t.outbox.c.card, t.outbox.c.revision).order_by(t.outbox.c.id)
    async with database.connect() as on:
        return [(row.slot, row.card["n"], row.revision) for row in await on.execute(query)]


async def test_cards_of_one_transaction_keep_their_order(database: Database) -> None:
    names = [f"slot-{n:02}" for n in range(30)][::-1]
    async with database.begin() as work:
        await work.open_lane(LANE, ANN, {"platform": "memory"})
        for number, name in enumerate(names):
            await work.post(LANE, name, {"n": number}, NOW)
    assert [(slot, card) for slot, card, _ in await _slots(database)] == [
        (name, number) for number, name in enumerate(names)
    ]


async def test_of_two_cards_in_one_slot_the_later_one_is_said(database: Database) -> None:
    async with database.begin() as work:
        await work.open_lane(LANE, ANN, {"platform": "memory"})
        await work.post(LANE, "a", {"n": 1}, NOW)
        await work.post(LANE, "b", {"n": 2}, NOW)
        await work.post(LANE, "a", {"n": 3}, NOW)
    assert await _slots(database) == [("a", 3, 1), ("b", 2, 1)]
    async with database.begin() as work:
        await work.post(LANE, "a", {"n": 4}, NOW)
    assert await _slots(database) == [("a", 4, 2), ("b", 2, 1)]


async def test_a_read_sees_what_was_to_be_written_later(database: Database) -> None:
    interview = await opened(database)
    async with database.begin() as work:
        interview.turn.hints = 2
        await work.save(interview)
        found = await work.interview(interview.id)
    assert found is not None
    assert (found.turn.hints, found.version) == (2, interview.version)


async def test_nothing_of_a_transaction_stays_when_one_of_its_writes_meets_another(
    database: Database,
) -> None:
    interview = await opened(database)
    old = interview.version - 1
    async with database.begin() as work:
        await work.keep_answer(interview, Answer("a1", interview.turn.id, Part.MAIN, "beta", NOW))
        await work.open_lane(LANE, ANN, {"platform": "memory"})
    interview.version = old
    with pytest.raises(Conflict):
        await _graded(database, interview)
    assert await _slots(database) == []
    async with database.connect() as on:
        assert (await on.execute(select(t.assessment.c.answer_id))).all() == []
        assert (await on.execute(select(t.interview.c.state))).scalars().all() == ["asking"]


async def _graded(database: Database, interview: Interview) -> None:
    async with database.begin() as work:
        await work.keep_assessment(Answer("a1", interview.turn.id, Part.MAIN, "", NOW), GRADE, NOW)
        await work.post(LANE, "a", {"n": 1}, NOW)
        interview.finish()
        await work.save(interview)


async def _stumbles(database: Database, interview: Interview) -> None:
    async with database.begin() as work:
        interview.finish()
        await work.save(interview)
        raise ZeroDivisionError


async def test_a_transaction_that_writes_nothing_and_one_that_fails_write_nothing(database: Database) -> None:
    interview = await opened(database)
    with pytest.raises(ZeroDivisionError):
        await _stumbles(database, interview)
    async with database.begin():
        pass
    async with database.connect() as on:
        assert (await on.execute(select(t.interview.c.state))).scalars().all() == ["asking"]


async def test_a_card_for_a_conversation_that_is_not_there_fails_and_does_not_vanish(
    database: Database,
) -> None:
    with pytest.raises(IntegrityError):
        await _posted(database, "nowhere")
    assert await _slots(database) == []


async def _posted(database: Database, lane: str) -> None:
    async with database.begin() as work:
        await work.post(lane, "a", {"n": 1}, NOW)


async def test_an_interview_may_be_saved_twice_in_one_transaction(database: Database) -> None:
    interview = await opened(database)
    async with database.begin() as work:
        interview.turn.hints = 1
        await work.save(interview)
        interview.finish()
        await work.save(interview)
    async with database.begin() as work:
        found = await work.interview(interview.id)
    assert found is not None
    assert (found.version, found.turn.hints, found.state.is_open) == (interview.version, 1, False)
