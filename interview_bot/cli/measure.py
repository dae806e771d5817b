"""Measuring graders at the command line."""

from __future__ import annotations

from pathlib import Path

from interview_bot import __version__
from interview_bot.cli.bank import read_anywhere
from interview_bot.cli.groups import FAILED
from interview_bot.core.errors import GraderUnavailable, OperatorError
from interview_bot.core.questions import Question
from interview_bot.graders.benchmark.report import Report, as_json, as_markdown
from interview_bot.graders.benchmark.run import gather, measure
from interview_bot.settings import GraderName
from interview_bot.wiring import House

BENCHMARKS = Path("benchmarks")


async def grading(
    *,
    gold: Path = BENCHMARKS / "gold",
    attacks: Path = BENCHMARKS / "adversarial",
    scored: Path | None = None,
    rubrics: Path = BENCHMARKS / "saf",
    grader: GraderName = "rubric",
    output: Path | None = None,
) -> int:
    """Measure a grader: labelled answers, attacks, human scores.

    Exits with 1 when a family of attacks falls below its floor, or when a language model fails in the middle: then
    nothing is printed.

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
    asked = _rubrics(rubrics) if scored else {}
    material = gather(house.catalogue.questions, gold, attacks, scored, asked)
    today = house.clock.now().date().isoformat()
    try:
        # Without falling back: what the rubric said must never be printed as what a model said.
        speaker = house.grader_for_a_run(grader, falls_back=False)
        report = await measure(speaker, material, __version__, today)
    except GraderUnavailable as gone:
        raise OperatorError(f"Nothing was measured, the model does not speak: {gone}") from None
    finally:
        await house.close()
    _write(report, output)
    return 0 if all(family.holds for family in report.families) else FAILED


def _rubrics(folder: Path) -> dict[str, Question]:
    return {path.stem: read_anywhere(path).question for path in sorted(folder.glob("*.yaml"))}


def _write(report: Report, output: Path | None) -> None:
    if output is None:
        print(as_markdown(report), end="")
        return
    try:
        output.write_text(as_markdown(report), encoding="utf-8")
        output.with_suffix(".json").write_text(as_json(report), encoding="utf-8")
    except OSError as error:
        raise OperatorError(f"{output}: cannot be written: {error.strerror}") from None
