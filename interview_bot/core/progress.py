"""What answers come to over time: scores by week, answers by day, a streak that forgives one day a week, a level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAYS_SHOWN = 182
WEEKS_SHOWN = 26

USUAL_LEVEL = 2
STEP_AFTER = 5
"""Answers at one's level after which it is looked at again."""
UP, DOWN = 0.8, 0.4
"""Mean scores from which the level rises, and below which it falls."""


class Graded(NamedTuple):
    """A graded answer: when it was received, what it was about, its score 0-1."""

    at: datetime
    interview: str
    topic: str
    level: int
    score: float


class TopicScore(NamedTuple):
    """A candidate's history in one topic: questions answered and their mean score, 0-1."""

    topic: str
    answered: int
    score: float


class Week(NamedTuple):
    """A week by its Monday: answers and their mean score, 0-1."""

    monday: date
    answered: int
    score: float


class Streak(NamedTuple):
    """Days in a row with an answer; `freeze_left` says whether this week may still miss one."""

    days: int
    freeze_left: bool


def by_day(graded: Iterable[Graded], zone: str) -> Mapping[date, int]:
    """How many answers each local date has."""
    return Counter(one.at.astimezone(ZoneInfo(zone)).date() for one in graded)


def by_topic(graded: Iterable[Graded]) -> Sequence[TopicScore]:
    """Mean scores of the topics that have answers, by name."""
    topics: dict[str, list[float]] = {}
    for one in graded:
        topics.setdefault(one.topic, []).append(one.score)
    return [
        TopicScore(topic, len(scores), sum(scores) / len(scores)) for topic, scores in sorted(topics.items())
    ]


def by_week(graded: Iterable[Graded], zone: str) -> Sequence[Week]:
    """Mean scores of the weeks that have answers, oldest first."""
    weeks: dict[date, list[float]] = {}
    for one in graded:
        day = one.at.astimezone(ZoneInfo(zone)).date()
        weeks.setdefault(_monday(day), []).append(one.score)
    return [Week(monday, len(scores), sum(scores) / len(scores)) for monday, scores in sorted(weeks.items())]


def streak(days: Collection[date], today: date) -> Streak:
    """Count the days with an answer back from today, which is not over yet.

    One day without an answer in each week, Monday to Sunday, is forgiven; it does not count either.
    """
    count, frozen = 0, set[date]()
    pending: list[date] = []
    first, day = min(days, default=today), today if today in days else today - timedelta(days=1)
    while day >= first:
        if day in days:
            count += 1
            frozen.update(pending)
            pending.clear()
        elif _monday(day) in frozen or _monday(day) in pending:
            break
        else:
            pending.append(_monday(day))
        day -= timedelta(days=1)
    return Streak(count, _monday(today) not in frozen)


def level_of(graded: Sequence[Graded]) -> int:
    """The level that a candidate's questions lean to, 1 to 3, from what was graded so far, oldest first.

    After every `STEP_AFTER` answers at that level it may change by one step, and by no more than one in an interview.
    """
    level, scores = USUAL_LEVEL, list[float]()
    for _, turns in groupby(graded, key=lambda one: one.interview):
        scores += [one.score for one in turns if one.level == level]
        if len(scores) < STEP_AFTER:
            continue
        mean = sum(scores) / len(scores)
        scores.clear()
        level = min(3, max(1, level + (mean >= UP) - (mean < DOWN)))
    return level


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
