"""Opens the database, SQLite or PostgreSQL, and its transactions; trouble with it becomes one line."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from interview_bot.core.errors import BadSetting, DatabaseUnreachable
from interview_bot.storage.queue import SqlQueue
from interview_bot.storage.work import SqlWork

COMMAND_SECONDS = 5.0
"""A PostgreSQL statement that takes longer is given up; without it a black hole hangs for ever."""


def address(url: str) -> URL:
    """The URL with the asyncio driver of its database.

    Raises:
        BadSetting: it is neither SQLite's nor PostgreSQL's.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise BadSetting(
            "INTERVIEW_BOT_DATABASE_URL is no database URL, expected postgresql://... or sqlite:///..."
        ) from None
    name = parsed.drivername.split("+")[0]
    if name in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+asyncpg")
    if name == "sqlite":
        return parsed.set(drivername="sqlite+aiosqlite")
    raise BadSetting(f"INTERVIEW_BOT_DATABASE_URL names {name}, expected postgresql://... or sqlite:///...")


class Database:
    """An open database: transactions for actions, and leases for workers."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Use this engine."""
        self.engine = engine
        self.queue = SqlQueue(self)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file that one process owns."""
        return self.engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def connect(self) -> AsyncGenerator[AsyncConnection]:
        """A connection whose transaction commits at the end of the block, or rolls back when it raises.

        Raises:
            DatabaseUnreachable: the database does not answer.
        """
        try:
            async with self.engine.begin() as connection:
                yield connection
        except (OperationalError, InterfaceError) as error:
            raise self._unreachable(error.orig or error) from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise self._unreachable(error.orig or error) from error
            raise
        except (OSError, TimeoutError) as error:
            raise self._unreachable(error) from error

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[SqlWork]:
        """A transaction.

        Raises:
            DatabaseUnreachable: the database does not answer.
        """
        async with self.connect() as connection:
            yield SqlWork(connection)

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()

    def _unreachable(self, error: BaseException) -> DatabaseUnreachable:
        where = self.engine.url.render_as_string(hide_password=True)
        reason = (str(error).splitlines() or [type(error).__name__])[0].split(">: ")[-1] or type(
            error
        ).__name__
        return DatabaseUnreachable(f"The database {where} does not answer: {reason}")


def open_database(url: str) -> Database:
    """Open a database without connecting yet.

    Raises:
        BadSetting: the URL is neither SQLite's nor PostgreSQL's.
        DatabaseUnreachable: the folder of an SQLite file cannot be made.
    """
    parsed = address(url)
    if parsed.drivername.startswith("postgresql"):
        options = {"timeout": COMMAND_SECONDS, "command_timeout": COMMAND_SECONDS}
        return Database(create_async_engine(parsed, pool_size=5, max_overflow=5, connect_args=options))
    if parsed.database and parsed.database != ":memory:":
        try:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseUnreachable(
                f"The folder of the database {parsed.database} cannot be made: {error.strerror}"
            ) from None
    engine = create_async_engine(parsed)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_immediate)
    return Database(engine)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Durable on power loss, many readers beside one writer, and transactions begun by us alone."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    """A deferred BEGIN fails as soon as two transactions read and then write; an immediate one waits its turn."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
