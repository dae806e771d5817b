"""Writes what a benchmark found: a page for people and the same figures as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from interview_bot.graders.benchmark.measure import Measured, Scores
from interview_bot.graders.benchmark.metrics import Agreement
from interview_bot.graders.benchmark.resist import Failure, Family

NOT_MEASURED = "not measured"


class Report(NamedTuple):
    """Everything one run found; None where a part was not asked for."""

    grader: str
    version: str
    date: str
    gold: Measured | None = None
    passes: Agreement | None = None
    """How far two passes of labelling agree on the gold answers: what a grader can be held to."""
    scored: Measured | None = None
    families: Sequence[Family] = ()
    failures: Sequence[Failure] = ()


def as_json(report: Report) -> str:
    """The figures for scripts."""
    return json.dumps(_figures(report), indent=2, ensure_ascii=False) + "\n"


def _figures(report: Report) -> dict[str, Any]:
    return {
        "grader": report.grader,
        "version": report.version,
        "date": report.date,
        "gold": _measured(report.gold),
        "passes": report.passes._asdict() if report.passes else None,
        "scored": _measured(report.scored),
        "adversarial": {
            one.name: {
                "rule": one.rule,
                "passed": one.passed,
                "cases": one.cases,
                "floor": one.floor,
                "error": one.error,
                "holds": one.holds,
            }
            for one in report.families
        },
    }


def _measured(measured: Measured | None) -> dict[str, Any] | None:
    if measured is None:
        return None
    return {
        "scores": measured.scores._asdict(),
        "milliseconds": {"p50": measured.speed.median, "p99": measured.speed.slowest_of_100},
        "by_question": {slug: found._asdict() for slug, found in measured.by_question.items()},
        "by_voice": {voice: found._asdict() for voice, found in measured.by_voice.items()},
        "verdicts": measured.verdicts._asdict() if measured.verdicts else None,
        "met": dict(zip(("precision", "recall"), measured.met, strict=True)),
        "misconceptions": dict(zip(("precision", "recall"), measured.misconceptions, strict=True)),
        "confusion": dict(measured.confusion),
    }


def as_markdown(report: Report) -> str:
    """The page."""
    parts = [
        f"# Grading benchmark: {report.grader}\n\nMeasured on {report.date} with version {report.version}.\n"
    ]
    if report.gold:
        parts.append(_gold(report.gold, report.passes))
    if report.scored:
        parts.append(_scored(report.scored))
    if report.families:
        parts.append(_attacks(report.families, report.failures))
    return "\n".join(parts)


def _gold(gold: Measured, passes: Agreement | None) -> str:
    verdicts = gold.verdicts
    rows = [
        ("answers", str(gold.scores.answers)),
        ("verdicts compared", str(verdicts.compared if verdicts else 0)),
        ("accuracy per criterion", _three(verdicts.accuracy if verdicts else None)),
        ("kappa per criterion", _three(verdicts.kappa if verdicts else None)),
        ("two passes of labelling: accuracy, kappa", _passes(passes)),
        ("`met`: precision, recall", ", ".join(map(_three, gold.met))),
        ("misconceptions: precision, recall", ", ".join(map(_three, gold.misconceptions))),
        *_score_rows(gold.scores),
        ("ms an answer p50, p99", f"{gold.speed.median:.1f}, {gold.speed.slowest_of_100:.1f}"),
    ]
    by_question = _agreements(gold.by_question)
    by_voice = _agreements(gold.by_voice)
    confused = [(name, str(number)) for name, number in gold.confusion.items()]
    return (
        "## Labelled answers\n\n"
        + _table(("figure", "value"), rows)
        + "\n"
        + _table(("question", "verdicts", "accuracy", "kappa"), by_question)
        + "\n"
        + _table(("voice", "verdicts", "accuracy", "kappa"), by_voice)
        + "\n"
        + _table(("labelled as graded", "verdicts"), confused)
    )


def _agreements(found: Mapping[str, Agreement]) -> list[tuple[str, str, str, str]]:
    return [
        (name, str(one.compared), _three(one.accuracy), _three(one.kappa))
        for name, one in sorted(found.items())
    ]


def _passes(passes: Agreement | None) -> str:
    return f"{passes.accuracy:.3f}, {passes.kappa:.3f}" if passes else NOT_MEASURED


def _scored(scored: Measured) -> str:
    rows = [("answers", str(scored.scores.answers)), *_score_rows(scored.scores)]
    by_question = [
        (qid, str(one.compared), _three(one.accuracy)) for qid, one in sorted(scored.by_question.items())
    ]
    return (
        "## Answers with human scores\n\n"
        + _table(("figure", "value"), rows)
        + "\n"
        + _table(("question", "answers", "same fifth of the scale"), by_question)
    )


def _score_rows(scores: Scores) -> list[tuple[str, str]]:
    return [
        ("Pearson, pooled", _three(scores.pearson)),
        ("Pearson, within questions", _three(scores.within)),
        ("quadratic weighted kappa, 5 levels", _three(scores.weighted_kappa)),
        ("mean absolute error", _three(scores.mean_error)),
        ("root mean squared error", _three(scores.root_error)),
        *[(f"bias where people gave {band}", f"{value:+.3f}") for band, value in scores.bias.items()],
    ]


def _attacks(families: Sequence[Family], failures: Sequence[Failure]) -> str:
    rows = [
        (
            one.name,
            one.rule,
            f"{one.passed} of {one.cases}" if one.error is None else f"mean error {one.error:.3f}",
            f"{one.floor:.0%}" if one.error is None else f"{one.floor:.2f}",
            "holds" if one.holds else "**below**",
        )
        for one in families
    ]
    failed = [(one.question, one.case.family, f"{one.score:.2f}", f"{one.compared:.2f}") for one in failures]
    page = "## Attacks\n\n" + _table(("family", "rule", "withstood", "floor", ""), rows)
    return page + ("\n" + _table(("question", "not withstood", "score", "against"), failed) if failed else "")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _three(value: float | None) -> str:
    return NOT_MEASURED if value is None else f"{value:.3f}"
