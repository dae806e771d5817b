"""Opens the database, SQLite or PostgreSQL, and its transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import ClauseElement, Executable, create_engine, event
from sqlalchemy import Connection as SyncConnection
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util import greenlet_spawn

from interview_bot.core.errors import DatabaseUnreachable
from interview_bot.core.ports import Job
from interview_bot.core.store import Arrived, Read
from interview_bot.storage.address import address, is_file
from interview_bot.storage.connection import Connection, begin, connect
from interview_bot.storage.finding import BY_ANSWER
from interview_bot.storage.held import Held
from interview_bot.storage.intake import Intake
from interview_bot.storage.queue import SqlQueue
from interview_bot.storage.rows import read_from
from interview_bot.storage.swift import Row, rows
from interview_bot.storage.transaction import Transaction
from interview_bot.storage.trouble import fact_of
from interview_bot.storage.work import SqlWork

CONNECT_SECONDS = 5.0
"""How long to wait for a connection, from the network or from the pool."""

CONNECTIONS = 10
"""Connections to PostgreSQL that a process opens at most, and keeps."""

COMMAND_SECONDS = 5.0
"""A PostgreSQL statement that takes longer is given up; without it a black hole hangs for ever."""

_SESSION = {
    "application_name": "interview-bot",
    # Before the client gives up, so that the server stops working too and the connection can be used again.
    "statement_timeout": "4000",
    "idle_in_transaction_session_timeout": "10000",
}


class Database:
    """An open database: transactions for actions, and `queue` with leases for workers."""

    def __init__(self, url: URL) -> None:
        """Use the database at this address; nothing connects yet."""
        self.engine = _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url)
        self._intake = Intake(None if self.is_sqlite else self.alone)
        self.queue = SqlQueue(self)
        self.held = Held(self)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file that one process owns."""
        return self.engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def connect(self) -> AsyncGenerator[Connection]:
        """A connection whose transaction commits at the end of the block, or rolls back when it raises.

        When the connection breaks while it commits, nobody knows whether it did: whatever is written must be safe
        to repeat.

        Raises:
            DatabaseUnreachable: the database does not answer.
            Conflict: another transaction was in the way.
        """
        async with self._transaction(self.engine) as connection:
            yield connection

    @asynccontextmanager
    async def migrating(self) -> AsyncGenerator[Connection]:
        """A connection for migrations: no statement is cut short, and SQLite rebuilds tables without cascading.

        Rebuilding drops the old table; with foreign keys on, that would delete the rows of every table that refers
        to it.

        Raises:
            DatabaseUnreachable: the database does not answer.
            Conflict: others hold what it wants to change.
        """
        url = self.engine.url
        if self.is_sqlite and not is_file(url):
            async with self.connect() as connection:
                yield connection
            return
        engine = _sqlite(url, "OFF") if self.is_sqlite else _postgresql(url, patient=True)
        try:
            async with self._transaction(engine) as connection:
                yield connection
        finally:
            await greenlet_spawn(engine.dispose)

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[SqlWork]:
        """A transaction.

        Raises:
            DatabaseUnreachable: the database does not answer.
            Conflict: another transaction was in the way.
        """
        async with self.connect() as connection:
            transaction = Transaction(connection)
            yield SqlWork(transaction)
            await transaction.flush()

    async def take(self, arrived: Arrived, *, hold: bool = False) -> Job | None:
        """Keep an answer with all that belongs to it; None if nothing was kept, and a transaction has to find out.

        With `hold` the job of grading it is leased to the caller.

        Raises:
            DatabaseUnreachable: the database does not answer.
            Conflict: somebody else was faster.
        """
        return await self._intake.take(arrived, hold=hold)

    async def read(self, answer_id: str) -> Read | None:
        """An answer with its interview as they are now; None if it is gone.

        Raises:
            DatabaseUnreachable: the database does not answer.
            Conflict: another transaction was in the way.
        """
        return read_from(await self.alone(BY_ANSWER, {"answer": answer_id}), answer_id)

    async def rehearse(self) -> None:
        """Open all connections and have them learn how an answer is taken, so that nobody has to wait for one to be opened.

        Raises:
            DatabaseUnreachable: the database does not answer.
        """
        await self._intake.rehearse(CONNECTIONS)

    async def alone(self, statement: ClauseElement, values: Mapping[str, Any]) -> Sequence[Row]:
        """Run one statement by itself that was made when a module was loaded; on PostgreSQL see `swift`.

        Raises:
            DatabaseUnreachable: the database does not answer.
            Conflict: another transaction was in the way.
        """
        if self.is_sqlite:
            async with self.connect() as on:
                found = await on.execute(cast("Executable", statement), values)
                return [{str(name): value for name, value in row.items()} for row in found.mappings()]
        try:
            return await rows(self.engine, statement, values)
        except Exception as error:
            fact = fact_of(error, self.engine.url)
            if fact is None:
                raise
            raise fact from error

    async def scrub(self) -> None:
        """Overwrite what was deleted: SQLite's log of changes is emptied into the file, whose free space is zeroed.

        PostgreSQL gives the space free when it next vacuums; backups and replicas are the operator's.
        """
        if self.is_sqlite:
            async with connect(self.engine) as connection:
                await (await connection.driver()).execute("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        """Close all connections."""
        await greenlet_spawn(self.engine.dispose)

    @asynccontextmanager
    async def _transaction(self, engine: Engine) -> AsyncGenerator[Connection]:
        try:
            async with begin(engine) as connection:
                yield connection
        except Exception as error:
            fact = fact_of(error, engine.url)
            if fact is None:
                raise
            raise fact from error


def open_database(url: str) -> Database:
    """Open a database without connecting yet; the folder of an SQLite file is made.

    Raises:
        BadSetting: the URL is neither SQLite's nor PostgreSQL's.
        DatabaseUnreachable: the folder of an SQLite file cannot be made.
    """
    parsed = address(url)
    if parsed.database and is_file(parsed):
        try:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseUnreachable(
                f"The folder of the database {parsed.database} cannot be made: {error.strerror}"
            ) from None
    return Database(parsed)


def _postgresql(url: URL, *, patient: bool = False) -> Engine:
    options: dict[str, Any] = {"timeout": CONNECT_SECONDS}
    if not patient:
        options |= {"command_timeout": COMMAND_SECONDS, "server_settings": _SESSION}
    # None beyond those that are kept: to open one takes eight round trips, and then it has all its statements to learn.
    # The last one given back is the next one used, so that few are busy and those know all their statements.
    engine = create_engine(
        url,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_use_lifo=True,
        pool_timeout=CONNECT_SECONDS,
        connect_args=options,
    )
    event.listen(engine, "checkout", _replace_closed)
    return engine


def _replace_closed(connection: Any, _record: Any, _proxy: Any) -> None:
    """The driver hears when the server goes away; asking it costs nothing, where a ping costs a round trip."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _sqlite(url: URL, foreign_keys: str = "ON") -> Engine:
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
        f"foreign_keys={foreign_keys}",
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


def _begin_immediate(connection: SyncConnection) -> None:
    """A deferred BEGIN fails as soon as two transactions read and then write; an immediate one waits its turn."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
