"""Serves what is set up, in the role of this process, until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from signal import SIGINT, SIGTERM
from typing import TYPE_CHECKING, Any, NamedTuple

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from interview_bot import __version__
from interview_bot.core.errors import BadSetting, OperatorError
from interview_bot.core.ports import Voice
from interview_bot.health.measures import Measures
from interview_bot.health.pages import pages
from interview_bot.health.ready import Readiness
from interview_bot.settings import Role
from interview_bot.storage import schema
from interview_bot.storage.alone import alone, end_leases
from interview_bot.storage.pulse import pulse

if TYPE_CHECKING:
    from collections.abc import Generator

    from interview_bot.wiring import House
    from interview_bot.work.worker import Work, Worker

FINISH_WITHIN = 7.0
"""Seconds for what is in hand once the process is told to stop; then leases are given back."""
POLITE = 10
"""How far a worker stands back where processes share a machine: an acknowledgement has three seconds, a grade has time."""
_HEARS: Mapping[Role, str] = {"web": "listens over HTTP", "gateway": "listens on a connection of its own"}
log = structlog.get_logger()


class Served(NamedTuple):
    """A platform that is set up: how it speaks, and how it hears."""

    platform: str
    voice: Voice
    routes: Sequence[BaseRoute] = ()
    """What it delivers over HTTP."""
    listen: Callable[[], Coroutine[Any, Any, object]] | None = None
    """Keeps a connection to it until cancelled."""
    open: Callable[[], Awaitable[object]] | None = None
    """Opens what the voice needs, before anything is heard or said."""
    close: Callable[[], Awaitable[object]] | None = None
    """Closes what the voice has opened."""
    jobs: Mapping[str, Work] = {}
    """What its workers do beside the others' jobs, by kind."""


async def serve(house: House, rooms: Sequence[Served], role: Role, measures: Measures) -> None:
    """Serve until told to stop; then nothing new is taken, and what is in hand is finished or given back.

    Raises:
        OperatorError: the role does not fit what is set up, or the database or the port cannot be used.
    """
    _fits(house, rooms, role)
    async with alone(house.database):
        await house.ready()
        await end_leases(house.database, house.clock.now())
        with _traced(house, role):
            await _serve(house, rooms, role, measures)


def _fits(house: House, rooms: Sequence[Served], role: Role) -> None:
    if role == "all":
        return
    if house.database.is_sqlite:
        raise BadSetting(
            f"INTERVIEW_BOT_ROLE: {role} is one of several processes, and SQLite takes one; "
            "use PostgreSQL (INTERVIEW_BOT_DATABASE_URL), or the role `all`"
        )
    hears = {"web": any(room.routes for room in rooms), "gateway": any(room.listen for room in rooms)}
    if not hears.get(role, True):
        raise BadSetting(
            f"INTERVIEW_BOT_ROLE: nothing that is set up {_HEARS[role]}; web wants SLACK_SIGNING_SECRET, "
            "gateway wants SLACK_APP_TOKEN or DISCORD_TOKEN"
        )


async def _serve(house: House, rooms: Sequence[Served], role: Role, measures: Measures) -> None:
    listening = [room.listen for room in rooms if room.listen and role in {"gateway", "all"}]
    worker = _worker(house, rooms) if role in {"worker", "all"} else None
    readiness = Readiness(
        partial(pulse, house.database), partial(schema.check, house.database), house.clock, worker is not None
    )
    routes = [
        *pages(readiness, measures),
        *(route for room in rooms for route in room.routes if role in {"web", "all"}),
    ]
    try:
        if role == "worker" and hasattr(os, "nice"):
            os.nice(POLITE)
        if role != "worker":
            await house.database.rehearse()
        for room in rooms:
            if room.open:
                await room.open()
        _settle()
        await _side_by_side(worker, _server(routes), _listen(house), [listen() for listen in listening])
    finally:
        for room in rooms:
            if room.close:
                await room.close()
        await house.close()


def _settle() -> None:
    """What is in memory now stays: looking through all of it for garbage would stop the process for 70 ms now and then."""
    gc.collect()
    gc.freeze()


def _worker(house: House, rooms: Sequence[Served]) -> Worker:
    jobs = {kind: work for room in rooms for kind, work in room.jobs.items()}
    return house.worker({room.platform: room.voice for room in rooms}, jobs)


async def _side_by_side(
    worker: Worker | None,
    server: uvicorn.Server,
    heard: socket.socket,
    listening: Sequence[Coroutine[Any, Any, object]],
) -> None:
    """Work, serve pages and listen until told to stop; then there is one time for all to finish what is in hand."""
    tasks: set[asyncio.Future[Any]] = {asyncio.create_task(server.serve(sockets=[heard]))}
    if worker:
        tasks.add(asyncio.create_task(worker.run()))
    try:
        await _until_a_signal(listening, tasks)
        log.info("stopping")
    finally:
        server.should_exit = True
        if worker:
            worker.stop()
        await asyncio.wait(tasks, timeout=FINISH_WITHIN)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Server(uvicorn.Server):
    """Leaves signals alone: one that ends this server ends everything else, in order."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def _server(routes: Sequence[BaseRoute]) -> _Server:
    return _Server(
        uvicorn.Config(
            Starlette(routes=list(routes)),
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=int(FINISH_WITHIN),
        )
    )


def _listen(house: House) -> socket.socket:
    """Bind here and not in the server, which ends the process when it cannot."""
    host, port = house.settings.host, house.settings.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        heard = socket.create_server((host, port), family=family, backlog=2_048)
    except OSError as taken:
        raise OperatorError(
            f"Nothing can listen on {host} port {port}: {taken.strerror}. "
            "Set INTERVIEW_BOT_PORT (0: any) or INTERVIEW_BOT_HOST"
        ) from None
    log.info("http", host=host, port=heard.getsockname()[1])
    return heard


async def _until_a_signal(
    work: Sequence[Coroutine[Any, Any, object]], beside: Collection[asyncio.Future[Any]]
) -> None:
    """Do some things side by side until the process is told to stop, or one of them or of those beside them ends."""
    stopped = asyncio.Event()
    for signal in (SIGINT, SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal, stopped.set)
    tasks: list[asyncio.Future[Any]] = [asyncio.ensure_future(one) for one in (stopped.wait(), *work)]
    try:
        done, _ = await asyncio.wait((*tasks, *beside), return_when=asyncio.FIRST_COMPLETED)
        for one in done:
            one.result()
    finally:
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def _traced(house: House, role: Role) -> Generator[None]:
    """Send traces beside the block, where a collector is set."""
    endpoint = house.settings.otlp_endpoint
    if endpoint is None:
        yield
        return
    try:
        from interview_bot.health.tracing import trace_to
    except ModuleNotFoundError as lost:
        raise OperatorError(
            f"OTEL_EXPORTER_OTLP_ENDPOINT: the package {lost.name} is missing. Run: pip install 'interview-bot[otel]'"
        ) from None
    flush = trace_to(endpoint, role, __version__)
    try:
        yield
    finally:
        with suppress(Exception):
            flush()
