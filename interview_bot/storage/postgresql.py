"""Opens a PostgreSQL database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import DisconnectionError

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


def opened(url: URL, *, patient: bool = False) -> Engine:
    """A pool of connections; nothing connects yet. A `patient` one cuts no statement short."""
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
