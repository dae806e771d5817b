"""Standings, mastery and one's own data on both databases."""

import asyncio
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select, update

from interview_bot.core.grades import Assessment, Heard, Verdict
from interview_bot.core.interview import Interview, Part, Who
from interview_bot.core.store import Answer, Work
from interview_bot.storage import tables
from interview_bot.storage.database import Database
from tests.bench import ANN, Bench
from tests.storage.sittings import GRADE, NOW, QUESTION, graded, opened

SECRET = "pomegranate-7261"


def grade(dice: Random) -> Assessment:
    verdicts = {name: Heard(dice.choice(list(Verdict))) for name in ("a", "b")}
    return Assessment(verdicts, (), 0.5, "rubric", "1")


async def test_the_board_equals_the_fold_after_many_answers_and_deletions(database: Database) -> None:
    dice = Random(7)
    people = [Who("local", f"p{n}", f"P{n}") for n in range(6)]
    for number in range(60):
        who = dice.choice(people)
        await graded(database, who, f"i{number}", grade(dice))
        if dice.random() < 0.1:
            async with database.begin() as work:
                await work.own.delete(who)
    async with database.begin() as work:
        assert await work.standings.verify() == []


async def test_a_standing_that_was_tampered_with_is_found_and_repaired(database: Database) -> None:
    await graded(database, ANN, "i1", grade(Random(1)))
    async with database.connect() as on:
        await on.execute(update(tables.standing).values(points=999))
    async with database.begin() as work:
        wrong = await work.standings.verify(repair=True)
        assert wrong
        assert all("kept 999 points" in line for line in wrong)
        assert await work.standings.verify() == []


async def test_ones_own_place_is_told_below_the_shown_ones(database: Database) -> None:
    best = Assessment({"a": Heard(Verdict.MET), "b": Heard(Verdict.MET)}, (), 1.0, "rubric", "1")
    for number in range(3):
        await graded(database, Who("local", f"p{number}", f"P{number}"), f"i{number}", best)
    await graded(
        database,
        ANN,
        "last",
        best._replace(verdicts={"a": Heard(Verdict.MISSED), "b": Heard(Verdict.MISSED)}),
    )
    async with database.begin() as work:
        board = await work.standings.board(ANN, "week", "first", NOW, 2)
        assert await work.standings.board(ANN, "week", "first", NOW + timedelta(days=7), 2) == ((), None)
    assert [rank.place for rank in board.ranks] == [1, 1]
    assert board.own
    assert (board.own.place, board.own.points) == (4, 0)


async def test_what_was_missed_comes_back_in_a_review(bench: Bench) -> None:
    await bench.hear("/fruit 1 seed 1")
    await bench.hear("Its skin is red.")
    await bench.hear("/stop")
    assert any("Nothing is due" in text for text in await bench.hear("/review"))
    await _bring_forward(bench.database, timedelta(days=3))
    assert any("1 points that you missed are due" in text for text in await bench.hear("/progress"))
    assert any("Question 1 of 1" in text for text in await bench.hear("/review"))


async def _bring_forward(database: Database, by: timedelta) -> None:
    async with database.connect() as on:
        for row in (await on.execute(select(tables.mastery))).mappings().all():
            key = (tables.mastery.c.slug == row["slug"], tables.mastery.c.criterion == row["criterion"])
            await on.execute(update(tables.mastery).where(*key).values(due_at=row["due_at"] - by))


async def test_after_a_delete_nothing_of_the_person_is_left(bench: Bench, kind: str, tmp_path: Path) -> None:
    await bench.hear("/fruit 2 seed 1")
    await bench.hear(f"The core is sweet, the skin is red, says {SECRET}.")
    assert any("cannot" in text or "Nobody" in text for text in await bench.hear("/privacy delete"))
    assert await bench.hear("/privacy delete yes") == ["All that I kept about you is deleted."]
    async with bench.database.connect() as on:
        for table in tables.metadata.sorted_tables:
            if table.name not in {"team", "job"}:
                assert (await on.execute(select(table))).all() == [], table.name
    if kind == "sqlite":
        assert not _holds_the_secret(tmp_path)


async def test_an_export_holds_every_word(bench: Bench) -> None:
    await bench.hear("/fruit 2 seed 1")
    await bench.hear(f"The core is sweet, says {SECRET}.")
    shown = "\n".join(await bench.hear("/privacy export"))
    assert SECRET in shown
    assert '"mastery"' in shown


async def test_old_words_go_and_points_stay(database: Database, kind: str, tmp_path: Path) -> None:
    interview = await opened(database)
    answer = Answer("a", interview.turn.id, Part.MAIN, f"alpha {SECRET}", NOW)
    async with database.begin() as work:
        await work.keep_answer(interview, answer)
        assert await work.own.expire(NOW + timedelta(days=900)) == 0, "it is open"
        await work.keep_assessment(answer, grade(Random(2)), NOW)
        interview.graded(Part.MAIN, grade(Random(2)))
        interview.finish()
        await work.save(interview)
        await work.standings.settle(ANN, interview.turn)
        assert await work.own.expire(NOW) == 0, "it is not older"
        assert await work.own.expire(NOW + timedelta(days=1)) == 1
        assert (await work.standings.board(ANN, "all", "", NOW, 5)).own
        assert await work.standings.verify() == []
    await database.scrub()
    if kind == "sqlite":
        assert not _holds_the_secret(tmp_path)


def _holds_the_secret(folder: Path) -> list[str]:
    files = sorted(folder.glob("test.db*"))
    assert files
    return [file.name for file in files if SECRET.encode() in file.read_bytes()]


@pytest.mark.parametrize("part", Part)
async def test_two_answers_graded_in_one_moment_both_stand_on_the_board(
    database: Database, part: Part
) -> None:
    first, second = await _answered(database, "i1"), await _answered(database, "i2")
    async with database.begin() as work:
        await _settled(work, first, part)
        other = asyncio.create_task(_graded_alone(database, second, part))
        await asyncio.sleep(0.3)
        assert not other.done()
    await other
    async with database.begin() as work:
        assert await work.standings.verify() == []
        board = await work.standings.board(ANN, "all", "", NOW, 5)
    assert board.own is not None
    assert board.own.answered == 2


async def _answered(database: Database, name: str) -> Interview:
    interview = await opened(database, ANN, name, QUESTION.model_copy(update={"slug": name}))
    async with database.begin() as work:
        await work.keep_answer(interview, Answer(f"{name}-a", interview.turn.id, Part.MAIN, "text", NOW))
        interview.finish()
        await work.save(interview)
    return interview


async def _settled(work: Work, interview: Interview, part: Part) -> None:
    interview.graded(Part.MAIN, GRADE)
    if part is Part.MAIN:
        await work.learn(ANN, interview.turn, NOW, {})
    else:
        await work.standings.settle(ANN, interview.turn)
    await work.save(interview)


async def _graded_alone(database: Database, interview: Interview, part: Part) -> None:
    async with database.begin() as work:
        await _settled(work, interview, part)
