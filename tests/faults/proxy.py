"""A TCP proxy on loopback that can be slow, deaf or gone, and can lose the one reply that matters."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

from interview_bot.storage.address import address

REMEMBERED = 1 << 16
"""Bytes of what a client said that are looked through."""
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Trap:
    """Waits until a client has said `words` and then says `last` on the same connection; then nothing comes back.

    `heard`: whether the server hears it. If so, the trap springs as soon as the server has answered.
    """

    words: bytes
    last: bytes
    heard: bool
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    sprung: asyncio.Event = field(default_factory=asyncio.Event)

    async def passed(self) -> None:
        """Until the client has said it, and the server has it before it."""
        async with asyncio.timeout(20):
            await self.reached.wait()

    async def wait(self) -> None:
        """Until it has sprung: the server has done it, or will never hear of it."""
        async with asyncio.timeout(20):
            await self.sprung.wait()


class _Link:
    """One connection through the proxy."""

    def __init__(self, client: Streams, server: Streams) -> None:
        self.client, self.server = client, server
        self.trap: Trap | None = None

    def cut(self) -> None:
        for _, writer in (self.client, self.server):
            writer.transport.abort()


class Proxy:
    """Stands between a client and a server; use it as an async context manager."""

    def __init__(self, connect: Callable[[], Awaitable[Streams]]) -> None:
        """`connect` opens a connection to the server."""
        self.delay = 0.0
        """Seconds that each thing a client says is on its way."""
        self.port = 0
        self.most = 0
        """So many connections were open at once."""
        self._connect = connect
        self._flows = asyncio.Event()
        self._flows.set()
        self._traps: list[Trap] = []
        self._links: set[_Link] = set()
        self._door: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    async def open(self) -> None:
        """Take connections, at the same port each time."""
        self._door = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._door.sockets[0].getsockname()[1]

    def close(self) -> None:
        """As a server that is stopped: connections are refused, and those that are open break."""
        if self._door:
            self._door.close()
        self.cut()

    def cut(self) -> None:
        """Break all connections."""
        for link in tuple(self._links):
            link.cut()

    def swallow(self) -> None:
        """As a network that is gone: nothing gets through either way, and nobody is told."""
        self._flows.clear()

    def flow(self) -> None:
        """The network is back; what was swallowed arrives late."""
        self._flows.set()

    def trap(self, words: str, last: str = "", *, heard: bool = True) -> Trap:
        """Set a trap, for one time."""
        trap = Trap(words.encode(), last.encode(), heard)
        self._traps.append(trap)
        return trap

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            link = _Link((reader, writer), await self._connect())
        except OSError:
            writer.transport.abort()
            return
        self._links.add(link)
        self.most = max(self.most, len(self._links))
        ways = [asyncio.create_task(self._there(link)), asyncio.create_task(self._back(link))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            link.cut()
            self._links.discard(link)

    async def _there(self, link: _Link) -> None:
        said = b""
        with suppress(OSError):
            while chunk := await link.client[0].read(REMEMBERED):
                await asyncio.sleep(self.delay)
                await self._flows.wait()
                said = (said + chunk)[-REMEMBERED:]
                trap = next((one for one in self._traps if one.words in said and one.last in chunk), None)
                if trap:
                    self._traps.remove(trap)
                    link.trap = trap
                    if not trap.heard:
                        trap.sprung.set()
                        await asyncio.Event().wait()
                link.server[1].write(chunk)
                await link.server[1].drain()
                if trap:
                    trap.reached.set()

    async def _back(self, link: _Link) -> None:
        with suppress(OSError):
            while chunk := await link.server[0].read(REMEMBERED):
                if link.trap:
                    link.trap.sprung.set()
                    await asyncio.Event().wait()
                await self._flows.wait()
                link.client[1].write(chunk)
                await link.client[1].drain()


def before_port(port: int) -> Proxy:
    """A proxy before a server on loopback."""
    return Proxy(lambda: asyncio.open_connection("127.0.0.1", port))


def before_postgres(url: str) -> Proxy:
    """A proxy before PostgreSQL, which may listen on a socket file."""
    where = address(url)
    host, port = str(where.query.get("host") or where.host), where.port or 5432
    if host.startswith("/"):
        return Proxy(lambda: asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}"))
    return Proxy(lambda: asyncio.open_connection(host, port))


def through(proxy: Proxy, url: str) -> str:
    """The URL of the same database through the proxy."""
    where = address(url)
    new = where.set(drivername="postgresql", host="127.0.0.1", port=proxy.port)
    return new.difference_update_query(["host"]).render_as_string(hide_password=False)
