"""Connections of SQLAlchemy's core for asynchronous code.

`sqlalchemy.ext.asyncio` does the same, and brings the whole ORM along: 7 MiB in every process, for nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar, TypeVarTuple, overload

from sqlalchemy import Connection as SyncConnection
from sqlalchemy import CursorResult, Executable, ScalarResult
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.sql.selectable import TypedReturnsRows
from sqlalchemy.util import greenlet_spawn

Values = Mapping[str, Any]
Columns = TypeVarTuple("Columns")
P = ParamSpec("P")
T = TypeVar("T")


class Connection:
    """An open connection; whatever waits for the database gives the loop free. Results are read whole at once."""

    def __init__(self, sync: SyncConnection) -> None:
        """Speak through SQLAlchemy's own connection, of a dialect whose driver is asynchronous."""
        self.sync = sync
        """SQLAlchemy's own."""

    async def flush(self) -> None:
        """Do what has to be done before a statement; a plain connection has nothing."""

    @property
    def dialect(self) -> Dialect:
        """The dialect that the database speaks."""
        return self.sync.dialect

    @overload
    async def execute(
        self, statement: TypedReturnsRows[*Columns], values: Values | Sequence[Values] | None = None
    ) -> CursorResult[*Columns]: ...
    @overload
    async def execute(
        self, statement: Executable, values: Values | Sequence[Values] | None = None
    ) -> CursorResult[Any]: ...
    async def execute(
        self, statement: Any, values: Values | Sequence[Values] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement, once or for each of several sets of values."""
        await self.flush()
        return await greenlet_spawn(self.sync.execute, statement, values)

    async def scalar(self, statement: Executable, values: Values | None = None) -> Any:
        """The first column of the first row, or None."""
        return (await self.execute(statement, values)).scalar()

    async def scalars(self, statement: Executable, values: Values | None = None) -> ScalarResult[Any]:
        """The first column of every row."""
        return (await self.execute(statement, values)).scalars()

    async def exec_driver_sql(
        self, statement: str, values: tuple[Any, ...] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Run a text just as the driver takes it."""
        return await greenlet_spawn(self.sync.exec_driver_sql, statement, values)

    async def run_sync(
        self, do: Callable[Concatenate[SyncConnection, P], T], *args: P.args, **named: P.kwargs
    ) -> T:
        """Call what wants SQLAlchemy's own connection."""
        return await greenlet_spawn(do, self.sync, *args, **named)

    async def rollback(self) -> None:
        """Take back what was done, and end the transaction."""
        await greenlet_spawn(self.sync.rollback)

    async def driver(self) -> Any:
        """The driver's connection."""
        return (await self.run_sync(lambda sync: sync.connection)).driver_connection


@asynccontextmanager
async def connect(engine: Engine) -> AsyncGenerator[Connection]:
    """A connection out of the engine's pool; it goes back there, whatever happens."""
    async with AsyncExitStack() as stack:
        yield Connection(await _open(engine, stack))


@asynccontextmanager
async def begin(engine: Engine) -> AsyncGenerator[Connection]:
    """A connection whose transaction commits at the end of the block, or rolls back when it raises."""
    async with AsyncExitStack() as stack:
        sync = await _open(engine, stack)
        transaction = await greenlet_spawn(sync.begin)
        stack.push_async_exit(partial(greenlet_spawn, transaction.__exit__))
        yield Connection(sync)


async def _open(engine: Engine, stack: AsyncExitStack) -> SyncConnection:
    sync = await greenlet_spawn(engine.connect)
    stack.push_async_callback(_to_the_end, sync.close)
    return sync


async def _to_the_end(do: Callable[[], object]) -> None:
    """Do it even when whoever waits is cancelled meanwhile: half given back, a connection would be lost to the pool."""
    doing = asyncio.create_task(greenlet_spawn(do))
    cancelled: asyncio.CancelledError | None = None
    while not doing.done():
        try:
            await asyncio.shield(doing)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled:
        raise cancelled
