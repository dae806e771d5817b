"""Reads answers that people, or two passes of labelling, have judged."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

from interview_bot.core.errors import OperatorError
from interview_bot.core.grades import Verdict
from interview_bot.core.questions import Question

Row = dict[str, Any]
FindQuestion = Callable[[str], Question]
"""Gives a question by its slug, or raises an OperatorError."""


class Labelled(NamedTuple):
    """An answer and what was agreed on it: a verdict for each criterion, the misconceptions it states."""

    id: str
    answer: str
    verdicts: dict[str, Verdict]
    misconceptions: tuple[str, ...]
    voice: str = ""
    """How the answer was meant to sound."""


class Scored(NamedTuple):
    """An answer and the score, 0 to 1, that a person gave it."""

    id: str
    answer: str
    score: float


def rows_of(path: Path) -> Iterator[Row]:
    """The objects of a JSON Lines file.

    Raises:
        OperatorError: the file cannot be read or a line is no object; `file:line` says where.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"{path}: cannot be read: {error}") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise OperatorError(f"{path}:{number}: {error}, expected one JSON object a line") from None
        if not isinstance(row, dict) or not isinstance(cast("Row", row).get("answer", ""), str):
            raise OperatorError(f"{path}:{number}: expected one JSON object a line, its `answer` a text")
        yield cast("Row", row)


def read_gold(folder: Path, find: FindQuestion) -> dict[str, tuple[Question, list[Labelled]]]:
    """All labelled answers of a folder: `<slug>.jsonl` with `id` and `answer`, `labels/<slug>.jsonl` beside it.

    Raises:
        OperatorError: a file is missing or broken, or a label names what its question does not have.
    """
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise OperatorError(f"{folder}: holds no <slug>.jsonl, expected a folder like benchmarks/gold")
    gold: dict[str, tuple[Question, list[Labelled]]] = {}
    for path in files:
        question = find(path.stem)
        labels_path = folder / "labels" / path.name
        labels = {str(row.get("id")): row for row in rows_of(labels_path)}
        answers = [
            _labelled(question, row, labels.get(str(row.get("id"))), labels_path) for row in rows_of(path)
        ]
        gold[path.stem] = (question, answers)
    return gold


def _labelled(question: Question, row: Row, label: Row | None, at: Path) -> Labelled:
    name = str(row.get("id"))
    if label is None:
        raise OperatorError(f"{at}: no label for {name}")
    try:
        verdicts = {one: Verdict(verdict) for one, verdict in label["verdicts"].items()}
        numbers: list[int] = label["misconceptions"]
        misconceptions = tuple(question.misconceptions[number - 1].id for number in numbers)
    except (KeyError, ValueError, AttributeError, TypeError, IndexError) as error:
        raise OperatorError(f"{at}: {name}: {error}, expected `verdicts` and `misconceptions`") from None
    unknown = [one for one in verdicts if question.criterion(one) is None]
    if unknown or len(verdicts) != len(question.criteria):
        wrong = f"{question.slug} has no {unknown[0]}" if unknown else "a criterion has no verdict"
        raise OperatorError(f"{at}: {name}: {wrong}")
    return Labelled(name, row.get("answer", ""), verdicts, misconceptions, str(row.get("voice", "")))


def read_passes(folder: Path) -> Iterator[tuple[str, str]]:
    """The verdicts of two independent passes of labelling, pair by pair, where the labels hold them."""
    for path in sorted((folder / "labels").glob("*.jsonl")):
        for row in rows_of(path):
            first, second = row.get("first"), row.get("second")
            if first and second:
                yield from ((first["verdicts"][one], second["verdicts"][one]) for one in first["verdicts"])


def read_scored(path: Path) -> dict[str, list[Scored]]:
    """Answers with human scores by question id: lines of `{"id", "qid", "answer", "score"}`, scores 0 to 1.

    Raises:
        OperatorError: the file is broken.
    """
    found: dict[str, list[Scored]] = {}
    for row in rows_of(path):
        try:
            one = Scored(str(row["id"]), row["answer"], float(row["score"]))
            qid = str(row["qid"])
        except (KeyError, ValueError, TypeError) as error:
            raise OperatorError(f"{path}: {row.get('id')}: {error}, expected qid, answer and score") from None
        found.setdefault(qid, []).append(one)
    return found
