"""How the database is: its clock, and what waits to be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from interview_bot.core.ports import Pulse
from interview_bot.storage import tables as t

if TYPE_CHECKING:
    from interview_bot.storage.database import Database


async def pulse(database: Database) -> Pulse:
    """Ask the database, in one statement.

    Raises:
        DatabaseUnreachable: it does not answer.
    """
    row = t.outbox.c
    waiting = (row.sent_revision < row.revision) & ~row.buried
    oldest = select(func.min(row.due_at)).where(waiting).scalar_subquery()
    async with database.connect() as on:
        now, due = (await on.execute(select(func.now(type_=t.Instant), oldest))).one()
    return Pulse(now, due)
