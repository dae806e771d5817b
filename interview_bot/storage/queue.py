"""Leases jobs and messages: whoever holds the newest epoch may finish, anybody may take over after the lease."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Delete,
    FromClause,
    Update,
    case,
    delete,
    func,
    select,
    update,
)

from interview_bot.core.errors import Conflict
from interview_bot.core.ports import Job, Outgoing, Sent
from interview_bot.storage import tables as t
from interview_bot.storage.claims import (
    BURY_MESSAGE,
    CLAIM_JOB,
    FAIL_JOB,
    FAIL_MESSAGE,
    FINISH_JOB,
    FINISH_MESSAGE,
    HOLD_JOB,
    LEASE,
    first_of_lane,
    message_claim,
    unsent,
)
from interview_bot.storage.connection import Connection

TRIES = 5
"""How often a step is tried while other transactions are in the way."""

T = TypeVar("T")


class Connects(Protocol):
    """Opens connections with a transaction."""

    async def alone(self, statement: ClauseElement, values: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """Run one statement that was made when a module was loaded, by itself."""
        ...

    def connect(self) -> AbstractAsyncContextManager[Connection]:
        """A connection whose transaction commits at the end of the block."""
        ...


class SqlQueue:
    """The core's `Queue`. A claim is one statement: it picks a row that nobody else holds locked, and leases it."""

    def __init__(self, database: Connects) -> None:
        """Lease from this database."""
        self._database = database

    async def claim_job(self, now: datetime) -> Job | None:
        """The oldest job that is due, leased, or None."""
        found = await self._alone(CLAIM_JOB, {"now": now, "until": now + LEASE})
        return Job(**found[0]) if found else None

    async def hold_job(self, job: Job, now: datetime) -> bool:
        """Lease a job for longer, because it is still being done; False if the lease was lost."""
        return bool(await self._alone(HOLD_JOB, _held(job) | {"until": now + LEASE}))

    async def finish_job(self, job: Job) -> bool:
        """Mark a job done; False if the lease was lost."""
        return bool(await self._alone(FINISH_JOB, _held(job)))

    async def fail_job(self, job: Job, again_at: datetime) -> None:
        """Give a job back, to be tried again later; nothing happens if the lease was lost."""
        await self._alone(FAIL_JOB, _held(job) | {"again_at": again_at})

    async def claim_messages(
        self, now: datetime, platforms: Sequence[str], most: int, lane: str | None = None
    ) -> Sequence[Outgoing]:
        """So many unsent messages of free lanes of these platforms at most, or of one lane, leased; the oldest ones.

        Only the first unsent message of a lane can be claimed, so that one which waits or is being sent holds up
        its own lane, and no other.
        """
        if not platforms:
            return ()
        found = await self._alone(*message_claim(now, platforms, most, lane))
        return sorted((Outgoing(**row) for row in found), key=lambda one: one.id)

    async def finish_message(self, outgoing: Outgoing, sent: Sent) -> None:
        """Mark a message sent as far as it was claimed, and keep where its lane goes on.

        A card that came into its slot meanwhile stays unsent and is claimed next. Nothing happens if the lease was
        lost. What was whispered to somebody who is not known, such as that everything is deleted, leaves nothing.
        """
        said = _held(outgoing) | {"said": outgoing.revision, "as_what": sent.sent_as}
        whispered = outgoing.lane.startswith("whisper:") and "user" in outgoing.address
        if dict(sent.address) == dict(outgoing.address) and not whispered:
            await self._alone(FINISH_MESSAGE, said)
            return
        moved = update(t.lane).where(t.lane.c.id == outgoing.lane).values(address=dict(sent.address))

        async def finish(on: Connection) -> None:
            if (await on.execute(FINISH_MESSAGE, said)).first():
                await on.execute(moved)
            if whispered:
                await on.execute(_said_to_nobody(outgoing))

        await self._surely(finish)

    async def fail_message(
        self, outgoing: Outgoing, again_at: datetime | None, *, tried: bool = True
    ) -> None:
        """Give a message back for later; None buries it. Nothing happens if the lease was lost.

        Not `tried`: its attempts do not grow.
        """
        if again_at is None:
            await self._alone(BURY_MESSAGE, _held(outgoing))
            return
        tries = outgoing.attempts if tried else outgoing.attempts - 1
        await self._alone(FAIL_MESSAGE, _held(outgoing) | {"again_at": again_at, "tries": tries})

    async def next_due(self) -> datetime | None:
        """When the next job or message can be claimed, or None when nothing waits."""
        left = t.outbox.alias("due")
        jobs = select(func.min(_ready(t.job))).where(t.job.c.done_at.is_(None))
        messages = select(func.min(_ready(left))).where(unsent(left), first_of_lane(left))
        query = select(jobs.scalar_subquery(), messages.scalar_subquery())
        async with self._database.connect() as on:
            due = (await on.execute(query)).one()
        return min((one for one in due if one is not None), default=None)

    async def _alone(self, statement: Update, values: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """Run one statement by itself, and again when another transaction was in the way."""
        return await _again(lambda: self._database.alone(statement, values))

    async def _surely(self, step: Callable[[Connection], Awaitable[T]]) -> T:
        """Do a step in a transaction, and again when another one was in the way."""

        async def whole() -> T:
            async with self._database.connect() as on:
                return await step(on)

        return await _again(whole)


async def _again(do: Callable[[], Awaitable[T]]) -> T:
    """Try so often while other transactions are in the way: what was said is not said twice for it."""
    for _ in range(TRIES - 1):
        with suppress(Conflict):
            return await do()
    return await do()


def _held(what: Job | Outgoing) -> dict[str, Any]:
    """Which row, as long as nobody else has claimed it since."""
    return {"held": what.id, "at_epoch": what.epoch}


def _said_to_nobody(outgoing: Outgoing) -> Delete:
    """Forget a lane in which all is said to a person whom the bot does not know."""
    person, left = t.candidate.c, t.outbox.alias("left")
    known = select(person.id).where(person.team_id == outgoing.team, person.id == outgoing.address["user"])
    waiting = select(left.c.id).where(left.c.lane_id == outgoing.lane, unsent(left))
    return delete(t.lane).where(t.lane.c.id == outgoing.lane, ~known.exists(), ~waiting.exists())


def _ready(row: FromClause) -> ColumnElement[datetime]:
    return case((row.c.lease_until > row.c.due_at, row.c.lease_until), else_=row.c.due_at)
