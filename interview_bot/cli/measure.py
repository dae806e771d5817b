"""Measuring graders at the command line."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from interview_bot import __version__
from interview_bot.cli.bank import read_anywhere
from interview_bot.cli.groups import FAILED
from interview_bot.core.errors import GraderUnavailable, OperatorError
from interview_bot.core.questions import Question
from interview_bot.core.standings import EVERY_TOPIC, PERIODS
from interview_bot.graders.benchmark.report import Report, as_json, as_markdown
from interview_bot.graders.benchmark.run import gather, measure
from interview_bot.settings import GraderName
from interview_bot.storage import schema
from interview_bot.storage.database import Database, open_database
from interview_bot.storage.filled import Somebody, fill
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


async def leaderboard(
    *,
    assessments: int = 1_000_000,
    database: str | None = None,
    rounds: int = 300,
    most_ms: float | None = None,
) -> int:
    """Measure a board with one's own place, in milliseconds, for the largest of 200 made-up teams.

    Parameters
    ----------
    assessments
        How many made-up answers there are.
    database
        The URL of an empty database to fill, such as postgresql://...; a temporary SQLite file if not given.
    rounds
        How often each board is asked for.
    most_ms
        Exit with 1 if any board's median is longer.
    """
    with tempfile.TemporaryDirectory() as folder:
        opened = open_database(database or f"sqlite:///{folder}/boards.db")
        try:
            await schema.upgrade(opened)
            began = perf_counter()
            somebody = await fill(opened, assessments)
            print(
                f"{assessments} answers filled in {perf_counter() - began:.0f} s ({opened.engine.dialect.name})"
            )
            slowest = await _boards(opened, somebody, rounds)
        finally:
            await opened.close()
    return FAILED if most_ms is not None and slowest > most_ms else 0


async def _boards(opened: Database, one: Somebody, rounds: int) -> float:
    """Ask for boards; the longest median."""
    medians: list[float] = []
    for period in PERIODS:
        for topic in (EVERY_TOPIC, one.topic):
            took: list[float] = []
            place = 0
            for _ in range(rounds):
                async with opened.begin() as work:
                    began = perf_counter()
                    board = await work.standings.board(one.who, period, topic, one.at, 10)
                    took.append(1_000 * (perf_counter() - began))
                place = board.own.place if board.own else 0
            p99 = quantiles(took, n=100)[98]
            medians.append(median(took))
            print(
                f"{period:7}{topic or 'all topics':11} p50 {medians[-1]:6.3f} ms  p99 {p99:6.3f} ms  own place {place}"
            )
    return max(medians)
