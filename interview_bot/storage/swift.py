"""Runs a statement on PostgreSQL past what SQLAlchemy does for each run, which costs three times what the driver takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ClauseElement
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import greenlet_spawn

Row = Mapping[str, Any]


class _Ready(NamedTuple):
    """A statement as the driver wants it: its text, and each place's name, constant and converter."""

    text: str
    places: tuple[tuple[str, object, Callable[[Any], Any] | None], ...]


async def rows(engine: AsyncEngine, statement: ClauseElement, values: Mapping[str, Any]) -> Sequence[Row]:
    """Run one statement by itself, on a connection of the engine's pool; it commits when it is done.

    Statements are compared by identity and compiled once: they have to be made when a module loads. What comes back is
    what the driver makes of it: texts, numbers, truth values, JSON, and moments in UTC; no type of ours is asked.

    Raises:
        Exception: the driver's own, or SQLAlchemy's where no connection is to be had; `trouble.fact_of` knows them.
    """
    ready = _ready(statement, engine.dialect)
    given = [
        (convert(value) if convert and value is not None else value)
        for name, constant, convert in ready.places
        for value in (values.get(name, constant),)
    ]
    fairy = await engine.raw_connection()
    try:
        driver: Any = fairy.driver_connection
        found: list[Row] = await driver.fetch(ready.text, *given)
    except BaseException as trouble:
        # A connection on which something was cut short must not be used again.
        if getattr(trouble, "sqlstate", None) is None:
            await greenlet_spawn(fairy.invalidate, trouble)
        raise
    finally:
        await greenlet_spawn(fairy.close)
    return found


@lru_cache(maxsize=64)
def _ready(statement: ClauseElement, dialect: Dialect) -> _Ready:
    compiled: Any = statement.compile(dialect=dialect)
    return _Ready(
        str(compiled),
        tuple(
            (
                name,
                compiled.params[name],
                compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect),
            )
            for name in compiled.positiontup
        ),
    )
