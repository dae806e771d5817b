"""The board is the fold of all answers, whatever happens to them and in whatever order."""

from datetime import timedelta
from random import Random

import pytest

from interview_bot.core.grades import Assessment, Heard, Verdict
from interview_bot.core.interview import Interview, Part, Who
from interview_bot.core.questions import Question
from interview_bot.core.standings import PERIODS, Rank
from interview_bot.core.store import Answer
from interview_bot.storage.database import Database
from interview_bot.storage.filled import fill
from tests.storage.sittings import NOW, QUESTION

QUESTIONS = [
    QUESTION.model_copy(update={"slug": f"q{n}", "topic": f"topic{n % 3}", "level": 1 + n % 3})
    for n in range(12)
]


def grade(dice: Random, question: Question) -> Assessment:
    verdicts = {one.id: Heard(dice.choice(list(Verdict))) for one in question.criteria}
    return Assessment(verdicts, (), 0.5, "rubric", "1")


async def _answers(database: Database, who: Who, number: int, dice: Random) -> None:
    question, at = dice.choice(QUESTIONS), NOW + timedelta(hours=dice.randrange(24 * 120))
    interview = Interview(f"i{number}", who, "first", (question.slug,), at)
    assessment = grade(dice, question)
    async with database.begin() as work:
        await work.meet(who)
        await work.add(interview)
        answer = Answer(f"a{number}", interview.ask(question, f"t{number}").id, Part.MAIN, "text", at)
        await work.save(interview)
        await work.keep_answer(interview, answer)
        await work.keep_assessment(answer, assessment, at)
        interview.graded(Part.MAIN, assessment)
        interview.finish()
        await work.save(interview)
        await work.standings.settle(who, interview.turn)


async def _corrects(database: Database, number: int, dice: Random) -> None:
    """What a decided challenge does, if the interview is still there."""
    async with database.begin() as work:
        interview = await work.interview(f"i{number}")
        if interview is None:
            return
        turn = interview.turn
        turn.assessment = grade(dice, turn.question)
        await work.challenges.correct(turn.id, turn.assessment)
        await work.save(interview)
        await work.standings.settle(interview.who, turn)


async def _many_events(database: Database, events: int, seed: int) -> None:
    dice = Random(seed)
    print("seed", seed)
    people = [Who("local", f"p{n}", f"P{n}") for n in range(max(5, events // 100))]
    asked = 0
    for _ in range(events):
        who, chance = dice.choice(people), dice.random()
        if chance < 0.8 or not asked:
            asked += 1
            await _answers(database, who, asked, dice)
        elif chance < 0.95:
            await _corrects(database, dice.randrange(1, asked + 1), dice)
        else:
            async with database.begin() as work:
                await (work.own.hide(who, dice.random() < 0.5) if chance < 0.98 else work.own.delete(who))
    async with database.begin() as work:
        assert await work.standings.verify() == [], seed
        for who in people:
            for period in PERIODS:
                board = await work.standings.board(who, period, "", NOW, 10_000)
                own = next((one for one in board.ranks if one.candidate == who.candidate), None)
                assert board.own == own, seed
                assert _places(board.ranks) == [one.place for one in board.ranks], seed


def _places(ranks: tuple[Rank, ...]) -> list[int]:
    return [1 + sum(other.points > one.points for other in ranks) for one in ranks]


async def test_the_board_equals_the_fold_after_answers_corrections_and_deletions(database: Database) -> None:
    await _many_events(database, 150, 20261127)


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_the_board_equals_the_fold_after_ten_thousand_events(database: Database) -> None:
    await _many_events(database, 10_000, 20261128)


async def test_made_up_answers_give_a_board_with_ones_own_place(database: Database) -> None:
    who, at, topic = await fill(database, 2_000)
    async with database.begin() as work:
        for period in PERIODS:
            board = await work.standings.board(who, period, topic, at, 3)
            assert board.own
            assert board.own.candidate == who.candidate
            assert 1 <= len(board.ranks) <= 3
