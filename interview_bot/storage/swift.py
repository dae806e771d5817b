"""Runs a statement on PostgreSQL past what SQLAlchemy does for each run, which costs three times what the driver takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ClauseElement
from sqlalchemy.engine import Engine
from sqlalchemy.util import greenlet_spawn

from interview_bot.storage.prepared import prepared

Row = Mapping[str, Any]


async def rows(engine: Engine, statement: ClauseElement, values: Mapping[str, Any]) -> Sequence[Row]:
    """Run one statement by itself, on a connection of the engine's pool; it commits when it is done.

    Statements are compared by identity and compiled once: they have to be made when a module loads. What comes back is
    what the driver makes of it: texts, numbers, truth values, JSON, and moments in UTC; no type of ours is asked.

    Raises:
        Exception: the driver's own, or SQLAlchemy's where no connection is to be had; `trouble.fact_of` knows them.
    """
    compiled = prepared(statement, engine.dialect)
    given = compiled.values(values)
    fairy = await greenlet_spawn(engine.raw_connection)
    try:
        driver: Any = fairy.driver_connection
        found: list[Row] = await driver.fetch(compiled.text, *given)
    except BaseException as trouble:
        # A connection on which something was cut short must not be used again.
        if getattr(trouble, "sqlstate", None) is None:
            await greenlet_spawn(fairy.invalidate, trouble)
        raise
    finally:
        await greenlet_spawn(fairy.close)
    return found
