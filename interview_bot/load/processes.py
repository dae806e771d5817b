"""The processes that are measured: started, waited for, asked what they use, and ended."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from secrets import randbelow, token_hex
from time import perf_counter
from typing import NamedTuple

import aiohttp

from interview_bot.core.errors import OperatorError

READY_WITHIN = 30.0
PORTS = range(20_000, 32_000)


class Child(NamedTuple):
    """A process that listens."""

    origin: str
    secret: str
    ready_seconds: float


class Used(NamedTuple):
    """CPU seconds so far, and bytes of memory."""

    cpu: float
    rss: float


async def measures_of(child: Child) -> Used:
    """What a process uses, as it tells itself."""
    async with aiohttp.ClientSession() as session, session.get(f"{child.origin}/metrics") as page:
        lines = dict(
            line.rsplit(" ", 1) for line in (await page.text()).splitlines() if not line.startswith("#")
        )
    return Used(float(lines["process_cpu_seconds_total"]), float(lines["process_resident_memory_bytes"]))


@asynccontextmanager
async def started(which: str, database: str = "") -> AsyncGenerator[Child]:
    """A process that is ready; it is ended with the block."""
    secret, port = token_hex(), free_port()
    arguments = (str(port), secret, *((database,) if database else ()))
    begun = perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"interview_bot.load.{which}", *arguments, stdin=asyncio.subprocess.DEVNULL
    )
    origin = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(READY_WITHIN):
            await healthy(origin, lambda: process.returncode)
        yield Child(origin, secret, perf_counter() - begun)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def healthy(origin: str, ended: Callable[[], int | None]) -> None:
    """Wait until a process answers; `ended` tells its exit code, None while it runs.

    Raises:
        OperatorError: it ended before that.
    """
    async with aiohttp.ClientSession() as session:
        while True:
            if (code := ended()) is not None:
                raise OperatorError(f"A process ended with {code} before it was ready")
            try:
                async with session.get(f"{origin}/healthz") as page:
                    if page.status == 200:
                        return
            except aiohttp.ClientError:
                await asyncio.sleep(0.01)


def free_port() -> int:
    """A port on loopback that nobody listens on, below those that systems give to clients.

    One of theirs may be taken between the look and its use.
    """
    while True:
        port = PORTS.start + randbelow(len(PORTS))
        with socket.socket() as taken, suppress(OSError):
            taken.bind(("127.0.0.1", port))
            return port
