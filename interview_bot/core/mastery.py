"""Mastery: how well a candidate knows each criterion, and when it is due again (spaced repetition, FSRS-6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from fsrs import Card, Rating, Scheduler

from interview_bot.core.grades import Verdict
from interview_bot.core.interview import Turn

_RATINGS = {Verdict.MET: Rating.Good, Verdict.PARTIAL: Rating.Hard, Verdict.MISSED: Rating.Again}
# Whole days: nobody is asked the same interview question again after ten minutes.
_SCHEDULER = Scheduler(learning_steps=(), relearning_steps=(), maximum_interval=365, enable_fuzzing=False)


class Mastery(NamedTuple):
    """What is remembered of one criterion; `card` is the scheduler's own memory."""

    slug: str
    criterion: str
    topic: str
    verdict: Verdict
    card: Mapping[str, Any]
    due_at: datetime


class Due(NamedTuple):
    """A question with criteria that were not met the last time and are due again."""

    slug: str
    criteria: int


class Known(NamedTuple):
    """A topic's criteria: how many were asked about, met the last time, and are due again."""

    topic: str
    asked: int
    met: int
    due: int


ENOUGH_PEOPLE = 5
"""People of whom each number about a team comes at least, so that nobody can be recognised."""


def review(turn: Turn, before: Mapping[str, Mapping[str, Any]], at: datetime) -> list[Mastery]:
    """Rate each criterion of a graded turn by the verdict of its first answer.

    Args:
        turn: a turn with its assessment.
        before: the scheduler's memory by criterion, for those that were asked before.
        at: when the answer was graded.
    """
    question = turn.question
    return [
        rated(Mastery(question.slug, criterion, question.topic, verdict, before.get(criterion, {}), at), at)
        for criterion, verdict in turn.verdicts().items()
    ]


def rated(known: Mastery, at: datetime) -> Mastery:
    """What is remembered once its verdict is rated; an empty card is one that was never asked."""
    kept = dict(known.card)
    card = Card.from_dict(kept) if kept else Card(card_id=0)  # type: ignore[arg-type]
    card, _ = _SCHEDULER.review_card(card, _RATINGS[known.verdict], at)
    memory: dict[str, Any] = dict(card.to_dict())
    return known._replace(card=memory, due_at=card.due)
