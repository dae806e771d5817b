"""Leases jobs and messages: whoever holds the newest epoch may finish, anybody may take over after the lease."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from interview_bot.core.ports import Job, Outgoing, Sent
from interview_bot.storage import tables as t

LEASE = timedelta(seconds=30)


class Connects(Protocol):
    """Opens connections with a transaction."""

    def connect(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection whose transaction commits at the end of the block."""
        ...


class SqlQueue:
    """The core's `Queue`; claims skip rows that another claimer holds."""

    def __init__(self, database: Connects) -> None:
        """Lease from this database."""
        self._database = database

    async def claim_job(self, now: datetime) -> Job | None:
        """The oldest job that is due, leased, or None."""
        row = t.job.c
        oldest = (
            select(row.id)
            .where(~row.done, row.due_at <= now, _free(row.lease_until, now))
            .order_by(row.due_at, row.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        claim = (
            update(t.job)
            .where(row.id.in_(oldest.scalar_subquery()))
            .values(lease_until=now + LEASE, epoch=row.epoch + 1, attempts=row.attempts + 1)
            .returning(row.id, row.kind, row.key, row.payload, row.epoch, row.attempts)
        )
        async with self._database.connect() as on:
            found = (await on.execute(claim)).first()
        return Job(*found) if found else None

    async def finish_job(self, job: Job) -> bool:
        """Mark a job done; False if the lease was lost."""
        return await self._job(job, done=True, lease_until=None)

    async def fail_job(self, job: Job, again_at: datetime) -> None:
        """Give a job back, to be tried again later."""
        await self._job(job, due_at=again_at, lease_until=None)

    async def _job(self, job: Job, **values: Any) -> bool:
        row = t.job.c
        change = update(t.job).where(row.id == job.id, row.epoch == job.epoch).values(**values)
        async with self._database.connect() as on:
            return (await on.execute(change)).rowcount == 1

    async def claim_message(self, now: datetime, platforms: Sequence[str]) -> Outgoing | None:
        """The oldest unsent message of any free lane of these platforms, leased, or None."""
        row, lane, before = t.outbox.c, t.lane.c, t.outbox.alias("before")
        earlier = (
            select(before.c.id)
            .where(
                before.c.lane_id == row.lane_id,
                before.c.id < row.id,
                before.c.sent_revision < before.c.revision,
                ~before.c.buried,
            )
            .exists()
        )
        oldest = (
            select(row.id)
            .join(t.lane, lane.id == row.lane_id)
            .where(
                row.sent_revision < row.revision,
                ~row.buried,
                row.due_at <= now,
                _free(row.lease_until, now),
                lane.platform.in_(platforms),
                ~earlier,
            )
            .order_by(row.id)
            .limit(1)
            .with_for_update(skip_locked=True, of=t.outbox)
        )
        claim = (
            update(t.outbox)
            .where(row.id.in_(oldest.scalar_subquery()), row.lane_id == lane.id)
            .values(lease_until=now + LEASE, epoch=row.epoch + 1, attempts=row.attempts + 1)
            .returning(
                row.id,
                lane.team_id,
                row.lane_id,
                lane.address,
                row.card,
                row.revision,
                row.sent_as,
                row.epoch,
                row.attempts,
            )
        )
        async with self._database.connect() as on:
            if on.dialect.name == "sqlite":
                found = await self._claim_in_two(on, oldest, now)
            else:
                found = (await on.execute(claim)).first()
        return Outgoing(*found) if found else None

    async def _claim_in_two(self, on: AsyncConnection, oldest: Any, now: datetime) -> Any:
        """SQLite returns no columns of a joined table; its writers stand in line anyway, so two steps are safe."""
        row, lane = t.outbox.c, t.lane.c
        chosen = (await on.execute(oldest)).scalar()
        if chosen is None:
            return None
        await on.execute(
            update(t.outbox)
            .where(row.id == chosen)
            .values(lease_until=now + LEASE, epoch=row.epoch + 1, attempts=row.attempts + 1)
        )
        columns = (
            row.id,
            lane.team_id,
            row.lane_id,
            lane.address,
            row.card,
            row.revision,
            row.sent_as,
            row.epoch,
            row.attempts,
        )
        return (
            await on.execute(select(*columns).join(t.lane, lane.id == row.lane_id).where(row.id == chosen))
        ).first()

    async def finish_message(self, outgoing: Outgoing, sent: Sent) -> None:
        """Mark a message sent, and keep where its lane goes on."""
        done = await self._message(
            outgoing, sent_revision=outgoing.revision, sent_as=sent.sent_as, lease_until=None, attempts=0
        )
        if done and dict(sent.address) != dict(outgoing.address):
            change = update(t.lane).where(t.lane.c.id == outgoing.lane).values(address=dict(sent.address))
            async with self._database.connect() as on:
                await on.execute(change)

    async def fail_message(self, outgoing: Outgoing, again_at: datetime | None) -> None:
        """Give a message back for later; None buries it."""
        if again_at is None:
            await self._message(outgoing, buried=True, lease_until=None)
        else:
            await self._message(outgoing, due_at=again_at, lease_until=None)

    async def _message(self, outgoing: Outgoing, **values: Any) -> bool:
        row = t.outbox.c
        change = update(t.outbox).where(row.id == outgoing.id, row.epoch == outgoing.epoch).values(**values)
        async with self._database.connect() as on:
            return (await on.execute(change)).rowcount == 1

    async def next_due(self) -> datetime | None:
        """When the next job or message is due, or None when nothing waits."""
        jobs = select(t.job.c.due_at).where(~t.job.c.done)
        messages = select(t.outbox.c.due_at).where(
            t.outbox.c.sent_revision < t.outbox.c.revision, ~t.outbox.c.buried
        )
        async with self._database.connect() as on:
            due = [
                (await on.execute(query.order_by("due_at").limit(1))).scalar() for query in (jobs, messages)
            ]
        return min((one for one in due if one is not None), default=None)


def _free(lease: ColumnElement[Any], now: datetime) -> ColumnElement[bool]:
    return or_(lease.is_(None), lease <= now)
