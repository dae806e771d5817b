"""Tells a database that does not answer from a mistake of ours, and words the first in one line."""

from __future__ import annotations

import socket

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from interview_bot.core.errors import Conflict, DatabaseUnreachable
from interview_bot.storage.address import plain

_BEYOND_US = ("08", "28", "3D", "53", "57", "58")
"""PostgreSQL's classes: connection, login, no such database, out of resources, shut down or timed out, system."""

_DRIVERS = ("asyncpg", "sqlalchemy.dialects.postgresql.asyncpg")

_IN_THE_WAY = frozenset({"40001", "40P01", "55P03"})
"""Not serializable, deadlock, lock not free: two transactions met, and the other one won."""

_TWICE = "23505"
"""A key that is there already. Where one statement takes a whole answer, somebody else took it first."""


def fact_of(error: Exception, url: URL) -> Conflict | DatabaseUnreachable | None:
    """What an error out of a transaction means; None if the database is not to blame."""
    if isinstance(error, (OSError, NoConnectionFree)):
        return _unreachable(error, url)
    known = isinstance(error, DBAPIError)
    # The driver's own come from `swift`, which has one without a state: the connection is closed. SQLAlchemy's own for
    # the driver come from there too, where a connection could not be opened.
    said = error.orig if known else error if type(error).__module__.startswith(_DRIVERS) else None
    if said is None:
        return None
    state = str(getattr(said, "sqlstate", None) or "")
    if state in _IN_THE_WAY or (state == _TWICE and not known):
        return Conflict()
    lost = error.connection_invalidated if known else not state
    if lost or state.startswith(_BEYOND_US) or _is_of_file(said):
        return _unreachable(error, url)
    return None


def _is_of_file(said: object) -> bool:
    code = getattr(said, "sqlite_errorcode", None)
    if code is None:
        return False
    from interview_bot.storage import sqlite

    return code & 0xFF in sqlite.OF_FILE


def _unreachable(error: Exception, url: URL) -> DatabaseUnreachable:
    return DatabaseUnreachable(f"The database {plain(url)} does not answer: {_reason(error)}")


def _reason(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    cause = cause.__cause__ or cause
    match cause:
        case ConnectionRefusedError():
            return "connection refused"
        case socket.gaierror():
            return "no such host"
        case TimeoutError() | NoConnectionFree():
            return "no answer in time"
        case OSError() if cause.strerror:
            return cause.strerror
        case _:
            return (str(cause).splitlines() or [""])[0] or type(cause).__name__
