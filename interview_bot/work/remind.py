"""Tells people what is due again, at their own hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from interview_bot.chat.reminders import promise_reminder, remind
from interview_bot.core.interview import Who
from interview_bot.core.ports import Clock, Job
from interview_bot.core.store import Storage


@dataclass(frozen=True)
class RemindWork:
    """Does the jobs of kind `remind`; each promises the next date's in its own transaction."""

    storage: Storage
    clock: Clock

    async def __call__(self, job: Job) -> None:
        """Remind; what comes too late, or into quiet hours, is left out, for tomorrow it is due as well."""
        now, day = self.clock.now(), date.fromisoformat(job.payload["day"])
        async with self.storage.begin() as work:
            reminder = await work.reminders.of(Who(job.payload["team"], job.payload["candidate"]))
            if reminder is None or not reminder.on or reminder.version != job.payload["version"]:
                return
            if reminder.may_speak(day, now):
                await remind(work, reminder, day, now)
            today = reminder.schedule.local_date(now)
            await promise_reminder(work, reminder, max(day, today - timedelta(days=1)))
