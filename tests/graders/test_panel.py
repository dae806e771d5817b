"""Two graders beside each other: what they agree on stands, the rest is looked at again, and nothing is lost."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from interview_bot.core.grades import Verdict
from interview_bot.graders.llm.endpoint import Patience
from interview_bot.graders.llm.panel import Capped, Panel
from interview_bot.graders.rubric import RubricGrader
from tests.fakes import openai
from tests.fakes.openai import Asked, FakeOpenAI, Json, reply, says
from tests.graders.llm_room import GERMAN, GOOD, HALF, QUESTION, WRONG, Truth, model_grader, panel

RUBRIC = RubricGrader()
HEARD = {name: ("met", quote) for name, (_, quote) in GOOD.heard.items()}


def in_turn(*replies: Any):
    """A mind that answers each request with the next of these."""
    left: Iterator[Any] = iter(replies)
    return lambda asked: reply(asked, *next(left))


async def test_where_both_agree_one_look_is_enough() -> None:
    fake = FakeOpenAI(lambda asked: reply(asked, HEARD))
    async with panel(fake) as grader:
        told = await grader.grade(QUESTION, GOOD.answer)
    assert len(fake.asked) == 1
    assert (told.score, told.confidence, told.flags, told.grader) == (1.0, 1.0, (), "panel")


async def test_only_what_they_differ_on_is_looked_at_again() -> None:
    less = {name: one for name, one in HEARD.items() if name != "choose"}
    fake = FakeOpenAI(in_turn((less,), (HEARD,)))
    async with panel(fake) as grader:
        told = await grader.grade(QUESTION, GOOD.answer)
    assert [one.criteria for one in fake.asked] == [["kernel", "light", "choose", "how"], ["choose"]]
    assert "light:" not in fake.asked[1].rubric
    assert (told.score, told.flags) == (1.0, ())
    assert told.confidence == pytest.approx((3 + 2 + 2 * 2 / 3 + 1) / 8, abs=0.001)


async def test_a_model_that_stays_with_its_word_has_it_and_a_person_should_look() -> None:
    less = {name: one for name, one in HEARD.items() if name != "choose"}
    async with panel(FakeOpenAI(lambda asked: reply(asked, less))) as grader:
        told = await grader.grade(QUESTION, GOOD.answer)
    assert told.verdicts["choose"].verdict is Verdict.MISSED
    assert told.flags == ("needs-review",)


async def test_three_different_verdicts_are_the_middle_one() -> None:
    less = {name: one for name, one in HEARD.items() if name != "choose"}
    half = {**less, "choose": ("partial", HEARD["choose"][1])}
    async with panel(FakeOpenAI(in_turn((less,), (half,)))) as grader:
        told = await grader.grade(QUESTION, GOOD.answer)
    assert told.verdicts["choose"].verdict is Verdict.PARTIAL
    assert told.flags == ("needs-review",)


async def test_a_model_hears_what_no_line_of_the_rubric_foresaw() -> None:
    answer = "No matter how many of them run on the host, there is a single kernel down there that serves them all."
    truth = Truth(answer, {"kernel": ("met", "there is a single kernel down there that serves them all")})
    assert (await RUBRIC.grade(QUESTION, answer)).verdicts["kernel"].verdict is not Verdict.MET
    async with panel(FakeOpenAI(truth.told)) as grader:
        told = await grader.grade(QUESTION, answer)
    assert told.verdicts["kernel"].verdict is Verdict.MET


async def test_without_a_second_look_the_rubrics_word_stands() -> None:
    less = {name: one for name, one in HEARD.items() if name != "choose"}
    fake = FakeOpenAI(in_turn((less,)))

    async def then_fail(writer: asyncio.StreamWriter, asked: Asked) -> None:
        fake.troubles = [says("{}", 500)] * 2
        writer.write(openai.http(200, openai.completion(openai.json.dumps(fake.mind(asked)), fake.usage)))

    fake.troubles = [then_fail]
    async with panel(fake, price_in=1.0) as grader:
        told = await grader.grade(QUESTION, GOOD.answer)
    assert told.verdicts["choose"].verdict is Verdict.MET
    assert (told.grader, told.flags, told.cost) == ("panel", ("needs-review",), pytest.approx(0.001))


async def test_a_misconception_that_only_the_model_hears_must_be_heard_twice() -> None:
    answer = "Well, a kernel of its own is what every container gets, and it boots that one first."
    wrong = {"own-kernel": answer}
    assert (await RUBRIC.grade(QUESTION, answer)).misconceptions == ()
    for replies, stands in (([({}, wrong), ({}, wrong)], True), ([({}, wrong), ({}, {})], False)):
        async with panel(FakeOpenAI(in_turn(*replies))) as grader:
            told = await grader.grade(QUESTION, answer)
        assert bool(told.misconceptions) is stands
        assert "needs-review" in told.flags


@pytest.mark.parametrize("beside", [True, False])
async def test_a_misconception_that_the_rubric_hears_stands_until_the_model_clears_the_very_words(
    beside: bool,
) -> None:
    heard = {one.id for one in (await RUBRIC.grade(QUESTION, WRONG.answer)).misconceptions}
    assert heard == {"own-kernel", "light-vm"}
    elsewhere = {"own-kernel": "and is small", "light-vm": ""}
    for cleared, left in ((WRONG.wrong, set()), ({}, heard), (elsewhere, heard)):
        fake = FakeOpenAI(lambda asked, cleared=cleared: reply(asked, {}, {}, cleared))
        async with model_grader(fake) as model:
            told = await Panel(RUBRIC, model, beside=beside).grade(QUESTION, WRONG.answer)
        assert {one.id for one in told.misconceptions} == left


async def test_another_language_is_the_models_alone_and_flagged() -> None:
    fake = FakeOpenAI(GERMAN.told)
    async with panel(fake) as grader:
        told = await grader.grade(QUESTION, GERMAN.answer)
    assert told.verdicts["kernel"].verdict is Verdict.MET
    assert told.flags == ("unsupported-language", "needs-review")
    assert len(fake.asked) == 1


async def test_a_cap_counts_every_look_and_then_falls_silent() -> None:
    fake = FakeOpenAI(GOOD.told)
    async with model_grader(fake, price_in=1.0) as model:
        grader = Panel(RUBRIC, Capped(model, 0.0015))
        grades = [await grader.grade(QUESTION, GOOD.answer + " Yes." * number) for number in range(4)]
    assert [one.grader for one in grades][-1] == "rubric"
    assert grades[-1].flags == ("budget-spent",)
    assert sum(one.cost for one in grades) == pytest.approx(0.001 * len(fake.asked))
    assert 0.0015 <= sum(one.cost for one in grades) <= 0.0035


async def test_a_reference_only_question_is_judged_by_both() -> None:
    bare = QUESTION.model_copy(update={"criteria": (), "misconceptions": ()})

    def mind(asked: Asked) -> Json:
        return reply(asked, {"point-1": ("met", "Containers share the kernel of the host")})

    async with panel(FakeOpenAI(mind)) as grader:
        told = await grader.grade(bare, GOOD.answer)
    assert told.verdicts["point-1"].verdict is Verdict.MET
    assert told.confidence is not None


async def test_many_answers_at_once_do_not_mix() -> None:
    truths = [GOOD, HALF, WRONG] * 5

    def mind(asked: Asked) -> Json:
        return next(one for one in truths if one.answer[:20] == asked.answer[:20]).told(asked)

    async with panel(FakeOpenAI(mind)) as grader:
        alone = [await grader.grade(QUESTION, one.answer) for one in truths[:3]]
    async with panel(FakeOpenAI(mind), Patience()) as grader:
        together = await asyncio.gather(
            *(grader.grade(QUESTION, f"{one.answer}{' ' * n}") for n, one in enumerate(truths))
        )
    assert [one.score for one in together] == [one.score for one in alone] * 5
