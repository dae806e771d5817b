"""Leases jobs and messages: whoever holds the newest epoch may finish, anybody may take over after the lease."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from sqlalchemy import (
    ColumnElement,
    Delete,
    FromClause,
    Table,
    Text,
    Update,
    case,
    cast,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from interview_bot.core.errors import Conflict
from interview_bot.core.ports import Job, Outgoing, Sent
from interview_bot.storage import tables as t

LEASE = timedelta(seconds=30)
"""How long a claimer may take; then it is thought dead, and its work is given to another."""

TRIES = 5
"""How often a step is tried while other transactions are in the way."""

T = TypeVar("T")


class Connects(Protocol):
    """Opens connections with a transaction."""

    def connect(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection whose transaction commits at the end of the block."""
        ...


class SqlQueue:
    """The core's `Queue`. A claim is one statement: it picks a row that nobody else holds locked, and leases it."""

    def __init__(self, database: Connects) -> None:
        """Lease from this database."""
        self._database = database

    async def claim_job(self, now: datetime) -> Job | None:
        """The oldest job that is due, leased, or None."""
        row, due = t.job.c, t.job.alias("due")
        oldest = (
            select(due.c.id)
            .where(due.c.done_at.is_(None), due.c.due_at <= now, _free(due, now))
            .order_by(due.c.due_at, due.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        claim = (
            update(t.job)
            # `=` and not IN: PostgreSQL may run an IN's query again for each row, and lock another one each time.
            .where(row.id == oldest.scalar_subquery())
            .values(_leased(t.job, now))
            .returning(row.id, row.kind, row.key, row.payload, row.epoch, row.attempts)
        )
        found = await self._claimed(claim)
        return Job(*found) if found else None

    async def hold_job(self, job: Job, now: datetime) -> bool:
        """Lease a job for longer, because it is still being done; False if the lease was lost."""
        return await self._job(job, lease_until=now + LEASE)

    async def finish_job(self, job: Job) -> bool:
        """Mark a job done; False if the lease was lost."""
        return await self._job(job, done_at=func.now(), lease_until=None)

    async def fail_job(self, job: Job, again_at: datetime) -> None:
        """Give a job back, to be tried again later; nothing happens if the lease was lost."""
        await self._job(job, due_at=again_at, lease_until=None)

    async def _job(self, job: Job, **values: Any) -> bool:
        return await self._surely(lambda on: _change(on, t.job, job, values))

    async def claim_message(self, now: datetime, platforms: Sequence[str]) -> Outgoing | None:
        """The oldest unsent message of any free lane of these platforms, leased, or None.

        Only the first unsent message of a lane can be claimed, so that one which waits or is being sent holds up
        its own lane, and no other.
        """
        row, due = t.outbox.c, t.outbox.alias("due")
        oldest = (
            select(due.c.id)
            .join(t.lane, t.lane.c.id == due.c.lane_id)
            .where(_unsent(due), due.c.due_at <= now, _free(due, now))
            .where(t.lane.c.platform.in_(platforms), _first_of_lane(due))
            .order_by(due.c.id)
            .limit(1)
            .with_for_update(skip_locked=True, of=due)
        )
        # Without the cast SQLite does not see that what it returns is text, and reads all lanes to find one.
        lane = t.lane.c.id == cast(row.lane_id, Text)
        address = select(t.lane.c.address).where(lane).correlate(t.outbox)
        claim = (
            update(t.outbox)
            .where(row.id == oldest.scalar_subquery())
            .values(_leased(t.outbox, now))
            .returning(
                row.id,
                row.team_id,
                row.lane_id,
                address.scalar_subquery().label("address"),
                row.card,
                row.revision,
                row.sent_as,
                row.epoch,
                row.attempts,
            )
        )
        found = await self._claimed(claim)
        return Outgoing(*found) if found else None

    async def finish_message(self, outgoing: Outgoing, sent: Sent) -> None:
        """Mark a message sent as far as it was claimed, and keep where its lane goes on.

        A card that came into its slot meanwhile stays unsent and is claimed next. Nothing happens if the lease was
        lost. What was whispered to somebody who is not known, such as that everything is deleted, leaves nothing.
        """
        values = {
            "sent_revision": outgoing.revision,
            "sent_as": sent.sent_as,
            "lease_until": None,
            "attempts": 0,
        }
        moved = update(t.lane).where(t.lane.c.id == outgoing.lane).values(address=dict(sent.address))

        async def finish(on: AsyncConnection) -> None:
            done = await _change(on, t.outbox, outgoing, values)
            if done and dict(sent.address) != dict(outgoing.address):
                await on.execute(moved)
            if outgoing.lane.startswith("whisper:") and "user" in outgoing.address:
                await on.execute(_said_to_nobody(outgoing))

        await self._surely(finish)

    async def fail_message(
        self, outgoing: Outgoing, again_at: datetime | None, *, tried: bool = True
    ) -> None:
        """Give a message back for later; None buries it. Nothing happens if the lease was lost.

        Not `tried`: its attempts do not grow.
        """
        then: dict[str, Any] = {"buried": True} if again_at is None else {"due_at": again_at}
        then |= {} if tried else {"attempts": outgoing.attempts - 1}
        await self._surely(lambda on: _change(on, t.outbox, outgoing, {"lease_until": None, **then}))

    async def next_due(self) -> datetime | None:
        """When the next job or message can be claimed, or None when nothing waits."""
        unsent = t.outbox.alias("due")
        jobs = select(func.min(_ready(t.job))).where(t.job.c.done_at.is_(None))
        messages = select(func.min(_ready(unsent))).where(_unsent(unsent), _first_of_lane(unsent))
        query = select(jobs.scalar_subquery(), messages.scalar_subquery())
        async with self._database.connect() as on:
            due = (await on.execute(query)).one()
        return min((one for one in due if one is not None), default=None)

    async def _claimed(self, claim: Update) -> Any:
        async def take(on: AsyncConnection) -> Any:
            return (await on.execute(claim)).first()

        return await self._surely(take)

    async def _surely(self, step: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Do a step in a transaction, and again when another one was in the way: what was said is not said twice for it."""
        for _ in range(TRIES - 1):
            with suppress(Conflict):
                async with self._database.connect() as on:
                    return await step(on)
        async with self._database.connect() as on:
            return await step(on)


async def _change(on: AsyncConnection, table: Table, held: Job | Outgoing, values: dict[str, Any]) -> bool:
    """Change a row as long as nobody else has claimed it since."""
    mine = update(table).where(table.c.id == held.id, table.c.epoch == held.epoch)
    return (await on.execute(mine.values(values))).rowcount == 1


def _said_to_nobody(outgoing: Outgoing) -> Delete:
    """Forget a lane in which all is said to a person whom the bot does not know."""
    person, unsent = t.candidate.c, t.outbox.alias("unsent")
    known = select(person.id).where(person.team_id == outgoing.team, person.id == outgoing.address["user"])
    waiting = select(unsent.c.id).where(unsent.c.lane_id == outgoing.lane, _unsent(unsent))
    return delete(t.lane).where(t.lane.c.id == outgoing.lane, ~known.exists(), ~waiting.exists())


def _leased(table: Table, now: datetime) -> dict[str, Any]:
    return {"lease_until": now + LEASE, "epoch": table.c.epoch + 1, "attempts": table.c.attempts + 1}


def _free(row: FromClause, now: datetime) -> ColumnElement[bool]:
    return or_(row.c.lease_until.is_(None), row.c.lease_until <= now)


def _ready(row: FromClause) -> ColumnElement[datetime]:
    return case((row.c.lease_until > row.c.due_at, row.c.lease_until), else_=row.c.due_at)


def _unsent(row: FromClause) -> ColumnElement[bool]:
    return (row.c.sent_revision < row.c.revision) & ~row.c.buried


def _first_of_lane(row: FromClause) -> ColumnElement[bool]:
    before = t.outbox.alias("before")
    earlier = select(before.c.id).where(
        before.c.lane_id == row.c.lane_id, before.c.id < row.c.id, _unsent(before)
    )
    return ~earlier.exists()
