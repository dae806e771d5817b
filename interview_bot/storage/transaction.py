"""Runs a transaction's reads at once and gathers its writes: PostgreSQL gets them as one statement, in one round trip."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, cast

from sqlalchemy import ClauseElement, Executable
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import IntegrityError

from interview_bot.core.errors import Conflict
from interview_bot.storage.connection import Connection, Values
from interview_bot.storage.prepared import prepared


class Write(NamedTuple):
    """A write whose result nobody waits for; made once for each dialect, for making takes as long as running."""

    statement: ClauseElement
    keys: tuple[str, ...] = ()
    """The values that tell its rows apart: of two that are alike the later one counts, and PostgreSQL's statement takes
    an array for each value and does all rows in their order. None: the statement takes one row."""
    surely: bool = False
    """A row that it does not change is a `Conflict`."""


class Transaction(Connection):
    """A connection with an open transaction.

    Writes that come `later` are done before the next read and before the commit. On PostgreSQL all that are gathered by
    then become one WITH, whose parts do not see each other's rows: none of them may build on another one.
    """

    def __init__(self, on: Connection) -> None:
        """Work on this connection."""
        super().__init__(on.sync)
        self._later: dict[Write, list[Values]] = {}

    def later(self, write: Write, *rows: Values) -> None:
        """Have rows written before the next read or the commit."""
        self._later.setdefault(write, []).extend(rows)

    async def before(self, *writes: Write) -> None:
        """Write what was gathered if rows of these wait: what comes next builds on them."""
        if any(write in self._later for write in writes):
            await self.flush()

    async def flush(self) -> None:
        """Write what was gathered.

        Raises:
            Conflict: a row that had to change was not there as it was read.
        """
        gathered, self._later = self._later, {}
        if not gathered:
            return
        parts = [(write, _last_of_each(write, rows)) for write, rows in gathered.items()]
        if self.dialect.name == "sqlite":
            await self._one_by_one(parts)
        else:
            await self._at_once([(write, row) for write, rows in parts for row in _as_arrays(write, rows)])

    async def _one_by_one(self, parts: Sequence[tuple[Write, Sequence[Values]]]) -> None:
        for write, rows in parts:
            for some in [[row] for row in rows] if write.surely else [rows]:
                done = await self.execute(_executable(write), some)
                if write.surely and done.rowcount != 1:
                    raise Conflict

    async def _at_once(self, parts: Sequence[tuple[Write, Values]]) -> None:
        shape = tuple((write, tuple(row)) for write, row in parts)
        given = [
            value
            for write, row in parts
            for value in prepared(write.statement, self.dialect, tuple(row)).values(row)
        ]
        try:
            changed = (await self.exec_driver_sql(_with(shape, self.dialect), tuple(given))).one()
        except IntegrityError as trouble:
            # Its parts are done in no order: that a row has moved on may be seen first at what depends on it.
            if any(write.surely for write, _ in parts):
                raise Conflict from trouble
            raise
        if any(many != 1 for many in changed[:-1]):
            raise Conflict


def _executable(write: Write) -> Executable:
    return cast("Executable", write.statement)


def _last_of_each(write: Write, rows: Sequence[Values]) -> Sequence[Values]:
    if not write.keys:
        return rows
    return list({tuple(row[key] for key in write.keys): row for row in rows}.values())


def _as_arrays(write: Write, rows: Sequence[Values]) -> Sequence[Values]:
    if not write.keys:
        return rows
    return [{name: [row[name] for row in rows] for name in rows[0]}]


@lru_cache(maxsize=256)
def _with(shape: Sequence[tuple[Write, tuple[str, ...]]], dialect: Dialect) -> str:
    """One statement of several, with its places numbered through; it returns the counts that matter, and a one."""
    counts, parts, places = list[str](), list[str](), 0
    for number, (write, keys) in enumerate(shape):
        one = prepared(write.statement, dialect, keys)
        said = _PLACE.sub(lambda found, before=places: f"${int(found[1]) + before}", one.text)
        if write.surely:
            counts.append(f"(SELECT count(*) FROM w{number})")  # noqa: S608  (a number)
            said += " RETURNING 1"
        parts.append(f"w{number} AS ({said})")
        places += len(one.places)
    return f"WITH {', '.join(parts)} SELECT {', '.join([*counts, '1'])}"


_PLACE = re.compile(r"\$(\d+)")
