"""The queries that find an interview with all its turns, in one statement each; made once, for making takes long."""

from __future__ import annotations

from sqlalchemy import Text, bindparam, case, cast, select

from interview_bot.core.interview import State
from interview_bot.storage import tables as t

SEEN = select(t.delivery.c.key).where(t.delivery.c.key == bindparam("delivery"))
_FOUND = (
    select(
        t.interview.c.id.label("interview"),
        *(one for one in t.interview.c if one.name not in {"id", "ended_at"}),
        t.candidate.c.name,
        t.candidate.c.language,
        t.turn.c.id.label("turn"),
        *(one for one in t.turn.c if one.name not in {"id", "interview_id", "question", "score", "points"}),
        # As text: the same few questions are read all day, and to understand one takes longer than all the rest.
        cast(t.turn.c.question, Text).label("question"),
        t.answer.c.part,
        *(one for one in t.assessment.c if one.name not in {"answer_id", "created_at", "score"}),
        t.assessment.c.score.label("assessed"),
    )
    .select_from(t.interview)
    .join(t.candidate)
    .outerjoin(t.turn, t.turn.c.interview_id == t.interview.c.id)
    .outerjoin(t.answer, t.answer.c.turn_id == t.turn.c.id)
    .outerjoin(t.assessment, t.assessment.c.answer_id == t.answer.c.id)
    .order_by(t.turn.c.number)
)
_ROW = t.interview.c
_THEIRS = (_ROW.team_id == bindparam("team"), _ROW.candidate_id == bindparam("candidate"))
OPEN = _FOUND.where(*_THEIRS, (_ROW.state == State.ASKING.value) | (_ROW.state == State.GRADING.value))
BY_ID = _FOUND.where(_ROW.id == bindparam("interview"))
_ASKED = bindparam("answer", type_=Text)
BY_ANSWER = _FOUND.add_columns(
    t.answer.c.id.label("answer"),
    case((t.answer.c.id == _ASKED, t.answer.c.text)).label("text"),
    t.answer.c.received_at,
).where(
    _ROW.id == select(t.turn.c.interview_id).join(t.answer).where(t.answer.c.id == _ASKED).scalar_subquery()
)
"""The words of the answer that is meant, and those of no other."""
BY_TURN = _FOUND.where(
    _ROW.id == select(t.turn.c.interview_id).where(t.turn.c.id == bindparam("turn")).scalar_subquery()
)
NEWEST = _FOUND.where(
    _ROW.id
    == select(_ROW.id)
    .where(*_THEIRS)
    .order_by(_ROW.started_at.desc(), _ROW.id.desc())
    .limit(1)
    .scalar_subquery()
)
