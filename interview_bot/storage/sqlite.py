"""Opens an SQLite file; only processes that have one import this, for SQLite takes 2 MiB."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import URL, Engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from interview_bot.core.errors import DatabaseInUse
from interview_bot.storage.address import plain

CONNECT_SECONDS = 5.0
"""How long a transaction stands in line for the one connection."""

OF_FILE = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_NOTADB,
    }
)
"""Errors of the file, not of a statement."""


@contextmanager
def served(url: URL) -> Generator[None]:
    """Hold a file for one serving process.

    The lock is an exclusive transaction on a file of its own, `<database>.serving`: the system lets go of it however
    the process ends.

    Raises:
        DatabaseInUse: another process serves this file.
    """
    with closing(sqlite3.connect(f"{url.database}.serving", timeout=0.2, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise DatabaseInUse(
                f"Another interview-bot serves {plain(url)}: SQLite takes one at a time. Stop it, or use PostgreSQL "
                "(INTERVIEW_BOT_DATABASE_URL)"
            ) from None
        yield


def opened(url: URL, *, foreign_keys: bool = True) -> Engine:
    """A pool of one connection; nothing connects yet."""
    # One connection: transactions stand in line in this process, where the line is fair, and not in SQLite's busy
    # handler, where one may wait for ever. A second process still meets the busy handler.
    engine = create_engine(
        url, poolclass=AsyncAdaptedQueuePool, pool_size=1, max_overflow=0, pool_timeout=CONNECT_SECONDS
    )

    pragmas = (
        "busy_timeout=5000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "secure_delete=ON",
        f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
    )

    def prepare(connection: Any, _record: Any) -> None:
        """Durable on power loss, readers beside one writer, and transactions begun by us alone."""
        connection.isolation_level = None
        try:
            cursor = connection.cursor()
            for pragma in pragmas:
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()
        except sqlite3.Error:
            connection.close()
            raise

    event.listen(engine, "do_connect", _try_to_open)
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _try_to_open(_dialect: Any, _record: Any, args: Any, options: Any) -> None:
    """Fail here: a failure inside aiosqlite leaves its thread to speak to a loop that may be closed by then."""
    sqlite3.connect(*args, **options).close()


def _begin_immediate(connection: Connection) -> None:
    """A deferred BEGIN fails as soon as two transactions read and then write; an immediate one waits its turn."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
