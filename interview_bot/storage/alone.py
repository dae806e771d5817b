"""Keeps an SQLite file to one serving process, and gives it what a dead one had leased."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import update

from interview_bot.core.errors import DatabaseInUse
from interview_bot.storage import tables as t
from interview_bot.storage.address import is_file, plain

if TYPE_CHECKING:
    from interview_bot.storage.database import Database


@asynccontextmanager
async def alone(database: Database) -> AsyncGenerator[None]:
    """Serve an SQLite file with no other process beside; PostgreSQL takes any number, and nothing is done.

    The lock is an exclusive transaction on a file of its own, `<database>.serving`: the system lets go of it however
    the process ends.

    Raises:
        DatabaseInUse: another process serves this file.
    """
    url = database.engine.url
    if not is_file(url):
        yield
        return
    with closing(sqlite3.connect(f"{url.database}.serving", timeout=0.2, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise DatabaseInUse(
                f"Another interview-bot serves {plain(url)}: SQLite takes one at a time. Stop it, or use PostgreSQL "
                "(INTERVIEW_BOT_DATABASE_URL)"
            ) from None
        yield


async def end_leases(database: Database, now: datetime) -> None:
    """End all leases of an SQLite file, for whoever serves it alone: they are of the dead.

    What a killed process was about to do is then done at once, and not when its leases run out.
    """
    if not is_file(database.engine.url):
        return
    async with database.connect() as on:
        for leased in (t.job, t.outbox):
            await on.execute(update(leased).where(leased.c.lease_until > now).values(lease_until=None))
        await on.execute(update(t.held).where(t.held.c.until > now).values(until=now))
