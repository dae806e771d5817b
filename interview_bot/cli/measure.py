"""Measuring graders, boards and speed at the command line."""

from __future__ import annotations

import tempfile
from pathlib import Path
from secrets import token_hex
from statistics import median, quantiles
from time import perf_counter

from interview_bot import __version__
from interview_bot.cli.bank import read_anywhere
from interview_bot.cli.exits import FAILED
from interview_bot.core.errors import BadSetting, GraderUnavailable, OperatorError
from interview_bot.core.questions import Question
from interview_bot.core.standings import EVERY_TOPIC, PERIODS
from interview_bot.graders.benchmark.report import as_json, as_markdown
from interview_bot.graders.benchmark.run import gather, measure
from interview_bot.load import report as load_report
from interview_bot.load.ingest import Load, machine
from interview_bot.load.ingest import ingest as measure_ingest
from interview_bot.settings import GraderName
from interview_bot.storage import migrate, schema
from interview_bot.storage.database import Database, open_database
from interview_bot.storage.filled import Somebody, clear, fill
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
    """Measure a grader on labelled answers, attacks and human scores; exit code 1 if attacks pass or a model fails.

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
        speaker = house.graders.for_a_run(grader, falls_back=False)
        report = await measure(speaker, material, __version__, today)
    except GraderUnavailable as gone:
        raise OperatorError(f"Nothing was measured, the model does not speak: {gone}") from None
    finally:
        await house.close()
    _put(as_markdown(report), as_json(report), output)
    return 0 if all(family.holds for family in report.families) else FAILED


def _rubrics(folder: Path) -> dict[str, Question]:
    return {path.stem: read_anywhere(path).question for path in sorted(folder.glob("*.yaml"))}


def _put(page: str, figures: str, output: Path | None) -> None:
    if output is None:
        print(page, end="")
        return
    try:
        output.write_text(page, encoding="utf-8")
        output.with_suffix(".json").write_text(figures, encoding="utf-8")
    except OSError as error:
        raise OperatorError(f"{output}: cannot be written: {error.strerror}") from None


async def ingest(
    *,
    answers: int = 1_000,
    at_once: int = 16,
    latency: float = 20.0,
    seconds: float = 20.0,
    database: str | None = None,
    output: Path | None = None,
) -> int:
    """Measure how many answers a process takes over PostgreSQL and how fast, beside a Bolt app that does nothing.

    Parameters
    ----------
    answers
        How many answers are sent with all hands busy.
    at_once
        How many requests are on their way at once.
    latency
        Milliseconds that each round trip to the database takes more in the run at a steady 100 a second.
    seconds
        How long that run takes.
    database
        The URL of a PostgreSQL database with the newest schema; INTERVIEW_BOT_DATABASE_URL if not given. A made-up team
        is written into it and deleted afterwards.
    output
        Where the page goes, and the figures beside it as `.json`; printed if not given.
    """
    house = House()
    url = database or house.settings.database()
    opened, team, before = open_database(url), f"T{token_hex(6).upper()}", machine()
    if opened.is_sqlite:
        raise BadSetting(
            "INTERVIEW_BOT_DATABASE_URL: `benchmark ingest` wants PostgreSQL, where processes share the work"
        )
    try:
        await schema.check(opened)
        found = await measure_ingest(url, opened, team, house.clock, Load(answers, at_once, latency, seconds))
        await clear(opened, f"slack:{team}")
    finally:
        await opened.close()
        await house.close()
    told = (found, house.clock.now().date().isoformat(), before)
    _put(load_report.as_markdown(*told), load_report.as_json(*told), output)
    return 0


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
            await migrate.upgrade(opened)
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
