"""Statements as PostgreSQL's driver wants them: compiled once, with the converters of their values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ClauseElement
from sqlalchemy.engine import Dialect


class Prepared(NamedTuple):
    """Its text, and each place's name, constant and converter."""

    text: str
    places: tuple[tuple[str, object, Callable[[Any], Any] | None], ...]

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        """What stands in each place."""
        return [
            (convert(value) if convert and value is not None else value)
            for name, constant, convert in self.places
            for value in (given.get(name, constant),)
        ]


@lru_cache(maxsize=128)
def prepared(statement: ClauseElement, dialect: Dialect, keys: tuple[str, ...] | None = None) -> Prepared:
    """Compile a statement; statements are compared by identity, so they have to be made when a module loads.

    Args:
        statement: any that takes its values by name.
        dialect: PostgreSQL's.
        keys: the names of the values, for an INSERT or UPDATE that does not say which columns it means.
    """
    compiled: Any = statement.compile(dialect=dialect, column_keys=keys and list(keys))
    return Prepared(
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
