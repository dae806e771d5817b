"""A result's quotes are whole; its last line says what to work on: the heaviest point missing, a bonus for what it is, or nothing."""

import pytest

from interview_bot.chat.cards import quote, result_card
from interview_bot.chat.messages import plain
from interview_bot.chat.wording import Wording
from interview_bot.core.grades import Assessment, Heard, Span, Verdict
from interview_bot.core.interview import Part, Turn
from interview_bot.core.questions import Question
from tests.bench import question

MET, PARTIAL, MISSED = Verdict.MET, Verdict.PARTIAL, Verdict.MISSED


def _asked(weights: tuple[int, ...]) -> Question:
    raw = question("apple").model_dump()
    first, second = raw["criteria"]
    third = first | {"id": "stalk", "point": "The stalk is woody."}
    raw["criteria"] = [
        one | {"weight": weight} for one, weight in zip((first, second, third), weights, strict=True)
    ]
    return Question.model_validate(raw)


@pytest.mark.parametrize(
    ("weights", "verdicts", "line"),
    [
        ((3, 2, 1), (MET, MET, MET), "Nothing that must be said was missing."),
        ((3, 2, 1), (MISSED, MISSED, MET), "Next time, say first: The core is sweet."),
        ((3, 2, 1), (PARTIAL, MISSED, MISSED), "Next time, say first: The skin is red."),
        ((3, 2, 1), (MET, PARTIAL, MISSED), "Next time, say first: The skin is red."),
        ((3, 2, 1), (MET, MET, MISSED), "a bonus would have been: The stalk is woody."),
        ((1, 1, 1), (MET, MET, MISSED), "Next time, say first: The stalk is woody."),
    ],
)
def test_what_to_say_next_time(weights: tuple[int, ...], verdicts: tuple[Verdict, ...], line: str) -> None:
    asked = _asked(weights)
    heard = {one.id: Heard(verdict) for one, verdict in zip(asked.criteria, verdicts, strict=True)}
    assessment = Assessment(heard, (), 0.5, "rubric", "1")
    turn = Turn("t1", 1, asked, assessment=assessment)
    shown = plain(result_card(Wording("en"), turn, Part.MAIN, assessment, "An answer."))
    assert line in shown


def test_where_nothing_was_heard_the_first_point_is_not_said_twice() -> None:
    asked = _asked((3, 2, 1))
    assessment = Assessment({one.id: Heard(MISSED) for one in asked.criteria}, (), 0.0, "rubric", "1")
    turn = Turn("t1", 1, asked, assessment=assessment)
    shown = plain(result_card(Wording("en"), turn, Part.MAIN, assessment, "I do not know."))
    assert shown.count("The core is sweet.") == 1


def test_that_the_rubric_may_have_missed_something_is_said_where_it_graded_alone() -> None:
    asked = _asked((3, 2, 1))
    alone = Assessment(
        {one.id: Heard(MISSED) for one in asked.criteria}, (), 0.0, "rubric", "1", ("own-words",)
    )
    for assessment, said in ((alone, True), (alone._replace(grader="panel", model="m"), False)):
        turn = Turn("t1", 1, asked, assessment=assessment)
        shown = plain(result_card(Wording("en"), turn, Part.MAIN, assessment, "An answer."))
        assert ("words of your own" in shown) is said


def test_a_quote_ends_with_its_sentence_and_not_in_an_address_or_a_name() -> None:
    answer = "It binds all. I put 127.0.0.1 in front, or a .dockerignore beside it. Then more."
    wanted = "I put 127.0.0.1 in front, or a .dockerignore beside it."
    for words in ("127", "in front", "dockerignore"):
        start = answer.index(words)
        assert quote(answer, Span(start, start + len(words))) == wanted
