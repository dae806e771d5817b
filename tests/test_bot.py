"""What the bot promises whatever a platform does to it."""

import asyncio
from datetime import UTC, datetime

from interview_bot.chat.messages import Message
from interview_bot.core.interview import Who
from interview_bot.storage.claims import LEASE
from tests.bench import ADDRESS, Bench, HandClock

ANN, BEA = Who("local", "ann", "Ann"), Who("slack:T2", "ann", "Ann")


async def test_an_answer_delivered_four_times_is_one_answer(bench: Bench) -> None:
    await bench.hear("/fruit 2 seed 1")
    first = await bench.hear("The core is sweet.", delivery="Ev1")
    assert any("of 100" in text for text in first)
    for _ in range(3):
        assert await bench.hear("The core is sweet.", delivery="Ev1") == []


async def test_two_answers_at_once_are_one_answer_and_a_word_of_patience(bench: Bench) -> None:
    await bench.hear("/fruit 1 seed 1")
    said = [
        Message(ANN, f"x{n}", "The core is sweet and the skin is red.", None, None, ADDRESS) for n in range(4)
    ]
    replies = await asyncio.gather(*(bench.bot.receive(one) for one in said))
    assert sum(not reply.cards for reply in replies) == 1
    bench.said.clear()
    await bench.worker.until_idle()
    assert len(bench.said) == 2


async def test_teams_do_not_see_each_other(bench: Bench) -> None:
    await bench.hear("/fruit 1 seed 1")
    await bench.hear("The core is sweet and the skin is red.")
    assert any("Nobody" in text for text in await bench.hear("/leaderboard", who=BEA))
    assert any("Nothing answered" in text for text in await bench.hear("/progress", who=BEA))


async def test_a_button_of_a_question_that_is_over_is_refused(bench: Bench) -> None:
    await bench.hear("/fruit 2 seed 1")
    old = bench.said[0].choices[0].turn
    await bench.hear("/skip")
    assert await bench.hear("/hint", turn=old) == ["That question is over; go on with the newest one."]


async def test_a_button_of_somebody_elses_question_does_nothing_to_it(bench: Bench) -> None:
    await bench.hear("/fruit 2 seed 1")
    anns = bench.said[0].choices[0].turn
    other = Who("local", "bea", "Bea")
    for command in ("/hint", "/skip"):
        assert "no open question" in (await bench.hear(command, who=other, turn=anns))[0]
    await bench.hear("/fruit 2 seed 1", who=other)
    assert await bench.hear("/skip", who=other, turn=anns) == [
        "That question is over; go on with the newest one."
    ]
    assert await bench.hear("The core is sweet.", who=other, turn=anns) == [
        "That question is over; go on with the newest one."
    ]
    assert "of 100" in (await bench.hear("The core is sweet and the skin is red.", turn=anns))[0]


async def test_a_command_without_its_sign_is_done_where_no_question_waits_and_an_answer_is_never_one(
    bench: Bench,
) -> None:
    assert (
        "Leaderboard" in (await bench.hear("leaderboard"))[0]
        or "Nobody" in (await bench.hear("leaderboard"))[0]
    )
    assert "Question 1 of 2" in "\n".join(await bench.hear("Fruit 2 seed 1"))
    assert "of 100" in (await bench.hear("stones"))[0]
    await bench.hear("/stop")
    assert "no open question" in (await bench.hear("I would say the core is sweet and red"))[0]
    assert "no open question" in (await bench.hear("hello"))[0]


async def test_an_answer_waits_for_its_grade_across_a_restart(bench: Bench) -> None:
    await bench.hear("/fruit 1 seed 1")
    await bench.bot.receive(
        Message(ANN, "late", "The core is sweet and the skin is red.", None, None, ADDRESS)
    )
    again = Bench(bench.database, clock=HandClock(datetime.now(UTC) + LEASE))
    await again.worker.until_idle()
    assert "100 of 100" in again.said[0].lines[0].blanks["score"] + " of 100"
    assert len(again.said) == 2
    await Bench(bench.database).worker.until_idle()
    assert len(again.said) == 2


async def test_a_question_edited_during_a_sitting_is_graded_as_it_was_asked(bench: Bench) -> None:
    await bench.hear("/fruit 1 seed 1")
    changed = tuple(
        one.model_copy(update={"criteria": one.criteria[1:], "misconceptions": ()}) for one in bench.questions
    )
    after = Bench(bench.database, changed)
    heard = await after.hear("The skin is red.", delivery="after-edit")
    assert "Not heard: The core is sweet." in "\n".join(heard)


async def test_a_stopped_sitting_still_grades_what_was_answered(bench: Bench) -> None:
    await bench.hear("/fruit 2 seed 1")
    await bench.bot.receive(Message(ANN, "a", "The core is sweet and the skin is red.", None, None, ADDRESS))
    await bench.bot.receive(Message(ANN, "b", "", "stop", None, ADDRESS))
    bench.said.clear()
    await bench.worker.until_idle()
    assert sum("100" in card.lines[0].blanks.get("score", "") for card in bench.said) == 1
    assert "basics" in "\n".join(await bench.hear("/progress")) + "stones"


async def test_a_sitting_stopped_while_its_answer_is_read_asks_no_follow_up_and_lets_the_next_begin(
    bench: Bench,
) -> None:
    await bench.hear("/fruit 2 seed 1")
    await bench.bot.receive(Message(ANN, "a", "The skin is red.", None, None, ADDRESS))
    await bench.bot.receive(Message(ANN, "b", "", "stop", None, ADDRESS))
    said = "\n".join(await bench.hear("/fruit 1 seed 2"))
    assert "Not heard: The core is sweet." in said
    assert "One follow-up" not in said
    assert "Question 1 of 1" in said
