"""Questions as JSON and as CSV, both ways: what goes out comes back the same."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, cast

from pydantic import ValidationError

from interview_bot.core.errors import OperatorError
from interview_bot.core.questions import Question

COLUMNS = ("slug", "track", "topic", "level", "kind", "prompt", "reference", "hints", "sources", "rubric")
"""Of a CSV file: text for people, and `rubric` for the grader, as JSON; hints and sources stand one a line."""

_IN_RUBRIC = {"reviewed", "terms", "criteria", "misconceptions", "versions"}
Row = dict[str, Any]


class Imported(NamedTuple):
    """Questions that could be read, and one line for each that could not: where, what, and what was expected."""

    questions: list[Question]
    faults: list[str]


def to_json(questions: Iterable[Question]) -> str:
    """A JSON array of whole questions."""
    rows = [one.model_dump(mode="json", exclude_defaults=True) for one in questions]
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def from_json(text: str, name: str) -> Imported:
    """Read an array of questions; `name` is how faults call the file.

    Raises:
        OperatorError: it is no JSON array.
    """
    try:
        rows = json.loads(text)
    except ValueError as error:
        raise OperatorError(f"{name}: {error}, expected a JSON array of questions") from None
    if not isinstance(rows, list):
        raise OperatorError(f"{name}: expected a JSON array of questions")
    return _validated(
        [(f"{name}: question {number}", row) for number, row in enumerate(cast("list[object]", rows), 1)]
    )


def to_csv(questions: Iterable[Question]) -> str:
    """One question a row, for spreadsheets."""
    out = io.StringIO()
    table = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    table.writeheader()
    for one in questions:
        whole = one.model_dump(mode="json", exclude_defaults=True)
        sources = [" | ".join((s.title, s.section or "", s.url or "")) for s in one.sources]
        table.writerow(
            {
                "slug": one.slug,
                "track": one.track,
                "topic": one.topic,
                "level": one.level,
                "kind": one.kind,
                "prompt": one.prompt,
                "reference": one.reference,
                "hints": "\n".join(one.hints),
                "sources": "\n".join(sources),
                "rubric": json.dumps({key: whole[key] for key in sorted(_IN_RUBRIC & set(whole))}),
            }
        )
    return out.getvalue()


def from_csv(text: str, name: str) -> Imported:
    """Read a table with at least the columns `prompt` and `reference`; the others are as `to_csv` writes them.

    Raises:
        OperatorError: a column that is needed is missing.
    """
    table = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    columns = set(table.fieldnames or ())
    if missing := [one for one in ("prompt", "reference") if one not in columns]:
        raise OperatorError(f"{name}:1: no column `{missing[0]}`, expected {', '.join(COLUMNS)}")
    rows: list[tuple[str, object]] = []
    faults: list[str] = []
    for row in table:
        at = f"{name}:{table.line_num}"
        try:
            rows.append((at, _from_row(row)))
        except ValueError as error:
            faults.append(f"{at}: `rubric`: {error}, expected JSON or nothing")
    found = _validated(rows)
    return Imported(found.questions, faults + found.faults)


def _from_row(row: dict[str, str | None]) -> Row:
    given: Row = {key: value for key in COLUMNS[:7] if (value := row.get(key))}
    given["hints"] = _lines(row.get("hints"))
    given["sources"] = [_source(line) for line in _lines(row.get("sources"))]
    rubric = json.loads(row.get("rubric") or "{}")
    return {**given, **{key: rubric[key] for key in _IN_RUBRIC & set(rubric)}}


def _lines(text: str | None) -> list[str]:
    return [line for line in (text or "").split("\n") if line.strip()]


def _source(line: str) -> Row:
    parts = [part.strip() for part in line.split("|")]
    named = dict(zip(("title", "section", "url"), parts, strict=False))
    return {key: value for key, value in named.items() if value}


def _validated(rows: Sequence[tuple[str, object]]) -> Imported:
    questions: list[Question] = []
    faults: list[str] = []
    for number, (at, row) in enumerate(rows, 1):
        given: object = {"slug": f"imported-{number}", **cast("Row", row)} if isinstance(row, dict) else row
        try:
            questions.append(Question.model_validate(given))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            faults.append(f"{at}: {place or 'question'}: {first['msg']}")
    return Imported(questions, faults)
