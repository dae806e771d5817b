"""INSERT that knows ON CONFLICT, in the database's own dialect."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert(on: AsyncConnection, table: Table) -> Any:
    """The dialect's INSERT; both spell ON CONFLICT alike, no common type does."""
    dialect = postgresql if on.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)
