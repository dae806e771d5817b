"""What a grade is, and the arithmetic that turns verdicts into a score: the same for every grader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from interview_bot.core.questions import Question

MISCONCEPTION_COST = 3
"""What asserting one misconception costs, in units of criterion weight: as much as one must-say criterion."""

FOLLOW_UP_SHARE = 0.5
"""The share of a criterion's weight that an answer to the follow-up can still earn."""

HINT_COST = 0.1
"""The share of a turn's score that each hint takes away."""


class Verdict(StrEnum):
    """How a criterion was heard."""

    MET = "met"
    PARTIAL = "partial"
    MISSED = "missed"

    @property
    def worth(self) -> float:
        """The share of the criterion's weight that the verdict earns: 1, 0.5 or 0."""
        return {"met": 1.0, "partial": 0.5, "missed": 0.0}[self.value]


class Span(NamedTuple):
    """A part of the answer: offsets in code points of the original text, end not included."""

    start: int
    end: int


class Heard(NamedTuple):
    """One criterion's verdict with its evidence and the rule that spoke, for the explanation."""

    verdict: Verdict
    evidence: tuple[Span, ...] = ()
    rule: str = ""


class Asserted(NamedTuple):
    """A misconception that the answer states as true, and where."""

    id: str
    evidence: tuple[Span, ...] = ()


class Assessment(NamedTuple):
    """All that a grader says of one answer; `score` is 0-1 and computed here, never by a model.

    `confidence` is 0-1, the weighted share of votes behind the verdicts where several were cast, None where one
    grader spoke alone. `cost` is what the answer's grading cost in US dollars, attempts that failed included.
    """

    verdicts: Mapping[str, Heard]
    misconceptions: tuple[Asserted, ...]
    score: float
    grader: str
    rubric: str
    flags: tuple[str, ...] = ()
    model: str | None = None
    prompt: str | None = None
    confidence: float | None = None
    cost: float = 0.0


def weigh(
    weights: Mapping[str, int], verdicts: Mapping[str, Verdict], misconceptions: Sequence[str] = ()
) -> float:
    """Turn verdicts into a score between 0 and 1.

    The score is the weighted mean of the verdicts' worth, less `MISCONCEPTION_COST` for each misconception
    asserted, never below 0. A criterion without a verdict counts as missed.
    """
    total = sum(weights.values())
    if not total:
        return 0.0
    earned = sum(
        weight * verdicts.get(criterion, Verdict.MISSED).worth for criterion, weight in weights.items()
    )
    return max(0.0, earned - MISCONCEPTION_COST * len(set(misconceptions))) / total


def weights_of(question: Question) -> dict[str, int]:
    """The weight of each criterion by id."""
    return {criterion.id: criterion.weight for criterion in question.criteria}
