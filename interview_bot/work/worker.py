"""Leases jobs and messages and does them, until it is told to stop; a woken event makes it instant, polling sure."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from interview_bot.core.errors import Conflict, DatabaseUnreachable
from interview_bot.core.ports import Clock, Job, Queue
from interview_bot.work.send import Sender

POLL_SECONDS = 0.25
HOLD_SECONDS = 10.0
"""How often the lease of a job that takes long is renewed; far more often than leases end."""
NOT_OURS = timedelta(minutes=1)
"""How long a job of a kind that this release does not know is left to others."""
REST_SECONDS = 2.0
"""How long a worker rests when the database does not answer."""

Work = Callable[[Job], Awaitable[bool | None]]
"""Does one job of its kind; true if it has marked it done in its own transaction."""
log = structlog.get_logger()


@dataclass
class Worker:
    """One worker; any number of them may share a database."""

    queue: Queue
    jobs: Mapping[str, Work]
    sender: Sender
    clock: Clock
    hands: int = 4
    """Jobs that are done side by side: one answer that waits for a model holds up nobody else's."""
    hold_every: float = HOLD_SECONDS
    _mouth: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    """Rung when there may be something to send."""
    _hands: list[asyncio.Event] = field(default_factory=list[asyncio.Event], init=False)
    """Rung when there may be a job, one for each hand."""
    _resting: set[asyncio.Event] = field(default_factory=set[asyncio.Event], init=False)
    _dropped: list[Job] = field(default_factory=list[Job], init=False)
    _stopping: bool = field(default=False, init=False)

    def wake(self) -> None:
        """There may be something to do: the sender looks, and one hand, which calls the next when it finds a job."""
        self._mouth.set()
        self._call_a_hand()

    def _call_a_hand(self) -> None:
        """Ring for one that rests; where none does, each looks once more before it rests."""
        resting = next((bell for bell in self._hands if bell in self._resting), None)
        if resting:
            self._resting.discard(resting)
        for bell in (resting,) if resting else self._hands:
            bell.set()

    def stop(self) -> None:
        """Take nothing new: `run` ends when what is in hand is done. Cancelled before, it gives that back."""
        self._stopping = True
        for bell in (self._mouth, *self._hands):
            bell.set()

    async def run(self) -> None:
        """Work until stopped or cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._repeat(self.sender.send_one, self._mouth))
            self._hands = [asyncio.Event() for _ in range(self.hands)]
            for bell in self._hands:
                group.create_task(self._repeat(self._one_job, bell))

    async def _repeat(self, step: Callable[[], Awaitable[bool]], bell: asyncio.Event) -> None:
        while not self._stopping:
            bell.clear()
            try:
                busy = await step()
            except DatabaseUnreachable as trouble:
                log.warning("worker.rests", reason=str(trouble))
                await _rest(bell, REST_SECONDS)
                continue
            except Exception as trouble:
                # Whatever it is: a worker that ends takes nobody's next answer, and nobody would see it.
                if not isinstance(trouble, Conflict):
                    log.exception("worker.stumbled")
                    await _rest(bell, REST_SECONDS)
                busy = False
            if not busy and not self._stopping:
                self._resting.add(bell)
                await _rest(bell, POLL_SECONDS)
                self._resting.discard(bell)

    async def step(self) -> bool:
        """Do one job and send one message, if any is due; False if there was nothing to do."""
        worked = await self._one_job()
        sent = await self.sender.send_one()
        return worked or sent

    async def until_idle(self) -> None:
        """Do everything that is due now; for the terminal and for tests."""
        while await self.step():
            pass

    async def _one_job(self) -> bool:
        await self._give_back()
        job = await self.queue.claim_job(self.clock.now())
        if job is None:
            return False
        self._call_a_hand()
        work = self.jobs.get(job.kind)
        if work is None:
            # A newer release has promised it while it takes this one's place.
            log.warning("job.unknown", job=job.id, kind=job.kind)
            await self.queue.fail_job(job, self.clock.now() + NOT_OURS)
            return True
        holding = asyncio.create_task(self._hold(job))
        try:
            if not await work(job):
                await self.queue.finish_job(job)
        except Conflict:
            # Usually somebody was faster; what never fits must not be tried as fast as the database allows.
            again_at = self.clock.now() + timedelta(seconds=min(30.0, 0.01 * 2**job.attempts))
            await self.queue.fail_job(job, again_at)
        except DatabaseUnreachable:
            self._dropped.append(job)
            raise
        except asyncio.CancelledError:
            # Nobody should have to wait for the lease of a worker that is told to go.
            with suppress(DatabaseUnreachable, Conflict):
                await self.queue.fail_job(job, self.clock.now())
            raise
        except Exception:
            log.exception("job.failed", job=job.id, kind=job.kind, attempts=job.attempts)
            await self.queue.fail_job(
                job, self.clock.now() + timedelta(seconds=min(300.0, 2.0**job.attempts))
            )
        finally:
            holding.cancel()
            self._mouth.set()
        return True

    async def _give_back(self) -> None:
        """Let anybody do soon what was in hand when the database went away, and not when its lease ends."""
        while self._dropped:
            job = self._dropped.pop()
            try:
                await self.queue.fail_job(
                    job, self.clock.now() + timedelta(seconds=min(30.0, 2.0**job.attempts))
                )
            except DatabaseUnreachable:
                self._dropped.append(job)
                raise

    async def _hold(self, job: Job) -> None:
        """Keep the lease while the job is being done; a worker that is killed stops renewing, and another takes over."""
        while True:
            await asyncio.sleep(self.hold_every)
            with suppress(DatabaseUnreachable, Conflict):
                if not await self.queue.hold_job(job, self.clock.now()):
                    return


async def _rest(bell: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await bell.wait()
    except TimeoutError:
        pass
