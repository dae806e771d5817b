"""Runs a grader over labelled and scored answers, and gathers the figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from time import perf_counter
from types import MappingProxyType
from typing import NamedTuple

from interview_bot.core.grades import Assessment, weigh, weights_of
from interview_bot.core.ports import Grader
from interview_bot.core.questions import Question
from interview_bot.graders.benchmark import metrics
from interview_bot.graders.benchmark.labelled import Labelled, Scored
from interview_bot.graders.benchmark.metrics import Agreement, Pairs


class Scores(NamedTuple):
    """How close scores come to those of people; `within` looks inside questions only."""

    answers: int
    pearson: float | None
    within: float | None
    weighted_kappa: float | None
    mean_error: float
    root_error: float
    bias: dict[str, float]


class Speed(NamedTuple):
    """Milliseconds an answer."""

    median: float
    slowest_of_100: float


class Measured(NamedTuple):
    """What a grader did on a set of answers; verdicts and misconceptions only where these are labelled."""

    scores: Scores
    speed: Speed
    by_question: dict[str, Agreement]
    by_voice: Mapping[str, Agreement] = MappingProxyType({})
    verdicts: Agreement | None = None
    met: tuple[float | None, float | None] = (None, None)
    misconceptions: tuple[float | None, float | None] = (None, None)
    confusion: Mapping[str, int] = MappingProxyType({})


async def measure_gold(grader: Grader, gold: Mapping[str, tuple[Question, Sequence[Labelled]]]) -> Measured:
    """Grade every labelled answer and compare criterion by criterion."""
    pairs: dict[str, list[tuple[str, str]]] = {}
    voices: dict[str, list[tuple[str, str]]] = {}
    scores: dict[str, list[tuple[float, float]]] = {}
    claims: list[tuple[bool, bool]] = []
    times: list[float] = []
    for slug, (question, answers) in gold.items():
        pairs[slug], scores[slug] = [], []
        await grader.grade(question, "")  # compiles the rubric, so that only grading is timed
        for one in answers:
            told = await _timed(grader, question, one.answer, times)
            compared = [
                (verdict.value, told.verdicts[name].verdict.value) for name, verdict in one.verdicts.items()
            ]
            pairs[slug] += compared
            voices.setdefault(one.voice, []).extend(compared)
            due = weigh(weights_of(question), one.verdicts, one.misconceptions)
            scores[slug].append((due, told.score))
            heard = {claim.id for claim in told.misconceptions}
            claims += [
                (claim.id in one.misconceptions, claim.id in heard) for claim in question.misconceptions
            ]
    every = [pair for found in pairs.values() for pair in found]
    return Measured(
        _scores(scores),
        _speed(times),
        {slug: metrics.agreement(found) for slug, found in pairs.items()},
        {voice: metrics.agreement(found) for voice, found in voices.items()},
        metrics.agreement(every),
        metrics.precision_recall((gold == "met", told == "met") for gold, told in every),
        metrics.precision_recall(claims),
        {f"{due} as {told}": number for (due, told), number in sorted(Counter(every).items())},
    )


async def measure_scored(
    grader: Grader, questions: Mapping[str, Question], answers: Mapping[str, Sequence[Scored]]
) -> Measured:
    """Grade every answer that has a human score; `by_question` compares scores in five steps."""
    scores: dict[str, list[tuple[float, float]]] = {}
    times: list[float] = []
    for qid, found in answers.items():
        scores[qid] = [
            (one.score, (await _timed(grader, questions[qid], one.answer, times)).score) for one in found
        ]
    steps = metrics.LEVELS - 1
    by_question = {
        qid: metrics.agreement((str(round(due * steps)), str(round(told * steps))) for due, told in pairs)
        for qid, pairs in scores.items()
    }
    return Measured(_scores(scores), _speed(times), by_question)


async def _timed(grader: Grader, question: Question, answer: str, times: list[float]) -> Assessment:
    began = perf_counter()
    assessment = await grader.grade(question, answer)
    times.append((perf_counter() - began) * 1000)
    return assessment


def _scores(groups: Mapping[str, Pairs]) -> Scores:
    pooled = [pair for pairs in groups.values() for pair in pairs]
    return Scores(
        len(pooled),
        metrics.pearson(pooled),
        metrics.within(groups.values()),
        metrics.weighted_kappa(pooled),
        metrics.mean_error(pooled),
        metrics.root_error(pooled),
        metrics.bias(pooled),
    )


def _speed(times: Sequence[float]) -> Speed:
    return Speed(metrics.percentile(times, 0.5), metrics.percentile(times, 0.99))
