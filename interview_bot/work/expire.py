"""Deletes the words of answers whose time is over, once a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from interview_bot.core.ports import Clock, Job
from interview_bot.core.store import Storage, Work

log = structlog.get_logger()


@dataclass(frozen=True)
class ExpireWork:
    """Does the jobs of kind `expire`; each promises the next day's."""

    storage: Storage
    clock: Clock
    keep_days: int

    async def __call__(self, job: Job) -> None:  # noqa: ARG002  (all that it needs is the date)
        """Delete the words of interviews that began more than `keep_days` days ago, or their team's days; grades and points stay."""
        now = self.clock.now()
        async with self.storage.begin() as work:
            gone = await work.own.expire(now - timedelta(days=self.keep_days)) if self.keep_days else 0
            for team, days in (await work.settings.kept_shorter()).items():
                gone += await work.own.expire(now - timedelta(days=days), team)
            await promise_expiry(work, now + timedelta(days=1))
        if gone:
            await self.storage.scrub()
            log.info("answers.expired", answers=gone, days=self.keep_days)


async def promise_expiry(work: Work, at: datetime) -> None:
    """Have a day's clearing up done, once whoever promises it."""
    await work.add_job("expire", f"expire:{at.date().isoformat()}", {}, at)
