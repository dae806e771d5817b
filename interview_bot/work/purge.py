"""Deletes all that a team left behind, a month after the bot was taken away from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from interview_bot.core.ports import Job
from interview_bot.core.store import Storage, Work

PURGE = "purge"
"""The kind of the jobs."""
AFTER = timedelta(days=30)

log = structlog.get_logger()


@dataclass(frozen=True)
class PurgeWork:
    """Does the jobs of kind `purge`."""

    storage: Storage

    async def __call__(self, job: Job) -> None:
        """Delete the team, unless somebody has used the bot there since it was taken away."""
        team, gone_at = job.payload["team"], datetime.fromisoformat(job.payload["gone_at"])
        async with self.storage.begin() as work:
            purged = await work.own.purge(team, gone_at)
        if purged:
            await self.storage.scrub()
            log.info("team.purged", team=team)


async def promise_purge(work: Work, team: str, gone_at: datetime) -> None:
    """Have a team purged in a month."""
    told = gone_at.isoformat()
    await work.add_job(PURGE, f"{PURGE}:{team}:{told}", {"team": team, "gone_at": told}, gone_at + AFTER)
