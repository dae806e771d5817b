"""Grades a file of answers, one JSON object a line, for scripts and benchmarks."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, cast

from interview_bot.core.errors import OperatorError
from interview_bot.core.grades import Assessment
from interview_bot.core.ports import Grader
from interview_bot.core.questions import Question

Graded = dict[str, Any]


AT_ONCE = 4
"""Answers that are graded side by side; a model takes seconds for each."""


async def grade_lines(question: Question, answers: Path, grader: Grader) -> list[Graded]:
    """Grade every line of a file of `{"id", "answer"}`; the order stays.

    Raises:
        OperatorError: the file cannot be read, or a line is no such object; `file:line` says where.
    """
    hands = asyncio.Semaphore(AT_ONCE)

    async def graded(one: Graded) -> Graded:
        async with hands:
            return graded_line(one, await grader.grade(question, one["answer"]), grader.name)

    return await asyncio.gather(*map(graded, _read(answers)))


def _read(answers: Path) -> list[Graded]:
    try:
        rows = answers.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"{answers}: cannot be read: {error}") from None
    return [_given(row, f"{answers}:{number}") for number, row in enumerate(rows, 1) if row.strip()]


def _given(row: str, at: str) -> Graded:
    try:
        given = json.loads(row)
    except ValueError as error:
        raise OperatorError(f'{at}: {error}, expected {{"id": ..., "answer": ...}}') from None
    known = cast("Graded", given) if isinstance(given, dict) else {}
    if "id" not in known or not isinstance(known.get("answer"), str):
        raise OperatorError(f'{at}: expected {{"id": ..., "answer": "text"}}')
    return known


def graded_line(given: Graded, assessment: Assessment, grader: str = "rubric") -> Graded:
    """What was given, with the assessment's plain values added; who spoke, where `grader` is more than the rubric."""
    line = {
        **given,
        "score": round(assessment.score, 6),
        "verdicts": {name: heard.verdict.value for name, heard in assessment.verdicts.items()},
        "misconceptions": [one.id for one in assessment.misconceptions],
        "evidence": {
            name: [list(span) for span in heard.evidence] for name, heard in assessment.verdicts.items()
        },
        "flags": list(assessment.flags),
    }
    if grader != "rubric":
        line |= {
            "grader": assessment.grader,
            "model": assessment.model,
            "prompt": assessment.prompt,
            "confidence": assessment.confidence,
            "cost": round(assessment.cost, 8),
        }
    return line
