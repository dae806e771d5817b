"""A worker goes on whatever its queue raises: one that ends takes nobody's next answer, and nobody would see it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from interview_bot.core.errors import Conflict, DatabaseUnreachable
from interview_bot.core.ports import Job
from interview_bot.storage.database import Database
from interview_bot.work.send import Sender
from interview_bot.work.worker import Worker
from tests.bench import HandClock
from tests.faults.indoors import PATIENCE

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


class Stumbling:
    """A queue that raises at its first claims of jobs, and then works."""

    def __init__(self, database: Database, *troubles: Exception) -> None:
        """Raise these, one for each claim."""
        self.queue, self.troubles = database.queue, list(troubles)

    async def claim_job(self, now: datetime) -> Job | None:
        """Raise, or claim."""
        if self.troubles:
            raise self.troubles.pop()
        return await self.queue.claim_job(now)

    def __getattr__(self, name: str) -> object:
        return getattr(self.queue, name)


@pytest.mark.parametrize(
    "trouble", [Conflict(), DatabaseUnreachable("gone"), ValueError("a mistake of ours")], ids=repr
)
async def test_a_worker_goes_on_whatever_its_queue_raises(database: Database, trouble: Exception) -> None:
    done = asyncio.Event()

    async def do(job: Job) -> None:
        done.set()

    async with database.begin() as work:
        await work.add_job("grade", "k", {}, NOW)
    clock = HandClock(NOW)
    sender = Sender(database.queue, {}, clock)
    worker = Worker(Stumbling(database, trouble), {"grade": do}, sender, clock)  # type: ignore[arg-type]
    running = asyncio.create_task(worker.run())
    async with asyncio.timeout(PATIENCE):
        await done.wait()
    worker.stop()
    async with asyncio.timeout(PATIENCE):
        await running


async def test_a_job_in_hand_when_the_database_went_away_is_done_soon_and_not_after_its_lease(
    database: Database,
) -> None:
    tries: list[int] = []

    async def do(job: Job) -> None:
        tries.append(job.attempts)
        if len(tries) == 1:
            raise DatabaseUnreachable("gone")

    async with database.begin() as work:
        await work.add_job("grade", "k", {}, NOW)
    clock = HandClock(NOW)
    worker = Worker(database.queue, {"grade": do}, Sender(database.queue, {}, clock), clock)
    with pytest.raises(DatabaseUnreachable):
        await worker.step()
    assert not await worker.step()
    clock.at += timedelta(seconds=2)
    assert await worker.step()
    assert tries == [1, 2]
    assert await database.queue.next_due() is None
