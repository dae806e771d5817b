"""Asks a channel's question of the day: once for each local date, whoever crashes and however many workers there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from interview_bot.chat.dailies import DAILY_LANE, ask_channel, promise, warn
from interview_bot.core.catalogue import Catalogue
from interview_bot.core.ports import Clock, Job, Outgoing
from interview_bot.core.store import Storage


@dataclass(frozen=True)
class Unheard:
    """Tells whoever set a daily question that the bot may not write in its channel, and how to invite it."""

    storage: Storage
    clock: Clock

    async def __call__(self, outgoing: Outgoing) -> None:
        """Look at a message that could never be sent; once for each question."""
        if not outgoing.lane.startswith(DAILY_LANE):
            return
        async with self.storage.begin() as work:
            post = await work.dailies.post(outgoing.lane.removeprefix(DAILY_LANE))
            daily = await work.dailies.of(post.daily) if post else None
            if post and daily and daily.on:
                await warn(work, daily, f"unheard:{post.id}", "daily.unheard", self.clock.now())


@dataclass(frozen=True)
class DailyWork:
    """Does the jobs of kind `daily`; each promises the next date's in its own transaction."""

    storage: Storage
    catalogue: Catalogue
    clock: Clock
    new_id: Callable[[], str]

    async def __call__(self, job: Job) -> None:
        """Ask the question of the job's date; after an outage only if the date is not over yet where the channel is."""
        now, day = self.clock.now(), date.fromisoformat(job.payload["day"])
        async with self.storage.begin() as work:
            daily = await work.dailies.of(job.payload["daily"])
            if daily is None or not daily.on or daily.version != job.payload["version"]:
                return
            today = daily.schedule.local_date(now)
            if today == day:
                await ask_channel(work, daily, day, self.catalogue, self.new_id, now)
            missed_today = today > day and daily.schedule.includes(today)
            await promise(work, daily, today - timedelta(days=1) if missed_today else max(day, today))
