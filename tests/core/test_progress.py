"""Weeks, days, streaks and levels from graded answers."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_bot.core.progress import Graded, Streak, by_day, by_week, level_of, streak

WEDNESDAY = date(2026, 11, 25)


def days(*ago: int) -> set[date]:
    return {WEDNESDAY - timedelta(days=number) for number in ago}


@pytest.mark.parametrize(
    ("answered", "counted", "freeze_left"),
    [
        ((), 0, True),
        ((0,), 1, True),
        ((1, 2), 2, True),
        ((0, 1, 2, 3), 4, True),
        ((0, 2, 3), 3, False),
        ((2, 3), 2, False),
        ((0, 3), 1, True),
        ((0, 1, 2, 4, 5), 5, True),
        ((0, 2, 3, 5), 4, False),
        ((0, 2, 3, 6), 3, False),
    ],
)
def test_a_streak_forgives_one_day_in_each_week(
    answered: tuple[int, ...], counted: int, freeze_left: bool
) -> None:
    assert streak(days(*answered), WEDNESDAY) == Streak(counted, freeze_left)


@given(st.sets(st.integers(0, 40)))
def test_a_streak_counts_no_day_without_an_answer_and_a_day_more_never_shortens_it(ago: set[int]) -> None:
    known = days(*ago)
    assert streak(known, WEDNESDAY).days <= len(known)
    assert streak(known | {WEDNESDAY}, WEDNESDAY).days >= streak(known, WEDNESDAY).days


def test_days_and_weeks_are_those_of_the_candidates_zone() -> None:
    late = Graded(datetime(2026, 11, 22, 23, 30, tzinfo=UTC), "i", "t", 2, 0.5)
    early = Graded(datetime(2026, 11, 22, 9, 0, tzinfo=UTC), "i", "t", 2, 1.0)
    assert by_day([early, late], "UTC") == {date(2026, 11, 22): 2}
    assert by_day([early, late], "Europe/Berlin") == {date(2026, 11, 22): 1, date(2026, 11, 23): 1}
    assert [(one.monday, one.score) for one in by_week([early, late], "Europe/Berlin")] == [
        (date(2026, 11, 16), 1.0),
        (date(2026, 11, 23), 0.5),
    ]


def graded(interview: str, level: int, *scores: float) -> list[Graded]:
    return [Graded(datetime(2026, 11, 22, tzinfo=UTC), interview, "t", level, score) for score in scores]


def test_the_level_rises_and_falls_with_graded_answers_at_that_level() -> None:
    good, bad = (0.9,) * 5, (0.2,) * 5
    assert level_of([]) == 2
    assert level_of(graded("a", 2, *good[:4])) == 2, "too few"
    assert level_of(graded("a", 1, *good)) == 2, "easy ones say nothing"
    assert level_of(graded("a", 2, *good)) == 3
    assert level_of([*graded("a", 2, *good), *graded("b", 3, *bad)]) == 2
    assert level_of(graded("a", 2, *bad)) == 1


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 3), st.floats(0, 1)), max_size=60))
def test_no_interview_changes_the_level_by_more_than_one_step(
    answers: list[tuple[int, int, float]],
) -> None:
    answers.sort(key=lambda one: one[0])
    turns = [one for number, level, score in answers for one in graded(str(number), level, score)]
    levels = [level_of([one for one in turns if int(one.interview) < number]) for number in range(7)]
    assert levels[0] == 2
    assert all(abs(one - after) <= 1 for one, after in itertools.pairwise(levels))
    assert set(levels) <= {1, 2, 3}
