"""Puts a database far away: a TCP relay on loopback that holds up whatever the client says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from sqlalchemy.engine import URL

from interview_bot.storage.address import address

_CHUNK = 1 << 16
_PORT = 5432


@asynccontextmanager
async def far_away(url: str, seconds: float) -> AsyncGenerator[str]:
    """The URL of the same PostgreSQL, each round trip to which takes so many seconds more."""
    where = address(url)

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            there = await _connect(where)
            await asyncio.gather(_copy(reader, there[1], seconds), _copy(there[0], writer, 0.0))

    door = await asyncio.start_server(relay, "127.0.0.1", 0)
    try:
        here = where.set(drivername="postgresql", host="127.0.0.1", port=door.sockets[0].getsockname()[1])
        yield here.difference_update_query(["host", "port"]).render_as_string(hide_password=False)
    finally:
        door.close()


async def _connect(where: URL) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host = str(where.query.get("host") or where.host or "localhost")
    port = int(str(where.query.get("port") or where.port or _PORT))
    if host.startswith("/"):
        return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
    return await asyncio.open_connection(host, port)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    with suppress(OSError):
        while chunk := await reader.read(_CHUNK):
            if seconds:
                await asyncio.sleep(seconds)
            writer.write(chunk)
            await writer.drain()
    writer.close()
