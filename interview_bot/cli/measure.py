"""Measuring graders at the command line."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal

from interview_bot import __version__
from interview_bot.cli.bank import read_anywhere
from interview_bot.cli.groups import FAILED
from interview_bot.core.errors import OperatorError
from interview_bot.graders.benchmark.report import Report, as_json, as_markdown
from interview_bot.graders.benchmark.run import gather, measure
from interview_bot.wiring import House

BENCHMARKS = Path("benchmarks")


def grading(
    *,
    gold: Path = BENCHMARKS / "gold",
    attacks: Path = BENCHMARKS / "adversarial",
    scored: Path | None = None,
    rubrics: Path = BENCHMARKS / "saf",
    grader: Literal["rubric"] = "rubric",
    output: Path | None = None,
) -> int:
    """Measure a grader: labelled answers, attacks, human scores.

    Exits with 1 when a family of attacks falls below its floor.

    Parameters
    ----------
    gold
        A folder of labelled answers.
    attacks
        A folder of attacks.
    scored
        JSON lines of `{"id", "qid", "answer", "score"}` with human scores, 0 to 1.
    rubrics
        Where the questions of `scored` are: `<qid>.yaml`.
    grader
        Which grader speaks.
    output
        Where the page goes, and the figures beside it as `.json`; printed if not given.
    """
    house = House()
    files = sorted(rubrics.glob("*.yaml")) if scored else []
    asked = {path.stem: read_anywhere(path).question for path in files}
    material = gather(house.catalogue.questions, gold, attacks, scored, asked)
    today = house.clock.now().date().isoformat()
    report = asyncio.run(measure({"rubric": house.grader}[grader], material, __version__, today))
    _write(report, output)
    return 0 if all(family.holds for family in report.families) else FAILED


def _write(report: Report, output: Path | None) -> None:
    if output is None:
        print(as_markdown(report), end="")
        return
    try:
        output.write_text(as_markdown(report), encoding="utf-8")
        output.with_suffix(".json").write_text(as_json(report), encoding="utf-8")
    except OSError as error:
        raise OperatorError(f"{output}: cannot be written: {error.strerror}") from None
