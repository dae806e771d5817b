"""Keeps an SQLite file to one serving process, and gives it what a dead one had leased."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import update

from interview_bot.storage import tables as t
from interview_bot.storage.address import is_file

if TYPE_CHECKING:
    from interview_bot.storage.database import Database


@asynccontextmanager
async def alone(database: Database) -> AsyncGenerator[None]:
    """Serve an SQLite file with no other process beside; PostgreSQL takes any number, and nothing is done.

    Raises:
        DatabaseInUse: another process serves this file.
    """
    url = database.engine.url
    if not is_file(url):
        yield
        return
    from interview_bot.storage import sqlite

    with sqlite.served(url):
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
