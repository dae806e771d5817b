"""Takes answers in one statement on PostgreSQL, which may be far away: all or nothing, in one round trip.

Answers that arrive in the same moment share a statement. Each is taken, or not, as if it were alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import (
    CTE,
    ClauseElement,
    ColumnElement,
    Text,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    update,
)

from interview_bot.core.errors import Conflict
from interview_bot.core.interview import Part, State, Who
from interview_bot.core.ports import Job
from interview_bot.core.store import Arrived
from interview_bot.storage import tables as t
from interview_bot.storage.claims import LEASE
from interview_bot.storage.rows import short, storable
from interview_bot.storage.upsert import given

if TYPE_CHECKING:
    from sqlalchemy import Table

MOST_TOGETHER = 32
"""Answers in one statement at most."""
NOBODYS = Arrived("", Who("", ""), None, "", "", datetime.fromtimestamp(0, UTC))
"""An answer that no interview takes, to rehearse with."""


Alone = Callable[[ClauseElement, Mapping[str, Any]], Awaitable[Sequence[Mapping[str, Any]]]]
"""Runs one statement by itself."""


class _Waiting(NamedTuple):
    """An answer, and whoever waits to hear whether it was taken."""

    arrived: Arrived
    hold: bool
    taken: asyncio.Future[Job | None]


class Intake:
    """Takes answers.

    It says with the words of a database what `Interview.take` says: an answer goes to the last turn of an open interview
    that asks, to its follow-up where there is one. For anything else, and on SQLite, whose changes cannot stand inside a
    query, a transaction has to find out.
    """

    def __init__(self, alone: Alone | None) -> None:
        """Take them with what runs a statement by itself; None on SQLite."""
        self._alone = alone
        self._waiting: list[_Waiting] = []
        self._running = set[asyncio.Task[None]]()

    async def take(self, arrived: Arrived, *, hold: bool) -> Job | None:
        """Keep an answer, its delivery, the state of its interview and the promise to grade it; None if nothing was kept.

        What is promised comes back, leased to the caller with `hold`.

        Raises:
            Conflict: the same delivery came twice in this moment.
            DatabaseUnreachable: nobody knows whether it was kept; it is safe to repeat.
        """
        if self._alone is None:
            return None
        loop = asyncio.get_running_loop()
        one = _Waiting(arrived, hold, loop.create_future())
        self._waiting.append(one)
        if len(self._waiting) == 1:
            loop.call_soon(self._start, self._alone)  # when all that came in together are here
        return await one.taken

    async def rehearse(self, times: int) -> None:
        """Take nobody's answer so often at once, each time on a connection of its own.

        Raises:
            DatabaseUnreachable: the database does not answer.
        """
        if self._alone is not None:
            values = _values([(NOBODYS, False)])
            await asyncio.gather(*(self._alone(_TAKE, values) for _ in range(times)))

    def _start(self, alone: Alone) -> None:
        while self._waiting:
            some, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
            task = asyncio.create_task(self._take(alone, some))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _take(self, alone: Alone, some: Sequence[_Waiting]) -> None:
        try:
            taken = await alone(_TAKE, _values([(one.arrived, one.hold) for one in some]))
        except Conflict as trouble:
            if len(some) == 1:
                _tell(some[0], trouble)
            else:  # one of them; the others shall not pay for it
                await asyncio.gather(*(self._take(alone, [one]) for one in some))
        except Exception as trouble:
            for one in some:
                _tell(one, trouble)
        else:
            jobs = {row["answer"]: Job(**{name: row[name] for name in Job._fields}) for row in taken}
            for one in some:
                _tell(one, jobs.get(one.arrived.id))


def _tell(one: _Waiting, what: Job | Exception | None) -> None:
    if one.taken.done():  # whoever waited has given up
        return
    if isinstance(what, Exception):
        one.taken.set_exception(what)
    else:
        one.taken.set_result(what)


def _values(held: Sequence[tuple[Arrived, bool]]) -> dict[str, list[Any]]:
    some = [one for one, _ in held]
    grades = [one.promise() for one in some]
    return {
        "team": [one.who.team for one in some],
        "candidate": [one.who.candidate for one in some],
        "delivery": [short(one.delivery) for one in some],
        "meant": [one.turn for one in some],
        "answer": [one.id for one in some],
        "text": [storable(one.text) for one in some],
        "received_at": [one.at for one in some],
        "kind": [one.kind for one in grades],
        "key": [one.key for one in grades],
        "payload": [one.payload for one in grades],
        "due_at": [one.due_at for one in grades],
        "held_until": [one.at + LEASE if hold else None for one, hold in held],
    }


def _statement() -> Any:
    """An interview moves on if it is as it was read, and only then all the others come in.

    Whoever waits here for a row that another one changes finds its version changed, and moves nothing.
    """
    row, turn = t.interview.c, t.turn.c
    types = {name: t.Instant() for name in ("received_at", "due_at", "held_until")} | {"payload": t.Json}
    arrived = given({name: types.get(name, Text()) for name in _values([])})
    asked = (
        select(
            row.id.label("interview"),
            row.version,
            turn.id.label("turn_id"),
            case((turn.follow_up.is_(None), Part.MAIN.value), else_=Part.FOLLOW_UP.value).label("part"),
        )
        .join(t.turn, turn.interview_id == row.id)
        .where(row.team_id == arrived.c.team, row.candidate_id == arrived.c.candidate)
        .where(row.state == State.ASKING.value)
        .order_by(turn.number.desc())
        .limit(1)
        .lateral("asked")
    )
    found = select(arrived, asked).join_from(arrived, asked, true()).cte("found")
    moved = (
        update(t.interview)
        .where(row.id == found.c.interview, row.version == found.c.version)
        .where(or_(found.c.meant.is_(None), found.c.turn_id == found.c.meant))
        .where(~exists().where(t.delivery.c.key == found.c.delivery))
        .values(state=State.GRADING.value, version=row.version + 1)
        .returning(found)
        .cte("moved")
    )
    new = moved.c
    with_interview = new.payload.op("||")(func.jsonb_build_object(literal("interview"), new.interview))
    held = case((new.held_until.is_(None), 0), else_=1)
    delivery = _comes_with(moved, t.delivery, key=new.delivery, team_id=new.team, candidate_id=new.candidate)
    answer = _comes_with(
        moved, t.answer, id=new.answer, turn_id=new.turn_id, team_id=new.team, part=new.part, text=new.text,
        received_at=new.received_at,
    )  # fmt: skip
    job = _comes_with(
        moved, t.job, kind=new.kind, key=new.key, payload=with_interview, due_at=new.due_at,
        lease_until=new.held_until, epoch=held, attempts=held,
    )  # fmt: skip
    promised = [job.c[name] for name in Job._fields]
    return select(new.answer, *promised).join_from(moved, job, job.c.key == new.key).add_cte(delivery, answer)


def _comes_with(moved: CTE, table: Table, **columns: ColumnElement[Any]) -> CTE:
    new = table.insert().from_select(list(columns), select(*columns.values()).select_from(moved))
    return new.returning(table).cte(f"new_{table.name}")


_TAKE = _statement()
