"""INSERT that knows ON CONFLICT, in the database's own dialect; the usual ones made once, for making takes long."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert(on: AsyncConnection, table: Table) -> Any:
    """The dialect's INSERT; both spell ON CONFLICT alike, no common type does."""
    return insert_in(on.dialect.name, table)


def insert_in(dialect: str, table: Table) -> Any:
    """The same by the dialect's name."""
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


def insert_new(on: AsyncConnection, table: Table) -> Any:
    """An INSERT that leaves a row alone which is there already; the values are given when it is executed."""
    return _insert_new(on.dialect.name, table)


@cache
def _insert_new(dialect: str, table: Table) -> Any:
    return insert_in(dialect, table).on_conflict_do_nothing()
