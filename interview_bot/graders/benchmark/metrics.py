"""Figures of agreement between a grader and the labels of people; plain definitions, nothing fitted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import sqrt
from statistics import correlation, fmean
from typing import NamedTuple

Pairs = Sequence[tuple[float, float]]
"""Scores between 0 and 1: what people gave, what the grader gave."""

LEVELS = 5


class Agreement(NamedTuple):
    """How often two raters say the same of one thing; `kappa` takes agreement by chance away (Cohen 1960)."""

    compared: int
    accuracy: float
    kappa: float


def agreement(pairs: Iterable[tuple[str, str]]) -> Agreement:
    """Agreement over pairs of labels; 1.0 and 1.0 where there is nothing to disagree on."""
    counted = Counter(pairs)
    total = sum(counted.values())
    if not total:
        return Agreement(0, 1.0, 1.0)
    same = sum(number for (one, other), number in counted.items() if one == other) / total
    first, second = Counter[str](), Counter[str]()
    for (one, other), number in counted.items():
        first[one] += number
        second[other] += number
    chance = sum(first[label] * second[label] for label in first) / total**2
    return Agreement(total, same, (same - chance) / (1 - chance) if chance < 1 else 1.0)


def precision_recall(pairs: Iterable[tuple[bool, bool]]) -> tuple[float | None, float | None]:
    """Precision and recall of the second rater against the first; None where nothing was said or due."""
    counted = Counter(pairs)
    said = counted[True, True] + counted[False, True]
    due = counted[True, True] + counted[True, False]
    return (counted[True, True] / said if said else None), (counted[True, True] / due if due else None)


def pearson(pairs: Pairs) -> float | None:
    """Pearson's correlation, or None where one side never changes."""
    golds, scores = [gold for gold, _ in pairs], [score for _, score in pairs]
    if len(pairs) < 3 or len(set(golds)) < 2 or len(set(scores)) < 2:
        return None
    return correlation(golds, scores)


def within(groups: Iterable[Pairs]) -> float | None:
    """Pearson's correlation after each question's mean was taken from its scores: ranking inside a question."""
    centred: list[tuple[float, float]] = []
    for pairs in groups:
        if pairs:
            gold_mean, score_mean = fmean(gold for gold, _ in pairs), fmean(score for _, score in pairs)
            centred += [(gold - gold_mean, score - score_mean) for gold, score in pairs]
    return pearson(centred)


def weighted_kappa(pairs: Pairs, levels: int = LEVELS) -> float | None:
    """Quadratic weighted kappa over scores rounded to equal steps (Cohen 1968), or None without variance."""
    top = levels - 1
    rounded = [(round(gold * top), round(score * top)) for gold, score in pairs]
    golds, scores = Counter(gold for gold, _ in rounded), Counter(score for _, score in rounded)
    observed = sum((gold - score) ** 2 for gold, score in rounded)
    expected = sum(
        golds[gold] * scores[score] * (gold - score) ** 2 for gold in golds for score in scores
    ) / max(1, len(rounded))
    return 1 - observed / expected if expected else None


def mean_error(pairs: Pairs) -> float:
    """Mean absolute error."""
    return fmean(abs(score - gold) for gold, score in pairs)


def root_error(pairs: Pairs) -> float:
    """Root mean squared error."""
    return sqrt(fmean((score - gold) ** 2 for gold, score in pairs))


def bias(pairs: Pairs) -> dict[str, float]:
    """Mean of score less gold where people gave nothing, something, and everything."""
    bands = {
        "none": [score - gold for gold, score in pairs if gold <= 0],
        "some": [score - gold for gold, score in pairs if 0 < gold < 1],
        "all": [score - gold for gold, score in pairs if gold >= 1],
    }
    return {name: fmean(found) for name, found in bands.items() if found}


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of all lies (nearest rank); 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
