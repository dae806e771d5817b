"""Turns rows into the core's objects and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any

from interview_bot.core.grades import Asserted, Assessment, Heard, Span, Verdict
from interview_bot.core.interview import FollowUp, Interview, Part, State, Turn, Who
from interview_bot.core.questions import Question
from interview_bot.core.store import Answer, Read

Row = Mapping[str, Any]

QUESTIONS_KEPT = 128
"""Questions as they were asked that are kept in memory, about 35 KB each; somewhat more than a bank holds."""


def short(key: str) -> str:
    """A key that fits its column of 255 characters; different keys stay different."""
    return key if len(key) <= 255 else f"{key[:180]}:{sha256(key.encode('utf-8', 'replace')).hexdigest()}"


def storable(text: str) -> str:
    """The text without what PostgreSQL cannot keep: NUL characters go, halves of surrogate pairs become `?`."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def answer_values(answer: Answer, team: str) -> dict[str, Any]:
    """All columns of an answer; its text as far as databases can keep it."""
    return {
        "id": answer.id,
        "turn_id": answer.turn,
        "team_id": team,
        "part": answer.part.value,
        "text": storable(answer.text),
        "received_at": answer.received_at,
    }


def turn_values(turn: Turn, interview_id: str) -> dict[str, Any]:
    """All columns of a new turn."""
    return {
        "id": turn.id,
        "interview_id": interview_id,
        "number": turn.number,
        "slug": turn.question.slug,
        "topic": turn.question.topic,
        "level": turn.question.level,
        "question": turn.question.model_dump(mode="json", exclude_defaults=True),
        **turn_changes(turn),
    }


def turn_changes(turn: Turn) -> dict[str, Any]:
    """The columns of a turn that change after it was asked; score and points once there is an assessment."""
    graded = turn.assessment is not None
    return {
        "hints": turn.hints,
        "skipped": turn.skipped,
        "done": turn.done,
        "follow_up": turn.follow_up._asdict() if turn.follow_up else None,
        "score": turn.score if graded else None,
        "points": turn.points if graded else None,
    }


@lru_cache(maxsize=QUESTIONS_KEPT)
def _question(text: str) -> Question:
    return Question.model_validate_json(text)


def turn_from(row: Row, assessments: Iterable[Row]) -> Turn:
    """A turn with the assessments of its answers."""
    by_part = {Part(one["part"]): assessment_from(one) for one in assessments if one["grader"]}
    return Turn(
        row["turn"],
        row["number"],
        _question(row["question"]),
        row["hints"],
        bool(row["skipped"]),
        by_part.get(Part.MAIN),
        FollowUp(**row["follow_up"]) if row["follow_up"] else None,
        by_part.get(Part.FOLLOW_UP),
        bool(row["done"]),
    )


def interview_from(found: Sequence[Any]) -> Interview | None:
    """An interview with its turns, from rows of one of the queries in `finding`; None where there are no rows."""
    if not found:
        return None
    row = found[0]
    turns: dict[str, list[Row]] = {}
    for one in found:
        if one["turn"] is not None:
            turns.setdefault(one["turn"], []).append(one)
    interview = Interview(
        row["interview"],
        Who(row["team_id"], row["candidate_id"], row["name"], row["language"]),
        row["track"],
        tuple(row["plan"]),
        row["started_at"],
        State(row["state"]),
        row["version"],
        [turn_from(rows[0], rows) for rows in turns.values()],
    )
    interview.read = {one.id: turn_changes(one) for one in interview.turns}
    return interview


def read_from(found: Sequence[Row], answer: str) -> Read | None:
    """An answer with its interview, from rows of `finding.BY_ANSWER`; None where there are no rows."""
    interview = interview_from(found)
    if interview is None:
        return None
    row = next(one for one in found if one["answer"] == answer)
    return Read(Answer(answer, row["turn"], Part(row["part"]), row["text"], row["received_at"]), interview)


def assessment_values(assessment: Assessment) -> dict[str, Any]:
    """The columns of an assessment."""
    return {
        "verdicts": {
            name: {"verdict": heard.verdict.value, "evidence": heard.evidence, "rule": heard.rule}
            for name, heard in assessment.verdicts.items()
        },
        "misconceptions": [{"id": one.id, "evidence": one.evidence} for one in assessment.misconceptions],
        "flags": list(assessment.flags),
        "score": assessment.score,
        "grader": assessment.grader,
        "rubric": assessment.rubric,
        "model": assessment.model,
        "prompt": assessment.prompt,
        "confidence": assessment.confidence,
        "cost": assessment.cost,
    }


def assessment_from(row: Row) -> Assessment:
    """An assessment as it was given."""
    return Assessment(
        {
            name: Heard(Verdict(one["verdict"]), _spans(one["evidence"]), one["rule"])
            for name, one in row["verdicts"].items()
        },
        tuple(Asserted(one["id"], _spans(one["evidence"])) for one in row["misconceptions"]),
        row["assessed"],
        row["grader"],
        row["rubric"],
        tuple(row["flags"]),
        row["model"],
        row["prompt"],
        row["confidence"],
        row["cost"],
    )


def _spans(pairs: Iterable[list[int]]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in pairs)
