"""Grades a file of answers, one JSON object a line, for scripts and benchmarks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from interview_bot.core.errors import OperatorError
from interview_bot.core.grades import Assessment
from interview_bot.core.questions import Question

Graded = dict[str, Any]


def grade_lines(
    question: Question, answers: Path, grade: Callable[[Question, str], Assessment]
) -> list[Graded]:
    """Grade every line of a file of `{"id", "answer"}`.

    Raises:
        OperatorError: the file cannot be read, or a line is no such object; `file:line` says where.
    """
    try:
        rows = answers.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"{answers}: cannot be read: {error}") from None
    graded: list[Graded] = []
    for number, row in enumerate(rows, 1):
        if not row.strip():
            continue
        given = _given(row, f"{answers}:{number}")
        graded.append(graded_line(given, grade(question, given["answer"])))
    return graded


def _given(row: str, at: str) -> Graded:
    try:
        given = json.loads(row)
    except ValueError as error:
        raise OperatorError(f'{at}: {error}, expected {{"id": ..., "answer": ...}}') from None
    known = cast("Graded", given) if isinstance(given, dict) else {}
    if "id" not in known or not isinstance(known.get("answer"), str):
        raise OperatorError(f'{at}: expected {{"id": ..., "answer": "text"}}')
    return known


def graded_line(given: Graded, assessment: Assessment) -> Graded:
    """What was given, with the assessment's plain values added."""
    return {
        **given,
        "score": round(assessment.score, 6),
        "verdicts": {name: heard.verdict.value for name, heard in assessment.verdicts.items()},
        "misconceptions": [one.id for one in assessment.misconceptions],
        "evidence": {
            name: [list(span) for span in heard.evidence] for name, heard in assessment.verdicts.items()
        },
        "flags": list(assessment.flags),
    }
