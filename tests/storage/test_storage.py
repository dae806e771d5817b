"""The store keeps its promises, on SQLite and PostgreSQL alike."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from interview_bot.core.errors import BadSetting, Conflict, DatabaseUnreachable, WrongSchema
from interview_bot.core.grades import Asserted, Assessment, Heard, Span, Verdict
from interview_bot.core.interview import Interview, Part, Who
from interview_bot.core.ports import Answer, Sent
from interview_bot.core.questions import Question
from interview_bot.storage import schema
from interview_bot.storage.database import Database, open_database
from interview_bot.storage.tables import metadata

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
ANN = Who("local", "ann", "Ann")
BEA = Who("local", "bea", "Bea")
ADDRESS = {"platform": "terminal"}
QUESTION = Question.model_validate(
    {
        "slug": "one",
        "topic": "first",
        "prompt": "What is it?",
        "reference": "It is one.",
        "criteria": [
            {"id": "a", "weight": 3, "point": "A", "probe": "A?", "heard": ["alpha"]},
            {"id": "b", "weight": 1, "point": "B", "heard": ["beta"]},
        ],
        "misconceptions": [
            {"id": "m", "claim": "M", "correction": "not M", "heard": ["gamma"], "against": ["a"]}
        ],
    }
)
GRADE = Assessment(
    {"a": Heard(Verdict.MISSED), "b": Heard(Verdict.MET, (Span(0, 4),), "beta")},
    (Asserted("m", (Span(5, 9),)),),
    0.25,
    "rubric",
    "abc",
    ("contradiction",),
)


async def opened(database: Database, who: Who = ANN, interview_id: str = "i1") -> Interview:
    interview = Interview(interview_id, who, "docker", ("one", "two"), NOW)
    async with database.begin() as work:
        await work.meet(who)
        await work.add(interview)
        interview.ask(QUESTION, f"{interview_id}-t1")
        await work.save(interview)
    return interview


async def graded(database: Database, who: Who, interview_id: str, assessment: Assessment) -> None:
    interview = await opened(database, who, interview_id)
    async with database.begin() as work:
        answer = Answer(f"{interview_id}-a", interview.turn.id, Part.MAIN, "text")
        await work.keep_answer(interview, answer, NOW)
        await work.keep_assessment(answer, assessment, NOW)
        interview.graded(Part.MAIN, assessment)
        interview.finish()
        await work.save(interview)


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
        await work.keep_answer(interview, Answer("a1", "i1-t1", Part.MAIN, "beta gamma"), NOW)
        assert await work.keep_assessment(Answer("a1", "i1-t1", Part.MAIN, ""), GRADE, NOW)
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
        await work.keep_answer(interview, Answer("a1", "i1-t1", Part.MAIN, text), NOW)
        kept = await work.answer("a1")
    assert kept == Answer("a1", "i1-t1", Part.MAIN, text)


async def test_nul_and_lone_surrogates_do_not_break_an_answer(database: Database) -> None:
    interview = await opened(database)
    async with database.begin() as work:
        await work.keep_answer(interview, Answer("a1", "i1-t1", Part.MAIN, "a\x00b\ud800c"), NOW)
        kept = await work.answer("a1")
    assert kept is not None
    assert kept.text == "ab?c"


async def test_the_first_assessment_stands(database: Database) -> None:
    interview = await opened(database)
    answer = Answer("a1", "i1-t1", Part.MAIN, "beta")
    async with database.begin() as work:
        await work.keep_answer(interview, answer, NOW)
        assert await work.keep_assessment(answer, GRADE, NOW)
        assert not await work.keep_assessment(answer, GRADE._replace(score=1.0), NOW)


async def test_a_job_is_leased_once_and_fenced_when_the_lease_is_lost(database: Database) -> None:
    async with database.begin() as work:
        await work.add_job("grade", "k", {"n": 1}, NOW)
        await work.add_job("grade", "k", {"n": 2}, NOW)
    queue = database.queue
    first = await queue.claim_job(NOW)
    assert first is not None
    assert first.payload == {"n": 1}
    assert await queue.claim_job(NOW + timedelta(seconds=5)) is None
    second = await queue.claim_job(NOW + timedelta(seconds=60))
    assert second is not None
    assert not await queue.finish_job(first)
    assert await queue.finish_job(second)
    assert await queue.claim_job(NOW + timedelta(days=1)) is None


async def test_parallel_workers_never_share_a_job(database: Database) -> None:
    async with database.begin() as work:
        for number in range(20):
            await work.add_job("grade", f"k{number}", {}, NOW)

    async def claim_all() -> list[int]:
        mine: list[int] = []
        while job := await database.queue.claim_job(NOW):
            mine.append(job.id)
        return mine

    claimed = [one for batch in await asyncio.gather(*(claim_all() for _ in range(4))) for one in batch]
    assert len(claimed) == len(set(claimed)) == 20


async def test_messages_of_a_lane_go_out_in_order_and_lanes_do_not_wait_for_each_other(
    database: Database,
) -> None:
    async with database.begin() as work:
        await work.meet(ANN)
        for lane in ("a", "b"):
            await work.open_lane(lane, ANN, ADDRESS)
        await work.post("a", "a1", {"n": 1}, NOW)
        await work.post("a", "a2", {"n": 2}, NOW)
        await work.post("b", "b1", {"n": 3}, NOW)
    queue = database.queue
    first = await queue.claim_message(NOW, ["terminal"])
    other = await queue.claim_message(NOW, ["terminal"])
    assert first is not None
    assert other is not None
    assert (first.card, other.card) == ({"n": 1}, {"n": 3})
    assert await queue.claim_message(NOW, ["terminal"]) is None
    await queue.finish_message(first, Sent("m1", {**ADDRESS, "thread": "t"}))
    second = await queue.claim_message(NOW, ["terminal"])
    assert second is not None
    assert (second.card, second.address) == ({"n": 2}, {**ADDRESS, "thread": "t"})


async def test_a_slot_that_was_sent_is_edited(database: Database) -> None:
    async with database.begin() as work:
        await work.meet(ANN)
        await work.open_lane("a", ANN, ADDRESS)
        await work.post("a", "slot", {"n": 1}, NOW)
        await work.post("a", "slot", {"n": 2}, NOW)
    queue = database.queue
    once = await queue.claim_message(NOW, ["terminal"])
    assert once is not None
    assert (once.card, once.sent_as) == ({"n": 2}, None)
    await queue.finish_message(once, Sent("m1", ADDRESS))
    async with database.begin() as work:
        await work.post("a", "slot", {"n": 3}, NOW)
    again = await queue.claim_message(NOW, ["terminal"])
    assert again is not None
    assert (again.card, again.sent_as) == ({"n": 3}, "m1")


async def test_a_buried_message_lets_its_lane_go_on(database: Database) -> None:
    async with database.begin() as work:
        await work.meet(ANN)
        await work.open_lane("a", ANN, ADDRESS)
        await work.post("a", "a1", {"n": 1}, NOW)
        await work.post("a", "a2", {"n": 2}, NOW)
    first = await database.queue.claim_message(NOW, ["terminal"])
    assert first is not None
    await database.queue.fail_message(first, None)
    second = await database.queue.claim_message(NOW, ["terminal"])
    assert second is not None
    assert second.card == {"n": 2}


async def test_equal_points_share_a_place_and_only_first_attempts_count(database: Database) -> None:
    await graded(database, ANN, "i1", GRADE)
    await graded(database, BEA, "i2", GRADE)
    await graded(
        database, ANN, "i3", GRADE._replace(verdicts={"a": Heard(Verdict.MET), "b": Heard(Verdict.MET)})
    )
    async with database.begin() as work:
        ranks = await work.board("local")
        assert await work.board("slack:T1") == []
    assert [(rank.place, rank.name, rank.answered) for rank in ranks] == [(1, "Ann", 1), (1, "Bea", 1)]


async def test_migrations_go_up_and_down_and_match_the_tables(empty_database_url: str) -> None:
    database = open_database(empty_database_url)
    try:
        with pytest.raises(WrongSchema, match="interview-bot db upgrade"):
            await schema.check(database)
        await schema.upgrade(database)
        await schema.check(database)
        async with database.connect() as connection:
            differences = await connection.run_sync(
                lambda on: compare_metadata(MigrationContext.configure(on), metadata)
            )
        assert differences == []
        await schema.downgrade(database, "base")
        await schema.upgrade(database)
    finally:
        await database.close()


@pytest.mark.parametrize(
    "url",
    ["postgresql://me:geheim@127.0.0.1:1/none", "sqlite:////proc/nowhere/test.db", "sqlite:////proc/test.db"],
)
async def test_an_unreachable_database_is_one_line_without_the_password(url: str) -> None:
    with pytest.raises(DatabaseUnreachable) as caught:
        async with open_database(url).begin():
            pass
    assert "geheim" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("url", ["mysql://localhost/x", "nonsense"])
def test_another_database_is_refused_by_name(url: str) -> None:
    with pytest.raises(BadSetting, match="INTERVIEW_BOT_DATABASE_URL"):
        open_database(url)
