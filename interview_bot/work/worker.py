"""Leases jobs and does them, and sends messages, until it is told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from interview_bot.core.errors import Conflict, DatabaseUnreachable
from interview_bot.core.ports import Clock, Job, Queue
from interview_bot.work.crew import Crew
from interview_bot.work.send import Sender

HOLD_SECONDS = 10.0
"""How often the lease of a job that takes long is renewed; far more often than leases end."""
NOT_OURS = timedelta(minutes=1)
"""How long a job of a kind that this release does not know is left to others."""

Work = Callable[[Job], Awaitable[bool | None]]
"""Does one job of its kind; true if it has marked it done in its own transaction, and called for what is to be said."""
log = structlog.get_logger()


@dataclass
class Worker:
    """One worker; any number of them may share a database."""

    queue: Queue
    jobs: Mapping[str, Work]
    sender: Sender
    clock: Clock
    many: int = 4
    """Jobs that are done side by side: one answer that waits for a model holds up nobody else's."""
    hold_every: float = HOLD_SECONDS
    hands: Crew[Job] = field(init=False)
    """Who do the jobs."""
    _dropped: list[Job] = field(default_factory=list[Job], init=False)

    def __post_init__(self) -> None:
        """Nobody works yet."""
        self.hands = Crew(self._find, self._do, self.many)

    def wake(self) -> None:
        """There may be something to do."""
        self.sender.mouths.call()
        self.hands.call()

    def stop(self) -> None:
        """Take nothing new: `run` ends when what is in hand is done. Cancelled before, it gives that back."""
        self.hands.stop()
        self.sender.mouths.stop()

    async def run(self) -> None:
        """Work until stopped or cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.sender.mouths.run())
            group.create_task(self.hands.run())

    async def step(self) -> bool:
        """Do one job and send one message, if any is due; False if there was nothing to do."""
        worked = await self.hands.once()
        sent = await self.sender.mouths.once()
        return worked or sent

    async def until_idle(self) -> None:
        """Do everything that is due now; for the terminal and for tests."""
        while await self.step():
            pass

    async def _find(self, _most: int) -> Sequence[Job]:
        await self._give_back()
        job = await self.queue.claim_job(self.clock.now())
        return [job] if job else []

    async def _do(self, job: Job) -> Sequence[Job]:
        await self._done_or_given_back(job)
        return ()

    async def _done_or_given_back(self, job: Job) -> None:
        work = self.jobs.get(job.kind)
        if work is None:
            # A newer release has promised it while it takes this one's place.
            log.warning("job.unknown", job=job.id, kind=job.kind)
            await self.queue.fail_job(job, self.clock.now() + NOT_OURS)
            return
        holding = asyncio.create_task(self._hold(job))
        try:
            if not await work(job):
                await self.queue.finish_job(job)
                self.sender.mouths.call()
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
