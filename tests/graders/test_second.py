"""The second hearing: what it adds to the lines, and what gets none."""

from pathlib import Path

import pytest

from interview_bot.bank.files import load
from interview_bot.core.grades import Verdict
from interview_bot.core.questions import Question
from interview_bot.graders.compiled import compile_rubric
from interview_bot.graders.rubric import grade
from interview_bot.graders.second import LONGEST

QUESTIONS = Path(__file__).parents[2] / "questions"
TOLD = (
    "The load is not how busy the cpu is. It is the number of tasks that run or wait, and on Linux also of those that"
    " sleep uninterruptibly because they wait for the disk."
)
TALK = (
    "In my experience every team does this in its own way, and it depends on the people and on their time. "
)


@pytest.fixture(scope="module")
def load_average() -> Question:
    return next(one.question for one in load(QUESTIONS) if one.question.slug == "load-average")


def without_line(question: Question, name: str) -> Question:
    """The question with lines of this criterion that hear the half sentence no more, though they know its words."""
    mended = tuple(
        one.model_copy(
            update={"heard": tuple(f"{line} + zebra" for line in one.heard if isinstance(line, str))}
        )
        if one.id == name
        else one
        for one in question.criteria
    )
    return question.model_copy(update={"criteria": mended})


def test_a_point_in_other_sentences_is_made_and_its_sentence_quoted(load_average: Question) -> None:
    told = grade(compile_rubric(without_line(load_average, "meaning")), TOLD).verdicts["meaning"]
    assert told.verdict is Verdict.MET
    assert told.rule.startswith("second hearing: ")
    (quoted,) = told.evidence
    assert TOLD[quoted.start : quoted.end].startswith("It is the number of tasks")


def test_long_talk_gets_none(load_average: Question) -> None:
    rubric = compile_rubric(without_line(load_average, "meaning"))
    talk = TALK * (LONGEST // len(TALK.split()) + 1)
    assert grade(rubric, talk + TOLD).verdicts["meaning"].verdict is not Verdict.MET


def test_what_is_denied_gets_none(load_average: Question) -> None:
    rubric = compile_rubric(without_line(load_average, "meaning"))
    denied = TOLD.replace("It is the number", "It is not the number").replace("and on Linux", "nor on Linux")
    assert grade(rubric, denied).verdicts["meaning"].verdict is not Verdict.MET


def test_where_no_line_heard_anything_nothing_is_heard_again(load_average: Question) -> None:
    rubric = compile_rubric(load_average)
    told = grade(
        rubric, "The number of tasks, the disk and Linux are things that I think about while I wait and run."
    )
    assert not [one for one in told.verdicts.values() if one.rule.startswith("second hearing")]


def test_nothing_is_taken_away(load_average: Question) -> None:
    told = grade(compile_rubric(load_average), load_average.reference)
    assert {one.verdict for one in told.verdicts.values()} == {Verdict.MET}
