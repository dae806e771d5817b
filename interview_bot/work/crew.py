"""So many who do the same work side by side, told when there is some; one of them looks from time to time, untold."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
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
        self, find: Callable[[], Awaitable[T | None]], do: Callable[[T], Awaitable[None]], many: int
    ) -> None:
        """`many` of them, who take what `find` returns, None for nothing, and `do` it."""
        self._find, self._do = find, do
        self._bells = [asyncio.Event() for _ in range(many)]
        self._resting: list[asyncio.Event] = []
        """Who rests; the first one looks from time to time."""
        self._given: deque[T] = deque()
        self._reserved = 0
        self._running = self._stopping = False

    def call(self) -> None:
        """There may be something: one who rests looks; where nobody does, each looks once more before resting."""
        if not self._resting or len(self._resting) > self._reserved:
            self._ring()

    def _ring(self) -> None:
        for bell in (self._resting.pop(),) if self._resting else self._bells:
            bell.set()

    @contextmanager
    def kept(self) -> Generator[list[T] | None]:
        """Keep one who rests for what the block puts into the list, a single thing; None where all are busy.

        The block may have to wait, for a commit say, before there is anything to do. Who is not running yet is thought
        to begin soon.
        """
        spare = len(self._resting) if self._running else 1
        if self._stopping or spare <= self._reserved + len(self._given):
            yield None
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

    def stop(self) -> None:
        """Look for nothing new: `run` ends when what is in hand or given is done."""
        self._stopping = True
        for bell in self._bells:
            bell.set()

    async def run(self) -> None:
        """Work until stopped or cancelled."""
        self._running = True
        async with asyncio.TaskGroup() as group:
            for bell in self._bells:
                group.create_task(self._work(bell))

    async def once(self) -> bool:
        """Do one thing; False if there was none."""
        if self._given:
            await self._do(self._given.popleft())
            return True
        found = await self._find()
        if found is None:
            return False
        self.call()  # there may be more
        await self._do(found)
        return True

    async def _work(self, bell: asyncio.Event) -> None:
        first = False
        while self._given or not self._stopping:
            bell.clear()
            try:
                busy = await self.once()
            except DatabaseUnreachable as trouble:
                log.warning("worker.rests", reason=str(trouble))
                await _rung(bell, REST_SECONDS)
                continue
            except Exception as trouble:
                # Whatever it is: a worker that ends takes nobody's next answer, and nobody would see it.
                if not isinstance(trouble, Conflict):
                    log.exception("worker.stumbled")
                    await _rung(bell, REST_SECONDS)
                busy = False
            first = not busy and not self._stopping and await self._rest(bell, first)

    async def _rest(self, bell: asyncio.Event, first: bool) -> bool:
        """Rest until called; who rests first, only for so long, and then stays the first. Whether it is."""
        self._resting.insert(0 if first else len(self._resting), bell)
        while not await _rung(bell, POLL_SECONDS):
            if self._resting[:1] == [bell]:
                del self._resting[0]
                return True
        if bell in self._resting:
            self._resting.remove(bell)
        return False


async def _rung(bell: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await bell.wait()
    except TimeoutError:
        return False
