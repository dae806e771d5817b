"""Leases jobs and messages and does them, until it is told to stop; a woken event makes it instant, polling sure."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from interview_bot.core.errors import Conflict, DatabaseUnreachable
from interview_bot.core.ports import Clock, Job, Queue
from interview_bot.work.send import Sender

POLL_SECONDS = 0.25
REST_SECONDS = 2.0
"""How long a worker rests when the database does not answer."""

log = structlog.get_logger()


@dataclass
class Worker:
    """One worker; any number of them may share a database."""

    queue: Queue
    jobs: Mapping[str, Callable[[Job], Awaitable[None]]]
    sender: Sender
    clock: Clock
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """There may be something to do."""
        self.woken.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            self.woken.clear()
            try:
                busy = await self.step()
            except DatabaseUnreachable as trouble:
                log.warning("worker.rests", reason=str(trouble))
                await asyncio.sleep(REST_SECONDS)
                continue
            if not busy:
                await self._rest()

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self.woken.wait()
        except TimeoutError:
            pass

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
        job = await self.queue.claim_job(self.clock.now())
        if job is None:
            return False
        try:
            await self.jobs[job.kind](job)
        except Conflict:
            await self.queue.fail_job(job, self.clock.now())
        except DatabaseUnreachable:
            raise
        except Exception:
            log.exception("job.failed", job=job.id, kind=job.kind, attempts=job.attempts)
            await self.queue.fail_job(
                job, self.clock.now() + timedelta(seconds=min(300.0, 2.0**job.attempts))
            )
        else:
            await self.queue.finish_job(job)
        return True
