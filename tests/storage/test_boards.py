"""The gentler boards, what most of a team misses, and points that are known from another question."""

from datetime import UTC, datetime, timedelta

import pytest

from interview_bot.core.grades import Assessment, Heard, Verdict
from interview_bot.core.interview import Interview, Part, Turn, Who
from interview_bot.core.kin import Point
from interview_bot.core.standings import SHARE_CAP, key_before, key_of
from interview_bot.core.store import Answer
from interview_bot.core.suggestion import Draft, Suggestion
from interview_bot.storage.database import Database
from tests.bench import ANN, Bench, question
from tests.storage.sittings import NOW, QUESTION, graded

PEOPLE = [Who("local", name, name.title()) for name in ("ada", "bob", "cyd", "dee", "eve")]
LAST_MONTH = NOW - timedelta(days=20)


def grade(verdict: Verdict) -> Assessment:
    return Assessment({name: Heard(verdict) for name in ("a", "b")}, (), 0.5, "rubric", "1")


async def answers(database: Database, who: Who, at: datetime, verdict: Verdict, number: int) -> None:
    """Answer so many different questions."""
    for one in range(number):
        key = f"{who.candidate}-{at.date()}-{one}"
        asked = QUESTION.model_copy(update={"slug": f"q{one}-{at.month}"})
        interview = Interview(key, who, "first", (asked.slug,), at)
        async with database.begin() as work:
            await work.meet(who)
            await work.add(interview)
            answer = Answer(key, interview.ask(asked, key).id, Part.MAIN, "text", at)
            await work.save(interview)
            await work.keep_answer(interview, answer)
            await work.keep_assessment(answer, grade(verdict), at)
            interview.graded(Part.MAIN, grade(verdict))
            interview.finish()
            await work.save(interview)
            await work.learn(who, interview.turn, at, {})


async def test_improvement_shows_who_gained_and_nobody_who_fell_back(database: Database) -> None:
    for who, before, now in (
        (PEOPLE[0], Verdict.PARTIAL, Verdict.MET),
        (PEOPLE[1], Verdict.MISSED, Verdict.MET),
        (PEOPLE[2], Verdict.MET, Verdict.PARTIAL),
    ):
        await answers(database, who, LAST_MONTH, before, 5)
        await answers(database, who, NOW, now, 5)
    await answers(database, PEOPLE[3], LAST_MONTH, Verdict.MISSED, 4)
    await answers(database, PEOPLE[3], NOW, Verdict.MET, 5)
    async with database.begin() as work:
        gains = await work.standings.gains(ANN, "month", NOW, 10)
        assert [(one.name, one.before, one.now) for one in gains] == [("Bob", 0, 20), ("Ada", 10, 20)]
        await work.own.hide(PEOPLE[1], True)
        assert [one.name for one in await work.standings.gains(ANN, "month", NOW, 10)] == ["Ada"]


async def test_a_balanced_team_counts_so_much_of_each_person(database: Database) -> None:
    await answers(database, PEOPLE[0], NOW, Verdict.MET, 9)
    await answers(database, PEOPLE[1], NOW, Verdict.MET, 2)
    async with database.begin() as work:
        await work.own.hide(PEOPLE[1], True)
        together = await work.standings.together(ANN, "week", NOW)
    assert SHARE_CAP["week"] < 9 * 20
    assert together == (SHARE_CAP["week"] + 40, 2, 0, 0)


@pytest.mark.parametrize(
    ("day", "before"),
    [("2026-01-01", ("2025-W52", "2025-12", "2025-S4")), ("2026-03-31", ("2026-W13", "2026-02", "2025-S4")),
     ("2026-08-31", ("2026-W35", "2026-07", "2026-S2"))],
)  # fmt: skip
def test_the_period_before_is_the_one_before(day: str, before: tuple[str, ...]) -> None:
    at = datetime.fromisoformat(day).replace(tzinfo=UTC)
    assert (key_before("week", at), key_before("month", at), key_before("season", at)) == before
    assert key_before("all", at) == key_of("all", at)


async def test_what_most_miss_is_told_from_five_people_up(database: Database) -> None:
    for who in PEOPLE[:4]:
        await answers(database, who, NOW, Verdict.MISSED, 1)
    async with database.begin() as work:
        assert await work.memory.missed_by_most("local") == []
    await answers(database, PEOPLE[4], NOW, Verdict.MET, 1)
    async with database.begin() as work:
        assert await work.memory.missed_by_most("local") == [Point("q0-3", "a"), Point("q0-3", "b")]
        assert await work.memory.missed_by_most("slack:T9") == []


async def test_a_point_shown_in_a_sibling_is_known_again(database: Database) -> None:
    await answers(database, ANN, NOW, Verdict.MISSED, 1)
    later, verdicts = NOW + timedelta(days=3), {"core": Heard(Verdict.MET), "skin": Heard(Verdict.MET)}
    sibling = Turn("t", 1, question("apple"), assessment=Assessment(verdicts, (), 1.0, "rubric", "1"))
    async with database.begin() as work:
        assert len(await work.memory.points_due(ANN, later)) == 2
        await work.learn(ANN, sibling, later, {"core": [Point("q0-3", "a"), Point("never", "asked")]})
        assert await work.memory.points_due(ANN, later) == [Point("q0-3", "b")]
        assert sum(one.asked for one in await work.memory.known(ANN, later)) == 4


async def test_the_boards_the_team_and_progress_in_words(bench: Bench) -> None:
    assert "Nobody to show yet" in (await bench.hear("/leaderboard improvement"))[0]
    assert "Nothing that more than half" in (await bench.hear("/team"))[0]
    for number in range(2):
        await bench.hear(f"/fruit 1 seed {number}")
        await bench.hear("The core is sweet and the skin is red.")
    shown = "\n".join(await bench.hear("/leaderboard balanced week"))
    assert "The team together, this week" in shown
    assert "from so many people: 1." in shown
    shown = "\n".join(await bench.hear("/progress"))
    assert "Days in a row: 1, by the clock of UTC. One day off is left this week." in shown
    assert "Answers in the last half year: 2, on so many days: 1." in shown


async def test_ones_own_suggested_question_gives_no_points(database: Database) -> None:
    draft = Draft("first", "What does the kernel share?", "All of it.")
    suggestion = Suggestion("5e1f", ANN, draft, {}, NOW)
    async with database.begin() as work:
        await work.meet(ANN)
        await work.suggestions.add(suggestion)
        assert await work.suggestions.decide(suggestion._replace(state="accepted"), NOW)
    asked = QUESTION.model_copy(update={"slug": suggestion.slug})
    for who in (ANN, PEOPLE[0]):
        await graded(database, who, f"own-{who.candidate}", grade(Verdict.MET), asked)
    async with database.begin() as work:
        board = await work.standings.board(ANN, "week", "", NOW, 10)
        assert [one.name for one in board.ranks] == ["Ada"]
        assert board.own is None
        assert await work.standings.verify() == []
