"""Takes an answer in one statement on PostgreSQL, which may be far away: all or nothing, in one round trip."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CTE, Text, bindparam, case, cast, exists, func, or_, select, update

from interview_bot.core.interview import Part, State, Who
from interview_bot.core.ports import Arrived
from interview_bot.storage import tables as t
from interview_bot.storage.rows import short, storable

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Table

    from interview_bot.storage.database import Database


async def take(database: Database, arrived: Arrived) -> bool:
    """Keep an answer, its delivery, the state of its interview and the promise to grade it; False if nothing was kept.

    It says with the words of a database what `Interview.take` says: an answer goes to the last turn of an open interview
    that asks, to its follow-up where there is one. For anything else, and on SQLite, whose changes cannot stand inside a
    query, a transaction has to find out.

    Raises:
        Conflict: the same delivery came twice in this moment.
        DatabaseUnreachable: nobody knows whether it was kept; it is safe to repeat.
    """
    if database.is_sqlite:
        return False
    grade = arrived.promise()
    values = {
        "team": arrived.who.team,
        "candidate": arrived.who.candidate,
        "delivery": short(arrived.delivery),
        "meant": arrived.turn,
        "answer": arrived.id,
        "text": storable(arrived.text),
        "at": arrived.at,
        "kind": grade.kind,
        "key": grade.key,
        "payload": grade.payload,
        "due": grade.due_at,
    }
    return bool(await database.alone(_TAKE, values))


def _statement() -> Any:
    """The interview moves on if it is as it was read, and only then all the others come in.

    Whoever waits here for a row that another one changes finds its version changed, and moves nothing.
    """
    row, turn = t.interview.c, t.turn.c
    team, candidate, answer = (bindparam(name, type_=Text) for name in ("team", "candidate", "answer"))
    meant, delivery = bindparam("meant", type_=Text), bindparam("delivery", type_=Text)
    asked = (
        select(
            row.id.label("interview"),
            row.version,
            turn.id.label("turn"),
            case((turn.follow_up.is_(None), Part.MAIN.value), else_=Part.FOLLOW_UP.value).label("part"),
        )
        .join(t.turn, turn.interview_id == row.id)
        .where(row.team_id == team, row.candidate_id == candidate, row.state == State.ASKING.value)
        .order_by(turn.number.desc())
        .limit(1)
        .cte("asked")
    )
    moved = (
        update(t.interview)
        .where(row.id == asked.c.interview, row.version == asked.c.version)
        .where(or_(cast(meant, Text).is_(None), asked.c.turn == meant))
        .where(~exists().where(t.delivery.c.key == delivery))
        .values(state=State.GRADING.value, version=row.version + 1)
        .returning(row.id, asked.c.turn, asked.c.part)
        .cte("moved")
    )
    payload = bindparam("payload", type_=t.Json).op("||")(func.jsonb_build_object("interview", moved.c.id))
    at, due = bindparam("at", type_=t.Instant()), bindparam("due", type_=t.Instant())
    come_in = [
        _comes_with(moved, t.delivery, key=delivery, team_id=team, candidate_id=candidate),
        _comes_with(
            moved, t.answer, id=answer, turn_id=moved.c.turn, team_id=team, part=moved.c.part,
            text=bindparam("text", type_=Text), received_at=at,
        ),
        _comes_with(
            moved, t.job, kind=bindparam("kind", type_=Text), key=bindparam("key", type_=Text), payload=payload, due_at=due
        ),
    ]  # fmt: skip
    return select(moved.c.id).add_cte(*come_in)


def _comes_with(moved: CTE, table: Table, **columns: ColumnElement[Any]) -> CTE:
    new = table.insert().from_select(list(columns), select(*columns.values()).select_from(moved))
    return new.cte(f"new_{table.name}")


_TAKE = _statement()
NOBODYS = Arrived("", Who("", ""), None, "", "", datetime.fromtimestamp(0, UTC))
"""An answer that no interview takes, to rehearse with."""
