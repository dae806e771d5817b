"""The statements with which workers lease and finish; made once, for making takes as long as running."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Integer,
    Table,
    Text,
    Update,
    bindparam,
    cast,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from interview_bot.storage import tables as t

LEASE = timedelta(seconds=30)
"""How long a claimer may take; then it is thought dead, and its work is given to another."""

_NOW, _UNTIL = (bindparam(name, type_=t.Instant()) for name in ("now", "until"))


def unsent(row: FromClause) -> ColumnElement[bool]:
    """Something in this row of the outbox is not said yet."""
    return (row.c.sent_revision < row.c.revision) & ~row.c.buried


class _Among(FunctionElement[bool]):
    """A column holds one of the numbers that a query finds, and the query is run once."""

    type = Boolean()
    inherit_cache = True


@compiles(_Among)
def _among(element: _Among, compiler: SQLCompiler, **how: Any) -> str:
    column, numbers = element.clauses
    return f"{compiler.process(column, **how)} IN {compiler.process(numbers, **how)}"


@compiles(_Among, "postgresql")
def _among_postgresql(element: _Among, compiler: SQLCompiler, **how: Any) -> str:
    # With IN it may run the query again for each row, where it knows little about the table: 126 ms instead of 1.
    column, numbers = element.clauses
    return f"{compiler.process(column, **how)} = ANY (ARRAY{compiler.process(numbers, **how)})"


def first_of_lane(row: FromClause, lane: ColumnElement[str] | None = None) -> ColumnElement[bool]:
    """Nothing has to be said before this row of the outbox, in any lane or in one that is given."""
    # All first ones at once: to look for each row whether another one comes before it takes five times as long
    # where much waits behind a few.
    waiting = t.outbox.alias("waiting")
    first = select(func.min(waiting.c.id)).where(unsent(waiting)).group_by(waiting.c.lane_id)
    if lane is not None:
        first = first.where(waiting.c.lane_id == lane)
    return _Among(row.c.id, first.scalar_subquery())


def _free(row: FromClause) -> ColumnElement[bool]:
    return or_(row.c.lease_until.is_(None), row.c.lease_until <= _NOW)


def _leased(table: Table) -> dict[str, Any]:
    return {"lease_until": _UNTIL, "epoch": table.c.epoch + 1, "attempts": table.c.attempts + 1}


def _claim_job() -> Update:
    row, due = t.job.c, t.job.alias("due")
    oldest = (
        select(due.c.id)
        .where(due.c.done_at.is_(None), due.c.due_at <= _NOW, _free(due))
        .order_by(due.c.due_at, due.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return (
        update(t.job)
        # `=` and not IN: PostgreSQL may run an IN's query again for each row, and lock another one each time.
        .where(row.id == oldest.scalar_subquery())
        .values(_leased(t.job))
        .returning(row.id, row.kind, row.key, row.payload, row.epoch, row.attempts)
    )


CLAIM_JOB = _claim_job()
"""Leases the oldest job that is due. Values: now, until. Columns: those of `Job`."""


def message_claim(
    now: datetime, platforms: Sequence[str], most: int, lane: str | None = None
) -> tuple[Update, Mapping[str, Any]]:
    """Leases the oldest messages, `most` of them, that are due and the first of their lanes, or of one; and its values.

    It returns the columns of `Outgoing`.
    """
    values = {"now": now, "until": now + LEASE, "most": most}
    if lane is None:
        return _claim_messages(tuple(platforms)), values
    return _claim_messages(tuple(platforms), of_lane=True), values | {"lane": lane}


@cache
def _claim_messages(platforms: Sequence[str], *, of_lane: bool = False) -> Update:
    row, due = t.outbox.c, t.outbox.alias("due")
    only = bindparam("lane", type_=Text) if of_lane else None
    oldest = (
        select(due.c.id)
        .join(t.lane, t.lane.c.id == due.c.lane_id)
        .where(unsent(due), due.c.due_at <= _NOW, _free(due))
        .where(or_(*(t.lane.c.platform == one for one in platforms)), first_of_lane(due, only))
        .order_by(due.c.id)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True, of=due)
    )
    chosen = oldest.cte("chosen")  # run once, where PostgreSQL may run the query of an IN for each row
    # Without the cast SQLite does not see that what it returns is text, and reads all lanes to find one.
    lane = t.lane.c.id == cast(row.lane_id, Text)
    address = select(t.lane.c.address).where(lane).correlate(t.outbox)
    return (
        update(t.outbox)
        .where(row.id.in_(select(chosen.c.id)))
        .values(_leased(t.outbox))
        .returning(
            row.id,
            row.team_id.label("team"),
            row.lane_id.label("lane"),
            address.scalar_subquery().label("address"),
            row.card,
            row.revision,
            row.sent_as,
            row.epoch,
            row.attempts,
        )
    )


def _mine(table: Table) -> Update:
    held = (table.c.id == bindparam("held"), table.c.epoch == bindparam("at_epoch"))
    return update(table).where(*held).returning(table.c.id)


_AGAIN_AT = bindparam("again_at", type_=t.Instant())
HOLD_JOB = _mine(t.job).values(lease_until=_UNTIL)
"""Values: held, at_epoch, until. One row if the lease was ours, as for all that follow."""
FAIL_JOB = _mine(t.job).values(due_at=_AGAIN_AT, lease_until=None)
"""Values: held, at_epoch, again_at."""
FINISH_JOB = _mine(t.job).values(done_at=func.now(), lease_until=None)
"""Values: held, at_epoch."""
FAIL_MESSAGE = _mine(t.outbox).values(due_at=_AGAIN_AT, attempts=bindparam("tries"), lease_until=None)
"""Values: held, at_epoch, again_at, tries."""
BURY_MESSAGE = _mine(t.outbox).values(buried=True, lease_until=None)
"""Values: held, at_epoch."""
FINISH_MESSAGE = _mine(t.outbox).values(
    sent_revision=bindparam("said"), sent_as=bindparam("as_what"), lease_until=None, attempts=0
)
"""Values: held, at_epoch, said, as_what."""
