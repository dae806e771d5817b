"""Takes an answer: all or nothing, in one statement on PostgreSQL, which may be far away; in one transaction on SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BindParameter, ColumnElement, Table, bindparam, exists, select, update

from interview_bot.core.errors import Conflict
from interview_bot.storage import tables as t
from interview_bot.storage.finding import OPEN, SEEN
from interview_bot.storage.rows import answer_values, interview_from, short

if TYPE_CHECKING:
    from interview_bot.core.interview import Interview, Who
    from interview_bot.core.ports import Taken
    from interview_bot.storage.database import Database


async def take(database: Database, taken: Taken) -> bool:
    """Keep an answer, its delivery, the state of its interview and the promise to grade it; False if it was here before.

    Raises:
        Conflict: somebody else changed the interview first.
        DatabaseUnreachable: nobody knows whether it was kept; it is safe to repeat.
    """
    if database.is_sqlite:
        return await _in_a_transaction(database, taken)
    interview, who = taken.interview, taken.interview.who
    delivery = {"key": short(taken.delivery), "team_id": who.team, "candidate_id": who.candidate}
    values = {
        "interview": interview.id,
        "read": interview.version,
        "state_now": interview.state.value,
        **_named("delivery", delivery),
        **_named("answer", answer_values(taken.answer, who.team)),
        **_named("job", taken.job._asdict()),
    }
    (found,) = await database.alone(_TAKE, values)
    if not found["moved"] and not found["seen"]:
        raise Conflict
    return bool(found["moved"])


async def opened(database: Database, who: Who) -> Interview | None:
    """The candidate's open interview with all its turns, or None.

    Raises:
        DatabaseUnreachable: the database does not answer.
    """
    return interview_from(await database.alone(OPEN, {"team": who.team, "candidate": who.candidate}))


async def seen(database: Database, delivery: str) -> bool:
    """Whether a delivery was here before.

    Raises:
        DatabaseUnreachable: the database does not answer.
    """
    return bool(await database.alone(SEEN, {"delivery": short(delivery)}))


async def _in_a_transaction(database: Database, taken: Taken) -> bool:
    async with database.begin() as work:
        if not await work.first_time(taken.delivery, taken.interview.who):
            return False
        await work.keep_answer(taken.interview, taken.answer)
        await work.save(taken.interview)
        await work.add_job(*taken.job)
    return True


def _named(table: str, values: dict[str, Any]) -> dict[str, Any]:
    return {f"{table}_{column}": value for column, value in values.items()}


def _statement() -> Any:
    """The interview moves on if nobody else moved it, and only then all the others come in.

    A delivery that comes twice at once: the second one waits for the first one's row, finds its version changed and
    moves nothing.
    """
    row, known = t.interview.c, t.delivery.c.key == bindparam("delivery_key")
    moved = (
        update(t.interview)
        .where(row.id == bindparam("interview"), row.version == bindparam("read"), ~exists().where(known))
        .values(state=bindparam("state_now"), version=row.version + 1)
        .returning(row.id)
        .cte("moved")
    )
    come_in = [
        _comes_with(moved, t.delivery, "key", "team_id", "candidate_id"),
        _comes_with(moved, t.answer, "id", "turn_id", "team_id", "part", "text", "received_at"),
        _comes_with(moved, t.job, "kind", "key", "payload", "due_at"),
    ]
    told = select(exists().select_from(moved).label("moved"), exists().where(known).label("seen"))
    return told.add_cte(*come_in)


def _comes_with(moved: Any, table: Table, *columns: str) -> Any:
    values: list[BindParameter[Any]] = [
        bindparam(f"{table.name}_{name}", type_=table.c[name].type) for name in columns
    ]
    one: list[ColumnElement[Any]] = [*values]
    return table.insert().from_select(list(columns), select(*one).select_from(moved)).cte(f"new_{table.name}")


_TAKE = _statement()
