"""So many who do the same work side by side, told when there is some; from time to time one of them looks, untold."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from typing import Generic, TypeVar

import structlog

from interview_bot.core.errors import Conflict, DatabaseUnreachable

POLL_SECONDS = 0.25
REST_SECONDS = 2.0
"""How long one rests when the database does not answer."""

T = TypeVar("T")
log = structlog.get_logger()


class Crew(Generic[T]):
    """Finds things to do and does them, so many at once.

    A thing may also be given to somebody who was kept for it: then nobody has to find it.
    """

    def __init__(
        self,
        find: Callable[[int], Awaitable[Sequence[T]]],
        do: Callable[[T], Awaitable[Sequence[T]]],
        many: int,
        batch: int = 1,
    ) -> None:
        """`many` of them, who look for what they have to `do`.

        Args:
            find: finds things, as many as it is told at most; fewer if there are no more.
            do: does a thing, and returns what comes of it, which is done next.
            many: how many do so side by side.
            batch: how many things are looked for at once, if so many can be begun.
        """
        self._find, self._do, self._batch = find, do, batch
        self._bells = [asyncio.Event() for _ in range(many)]
        self._resting: list[asyncio.Event] = []
        """Who rests."""
        self._given: deque[T] = deque()
        self._parked: dict[asyncio.TimerHandle, T] = {}
        self._reserved = 0
        self._wanted = False
        """Somebody has to look."""
        self._running = self._stopping = False

    def call(self) -> None:
        """There may be something: one who rests looks, or whoever is the first to be done."""
        self._wanted = True
        if len(self._resting) > self._reserved:
            self._ring()

    def _ring(self) -> None:
        if self._resting:
            self._resting.pop().set()

    @contextmanager
    def kept(self) -> Generator[list[T] | None]:
        """Keep one who rests for what the block puts into the list, a single thing; None where all are busy.

        Where nothing is put there, somebody is called to look for what the block may have left to be found. The block
        may have to wait, for a commit say, before there is anything to do. Who is not running yet is thought to begin
        soon.
        """
        spare = len(self._resting) if self._running else 1
        if self._stopping or spare <= self._reserved + len(self._given):
            yield None
            self.call()
            return
        given = list[T]()
        self._reserved += 1
        try:
            yield given
        except BaseException:
            given.clear()
            raise
        finally:
            self._reserved -= 1
            self._given += given
            if given:
                self._ring()
            else:
                self.call()

    def park(self, what: T, seconds: float) -> bool:
        """Have a thing done again in a while, and nobody wait for it; False where nobody will run then."""
        if self._stopping or not self._running:
            return False
        handle = asyncio.get_running_loop().call_later(seconds, lambda: self._unpark(handle))
        self._parked[handle] = what
        return True

    def _unpark(self, handle: asyncio.TimerHandle) -> None:
        self._given.append(self._parked.pop(handle))
        self._ring()

    def stop(self) -> None:
        """Look for nothing new: `run` ends when what is in hand, given or parked is done."""
        self._stopping = True
        for handle in self._parked:
            handle.cancel()
        self._given += self._parked.values()
        self._parked.clear()
        for bell in self._bells:
            bell.set()

    async def run(self) -> None:
        """Work until stopped or cancelled."""
        self._running = True
        ticking = asyncio.create_task(self._tick())
        try:
            async with asyncio.TaskGroup() as group:
                for bell in self._bells:
                    group.create_task(self._work(bell))
        finally:
            ticking.cancel()

    async def _tick(self) -> None:
        """Have one look from time to time, for what nobody tells of: another process, or time that has come."""
        while True:
            self.call()
            await asyncio.sleep(POLL_SECONDS)

    async def once(self) -> bool:
        """Do one thing, with what comes of it; False if there was none."""
        if not self._given:
            self._wanted = False
            most = min(self._batch, 1 + len(self._resting))
            found = await self._find(most)
            self._hand_out(found)
            if not found:
                return False
            if len(found) == most:  # there may be more
                self.call()
        what = self._given.popleft()
        self._hand_out(await self._do(what))
        return True

    def _hand_out(self, some: Sequence[T]) -> None:
        self._given += some
        for _ in some[1:]:  # the first one is for whoever has it now
            self._ring()

    async def _work(self, bell: asyncio.Event) -> None:
        while self._given or not self._stopping:
            bell.clear()
            try:
                if self._wanted or self._given:
                    await self.once()
            except DatabaseUnreachable as trouble:
                log.warning("worker.rests", reason=str(trouble))
                await _rung(bell, REST_SECONDS)
                self._wanted = True
                continue
            except Exception as trouble:
                # Whatever it is: a worker that ends takes nobody's next answer, and nobody would see it.
                if not isinstance(trouble, Conflict):
                    log.exception("worker.stumbled")
                    await _rung(bell, REST_SECONDS)
            if not (self._wanted or self._given or self._stopping):
                self._resting.append(bell)
                await bell.wait()


async def _rung(bell: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await bell.wait()
