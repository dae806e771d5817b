"""Brings a database to the schema that this version needs; nobody who uses it meanwhile waits long for that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import SystemRandom

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection

from interview_bot.core.errors import Conflict, DatabaseUnreachable
from interview_bot.storage import schema
from interview_bot.storage.address import plain
from interview_bot.storage.database import Database

Step = Callable[[Config, str], None]
TRIES = 60
"""How often a migration is tried while others hold what it wants to change: about half a minute."""
PAUSE = 0.3
"""Seconds between two tries, in which those pass who had to wait behind it; up to as much again by chance."""


async def upgrade(database: Database, revision: str = "head") -> None:
    """Run the migrations up to a revision, all in one transaction; two that start at once run one after the other.

    Raises:
        DatabaseUnreachable: the database does not answer, or is too busy for half a minute.
        WrongSchema: the database is newer than this version.
    """
    await _patiently(database, command.upgrade, revision)


async def downgrade(database: Database, revision: str) -> None:
    """Run the migrations back to a revision, all in one transaction.

    Raises:
        DatabaseUnreachable: the database does not answer, or is too busy for half a minute.
        WrongSchema: the database is newer than this version.
    """
    await _patiently(database, command.downgrade, revision)


async def _patiently(database: Database, step: Step, revision: str) -> None:
    """A change that waits for a lock holds up everybody behind it: it gives up soon, and is tried again."""
    dice = SystemRandom()
    for left in reversed(range(TRIES)):
        try:
            async with database.migrating() as connection:
                await connection.run_sync(_run, step, revision)
        except Conflict as busy:
            if not left:
                raise DatabaseUnreachable(
                    f"The database {plain(database.engine.url)} is busy: try again when less is going on"
                ) from busy
            await asyncio.sleep(PAUSE * (1 + dice.random()))
        else:
            return


def _config() -> Config:
    config = Config()
    config.set_main_option("path_separator", "os")
    # A percent sign would be read as the start of a blank.
    config.set_main_option("script_location", str(schema.folder()).replace("%", "%%"))
    return config


def _run(on: Connection, step: Step, revision: str) -> None:
    if on.dialect.name == "postgresql":
        # Until the end of the transaction; the number is ours alone: "ib" and a running number.
        on.exec_driver_sql("SELECT pg_advisory_xact_lock(26978, 1)")
    schema.refuse_newer(schema.revision(on))
    config = _config()
    config.attributes["connection"] = on
    step(config, revision)
    if on.dialect.name == "sqlite":
        lost = on.exec_driver_sql("PRAGMA foreign_key_check").all()
        if lost:
            raise RuntimeError(f"the migration left {len(lost)} rows that refer to nothing, first: {lost[0]}")
