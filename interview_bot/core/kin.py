"""Finds points that questions share: who missed one in one question may show it in another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from interview_bot.core.questions import Listed

ALIKE = 0.55
"""The share of words that two points have in common (Dice) from which on they are one point told twice."""
LEAST_WORDS = 4
_SAY_NOTHING = frozenset(
    "a an the of to and or in is are it its that which with for from by on as not be can so no what how than when at"
    " only into one has have do does own each every without".split()
)


class Point(NamedTuple):
    """A criterion of a question."""

    slug: str
    criterion: str


Kin = Mapping[str, Sequence[Point]]
"""For each criterion of a question, those of other questions that say the same."""


def kin_of(question: Listed, others: Iterable[Listed]) -> Kin:
    """For each criterion of a question, the criteria of other questions of its track that say the same."""
    known = [other for other in others if other.track == question.track and other.slug != question.slug]
    found: dict[str, Sequence[Point]] = {}
    for criterion, point in question.points:
        found[criterion] = [
            Point(other.slug, name) for other in known for name, said in other.points if alike(point, said)
        ]
    return found


def alike(one: str, other: str) -> bool:
    """Whether two points say the same, by their words."""
    first, second = _words(one), _words(other)
    if min(len(first), len(second)) < LEAST_WORDS:
        return False
    return 2 * len(first & second) / (len(first) + len(second)) >= ALIKE


def siblings(due: Sequence[Point], questions: Mapping[str, Listed], most: int) -> Sequence[str]:
    """Questions that cover the points that are due, the fewest first; a sibling rather than the same question again.

    Args:
        due: what is due, the most urgent first.
        questions: the bank, by slug.
        most: at most so many questions.
    """
    covers: dict[str, set[Point]] = {}
    for point in due:
        question = questions.get(point.slug)
        if question is None:
            continue
        covers.setdefault(point.slug, set()).add(point)
        for other in kin_of(question, questions.values()).get(point.criterion, ()):
            covers.setdefault(other.slug, set()).add(point)
    picked, left, missed_in = list[str](), set(due), {point.slug for point in due}
    while left and len(picked) < most:
        best = max(covers, key=lambda slug: (len(covers[slug] & left), slug not in missed_in), default=None)
        if best is None or not covers[best] & left:
            break
        picked.append(best)
        left -= covers.pop(best)
    return picked


@cache
def _words(point: str) -> frozenset[str]:
    words = re.findall(r"[a-z0-9]+", point.lower())
    return frozenset(
        re.sub(r"(ing|ed|es|s|e)$", "", word) for word in words if word not in _SAY_NOTHING and len(word) > 1
    )
