"""A transaction keeps what it is given, on SQLite and PostgreSQL alike."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from interview_bot.core.errors import Conflict
from interview_bot.core.grades import Heard, Verdict
from interview_bot.core.interview import Interview, Part, Who
from interview_bot.core.progress import TopicScore, by_topic
from interview_bot.core.standings import Board
from interview_bot.core.store import Answer
from interview_bot.storage import tables
from interview_bot.storage.database import Database
from tests.storage.sittings import ANN, BEA, GRADE, NOW, QUESTION, graded, opened


async def test_a_delivery_is_new_only_once(database: Database) -> None:
    async with database.begin() as work:
        assert await work.first_time("slack:Ev1", ANN)
        assert not await work.first_time("slack:Ev1", ANN)


async def test_a_candidate_has_one_open_interview(database: Database) -> None:
    await opened(database)
    with pytest.raises(Conflict):
        await opened(database, interview_id="i2")


async def test_an_interview_comes_back_as_it_was_saved(database: Database) -> None:
    interview = await opened(database)
    async with database.begin() as work:
        await work.keep_answer(interview, Answer("a1", "i1-t1", Part.MAIN, "beta gamma", NOW))
        await work.keep_assessment(Answer("a1", "i1-t1", Part.MAIN, "", NOW), GRADE, NOW)
        interview.turn.hints = 1
        interview.graded(Part.MAIN, GRADE)
        await work.save(interview)
    async with database.begin() as work:
        found = await work.open_interview(ANN)
    assert found == interview
    assert found is not None
    assert found.turn.follow_up is not None
    assert found.turn.follow_up.criterion == "a"


async def test_saving_what_somebody_else_changed_is_a_conflict(database: Database) -> None:
    await opened(database)
    async with database.begin() as work:
        mine, theirs = await work.open_interview(ANN), await work.open_interview(ANN)
        assert mine is not None
        assert theirs is not None
        await work.save(theirs)
    with pytest.raises(Conflict):
        async with database.begin() as work:
            await work.save(mine)


@pytest.mark.parametrize("text", ["plain", "🐳 Ünïcode\n\ttabs", "שלום \u202e rtl", "x" * 8000])
async def test_an_answer_is_kept_verbatim(database: Database, text: str) -> None:
    interview = await opened(database)
    async with database.begin() as work:
        await work.keep_answer(interview, Answer("a1", "i1-t1", Part.MAIN, text, NOW))
    kept = await database.read("a1")
    assert kept is not None
    assert kept.answer == Answer("a1", "i1-t1", Part.MAIN, text, NOW)


async def test_nul_and_lone_surrogates_do_not_break_an_answer(database: Database) -> None:
    interview = await opened(database)
    async with database.begin() as work:
        await work.keep_answer(interview, Answer("a1", "i1-t1", Part.MAIN, "a\x00b\ud800c", NOW))
    kept = await database.read("a1")
    assert kept is not None
    assert kept.answer.text == "ab?c"


async def test_the_first_assessment_stands(database: Database) -> None:
    interview = await opened(database)
    answer = Answer("a1", "i1-t1", Part.MAIN, "beta", NOW)
    async with database.begin() as work:
        await work.keep_answer(interview, answer)
        await work.keep_assessment(answer, GRADE, NOW)
    with pytest.raises(Conflict):
        async with database.begin() as work:
            await work.keep_assessment(answer, GRADE._replace(score=1.0), NOW)
    async with database.connect() as on:
        assert (await on.execute(select(tables.assessment.c.score))).scalars().all() == [GRADE.score]


async def test_equal_points_share_a_place_and_only_first_attempts_count(database: Database) -> None:
    await graded(database, ANN, "i1", GRADE)
    await graded(database, BEA, "i2", GRADE)
    await graded(
        database, ANN, "i3", GRADE._replace(verdicts={"a": Heard(Verdict.MET), "b": Heard(Verdict.MET)})
    )
    async with database.begin() as work:
        ranks = (await work.standings.board(ANN, "all", "", NOW, 10)).ranks
        assert await work.standings.board(OTHER_TEAM, "all", "", NOW, 10) == Board((), None)
    assert [(rank.place, rank.name, rank.answered) for rank in ranks] == [(1, "Ann", 1), (1, "Bea", 1)]


async def test_long_deliveries_with_one_beginning_are_two(database: Database) -> None:
    async with database.begin() as work:
        assert await work.first_time("x" * 400 + "1", ANN)
        assert await work.first_time("x" * 400 + "2", ANN)
        assert not await work.first_time("x" * 400 + "2", ANN)


async def test_nothing_is_kept_of_a_transaction_that_raises(database: Database) -> None:
    async def fail() -> None:
        async with database.begin() as work:
            await work.first_time("slack:Ev1", ANN)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with database.begin() as work:
        assert await work.first_time("slack:Ev1", ANN)


async def test_an_interview_of_somebody_unknown_is_a_mistake_and_no_conflict(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.begin() as work:
            await work.add(Interview("i1", ANN, "docker", ("one",), NOW))


async def test_an_interview_that_is_over_makes_room_for_the_next(database: Database) -> None:
    interview = await opened(database)
    interview.stop()
    async with database.begin() as work:
        await work.save(interview)
        assert await work.open_interview(ANN) is None
        assert await work.interview("i1") == interview
    async with database.connect() as on:
        assert (await on.execute(select(tables.interview.c.ended_at))).scalar_one() is not None
    later = await opened(database, interview_id="i2")
    async with database.begin() as work:
        assert await work.last_interview(ANN) in (later, interview)
        assert await work.last_interview(BEA) is None


OTHER_TEAM = Who("slack:T2", "ann", "Ann")


async def test_times_come_back_in_utc(database: Database) -> None:
    await opened(database)
    async with database.begin() as work:
        found = await work.open_interview(ANN)
    assert found is not None
    assert found.started_at == NOW
    assert found.started_at.utcoffset() == timedelta(0)


async def test_a_second_answer_to_the_same_question_is_a_conflict(database: Database) -> None:
    interview = await opened(database)
    async with database.begin() as work:
        await work.keep_answer(interview, Answer("a1", "i1-t1", Part.MAIN, "beta", NOW))
    with pytest.raises(Conflict):
        async with database.begin() as work:
            await work.keep_answer(interview, Answer("a2", "i1-t1", Part.MAIN, "alpha", NOW))


async def test_questions_count_as_met_when_they_were_graded_or_skipped(database: Database) -> None:
    interview = await opened(database)
    async with database.begin() as work:
        assert await work.answered(ANN) == []
        answer = Answer("a1", "i1-t1", Part.MAIN, "gamma", NOW)
        await work.keep_answer(interview, answer)
        await work.keep_assessment(answer, GRADE, NOW)
        assert interview.graded(Part.MAIN, GRADE) is not None
        await work.save(interview)
        assert await work.answered(ANN) == ["one"]
        interview.skip()
        interview.ask(QUESTION.model_copy(update={"slug": "two"}), "i1-t2")
        interview.skip()
        await work.save(interview)
        assert await work.answered(ANN) == ["one", "two"]
        assert by_topic(await work.graded(ANN)) == [TopicScore("first", 1, interview.turns[0].score)]


async def test_a_board_leaves_hidden_people_out_and_counts_on_after_a_tie(database: Database) -> None:
    best = GRADE._replace(verdicts={"a": Heard(Verdict.MET), "b": Heard(Verdict.MET)}, misconceptions=())
    for number, (name, grade) in enumerate([("zoe", best), ("max", best), ("ann", GRADE), ("eve", best)]):
        await graded(database, Who("local", name, name.title()), f"i{number}", grade)
    async with database.connect() as on:
        await on.execute(update(tables.candidate).where(tables.candidate.c.id == "eve").values(hidden=True))
    async with database.begin() as work:
        ranks = (await work.standings.board(ANN, "all", "", NOW, 10)).ranks
    assert [(rank.place, rank.name) for rank in ranks] == [(1, "Max"), (1, "Zoe"), (3, "Ann")]


async def test_what_grading_cost_is_summed_by_team_and_time(database: Database) -> None:
    for number, (who, cost) in enumerate([(ANN, 0.25), (BEA, 0.5), (ANN, 0.0), (OTHER_TEAM, 4.0)]):
        await graded(database, who, f"i{number}", GRADE._replace(cost=cost, confidence=0.75))
    async with database.begin() as work:
        assert await work.spent("local", NOW) == pytest.approx(0.75)
        assert await work.spent("local", NOW + timedelta(seconds=1)) == 0
        assert await work.spent("nobody", NOW) == 0
        found = await work.interview("i0")
    assert found is not None
    assert found.turn.assessment == GRADE._replace(cost=0.25, confidence=0.75)
