"""Counting is code: the same verdicts give the same score, whoever gave them."""

from datetime import UTC, datetime

import pytest

from interview_bot.core.grades import Asserted, Assessment, Heard, Verdict, weigh
from interview_bot.core.interview import Interview, Part, Turn, Who, follow_up_for, summarise
from tests.bench import FRUIT

APPLE = FRUIT[0]


def told(core: Verdict, skin: Verdict, *asserted: str) -> Assessment:
    verdicts = {"core": Heard(core), "skin": Heard(skin)}
    score = weigh({"core": 3, "skin": 2}, {name: one.verdict for name, one in verdicts.items()}, asserted)
    return Assessment(verdicts, tuple(Asserted(one) for one in asserted), score, "rubric", "v")


@pytest.mark.parametrize(
    ("core", "skin", "asserted", "score"),
    [
        (Verdict.MET, Verdict.MET, (), 1.0),
        (Verdict.PARTIAL, Verdict.MET, (), 0.7),
        (Verdict.MISSED, Verdict.MET, (), 0.4),
        (Verdict.MET, Verdict.MET, ("stone",), 0.4),
        (Verdict.MISSED, Verdict.MET, ("stone",), 0.0),
    ],
)
def test_a_score_is_the_weighted_mean_less_misconceptions(
    core: Verdict, skin: Verdict, asserted: tuple[str, ...], score: float
) -> None:
    assert told(core, skin, *asserted).score == pytest.approx(score)


def test_a_follow_up_lifts_what_was_missed_by_half_its_weight() -> None:
    turn = Turn("t", 1, APPLE, assessment=told(Verdict.MISSED, Verdict.MET))
    before = turn.score
    turn.second = told(Verdict.MET, Verdict.MISSED)
    assert (before, turn.score) == pytest.approx((0.4, 0.7))


def test_each_hint_costs_a_tenth_and_points_grow_with_the_level() -> None:
    turn = Turn("t", 1, APPLE, hints=2, assessment=told(Verdict.MET, Verdict.MET))
    assert turn.score == pytest.approx(0.8)
    assert turn.points == 8
    senior = APPLE.model_copy(update={"level": 3})
    assert Turn("t", 1, senior, assessment=told(Verdict.MET, Verdict.MET)).points == 30


def test_the_follow_up_is_about_the_misconception_before_the_gap() -> None:
    asked = follow_up_for(APPLE, told(Verdict.MISSED, Verdict.MISSED, "stone"))
    assert asked is not None
    assert asked.criterion == "core"
    assert follow_up_for(APPLE, told(Verdict.MET, Verdict.MISSED)) is None


def test_a_summary_names_what_is_most_worth_learning() -> None:
    interview = Interview(
        "i", Who("local", "ann"), "fruit", ("apple", "quince"), datetime(2026, 1, 1, tzinfo=UTC)
    )
    interview.ask(APPLE, "t1")
    interview.take("words")
    interview.graded(Part.MAIN, told(Verdict.MISSED, Verdict.MET))
    interview.skip()
    interview.ask(FRUIT[4], "t2")
    interview.skip()
    summary = summarise(interview.turns)
    assert summary.score == pytest.approx(0.2)
    assert summary.band == "starting"
    assert [criterion.id for _, criterion in summary.to_learn] == ["core", "core", "skin"]
