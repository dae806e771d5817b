"""Runs a grader over the attacks, and says how many of each family it withstands."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import fmean
from typing import NamedTuple

from interview_bot.core.ports import Grader
from interview_bot.core.questions import Question
from interview_bot.graders.benchmark.attacks import Case

ZERO, LOW, HIGH, GAIN, SAME, LOSS = 0.10, 0.25, 0.80, 0.05, 0.10, 0.30
FLOORS = {
    "keyword-bag": 0.95, "keyword-sentences": 0.95, "negated": 0.90, "misconception": 0.90, "swapped": 0.90,
    "negated-auto": 0.85, "swapped-auto": 0.85, "self-contradiction": 0.85, "control-full": 0.90,
    "control-reference": 0.90, "paraphrase": 0.75, "typos": 0.95, "case": 0.95, "zero-width": 0.95,
    "homoglyph": 0.95, "verbose-correct": 0.95,
}  # fmt: skip
"""The share of each family that must be withstood; 1 where nothing is said. `partial` has an error instead."""
PARTIAL_ERROR = 0.15


class Failure(NamedTuple):
    """A case that the grader did not withstand."""

    question: str
    case: Case
    score: float
    compared: float


class Family(NamedTuple):
    """One family's result; `error` is the mean absolute error of the partial answers."""

    name: str
    rule: str
    passed: int
    cases: int
    floor: float
    error: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the family reaches its floor."""
        if self.error is not None:
            return self.error <= self.floor
        return self.passed >= self.floor * self.cases


async def resist(
    grader: Grader, questions: Iterable[tuple[Question, Iterable[Case]]]
) -> tuple[list[Family], list[Failure]]:
    """Grade all cases; families in the order they came, with what failed."""
    results: dict[str, list[tuple[Case, bool, float]]] = {}
    failures: list[Failure] = []
    for question, cases in questions:
        known: dict[str, float] = {}
        for case in cases:
            told = await grader.grade(question, case.answer)
            if case.base and case.base not in known:
                known[case.base] = (await grader.grade(question, case.base)).score
            compared = known.get(case.base, case.due)
            passed = _keeps(case, told.score, compared, told.flags)
            results.setdefault(case.family, []).append((case, passed, abs(told.score - case.due)))
            if not passed:
                failures.append(Failure(question.slug, case, told.score, compared))
    return [_family(name, found) for name, found in results.items()], failures


def _keeps(case: Case, score: float, compared: float, flags: tuple[str, ...]) -> bool:
    return {
        "zero": score <= ZERO,
        "low": score <= LOW,
        "high": score >= HIGH,
        "nogain": score <= compared + GAIN,
        "same": abs(score - compared) <= SAME,
        "loss": score <= compared - LOSS,
        "near": abs(score - compared) <= PARTIAL_ERROR,
        "flagged": "unsupported-language" in flags,
    }[case.rule]


def _family(name: str, found: list[tuple[Case, bool, float]]) -> Family:
    rule = found[0][0].rule
    error = fmean(error for _, _, error in found) if rule == "near" else None
    floor = PARTIAL_ERROR if rule == "near" else FLOORS.get(name, 1.0)
    return Family(name, rule, sum(passed for _, passed, _ in found), len(found), floor, error)
