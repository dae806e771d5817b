"""Opens the database, SQLite or PostgreSQL, and its transactions."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import ClauseElement, Executable
from sqlalchemy.engine import URL, Engine
from sqlalchemy.util import greenlet_spawn

from interview_bot.core.errors import DatabaseUnreachable
from interview_bot.core.ports import Job
from interview_bot.core.store import Arrived, Read
from interview_bot.storage import postgresql
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


class Database:
    """An open database: transactions for actions, and `queue` with leases for workers."""

    def __init__(self, url: URL) -> None:
        """Use the database at this address; nothing connects yet."""
        self.engine = _opened(url)
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
        engine = _opened(url, migrating=True)
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
        await self._intake.rehearse(postgresql.CONNECTIONS)

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


def _opened(url: URL, *, migrating: bool = False) -> Engine:
    if url.get_backend_name() != "sqlite":
        return postgresql.opened(url, patient=migrating)
    from interview_bot.storage import sqlite

    return sqlite.opened(url, foreign_keys=not migrating)
