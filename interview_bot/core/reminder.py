"""When a person is told that something is due: at an hour of their own, never in their quiet hours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from interview_bot.core.calendar import Schedule
from interview_bot.core.errors import InQuietHours
from interview_bot.core.interview import Who

QUIET = (time(22), time(7))
"""Where nothing else is said: from when until when nobody is disturbed."""
USUAL_ZONE = "UTC"


class Reminder(NamedTuple):
    """A person's reminder; `version` rises with each change, so that old promises are void."""

    who: Who
    at: time
    zone: str
    quiet: tuple[time, time]
    address: Mapping[str, str]
    version: int = 1
    on: bool = True

    @property
    def schedule(self) -> Schedule:
        """Every day at that hour."""
        return Schedule(self.at, self.zone)

    def may_speak(self, day: date, now: datetime) -> bool:
        """Whether the reminder of a local date may be said now: on that date, and outside of quiet hours."""
        local = now.astimezone(ZoneInfo(self.zone))
        return local.date() == day and not within(local.time(), self.quiet)


def within(at: time, quiet: tuple[time, time]) -> bool:
    """Whether a time of day is within hours that may go over midnight; equal ends mean no hours at all."""
    start, end = quiet
    return start <= at < end if start <= end else at >= start or at < end


def checked(reminder: Reminder) -> Reminder:
    """The reminder, if it can ever speak.

    Raises:
        InQuietHours: its hour is within its own quiet hours.
    """
    if within(reminder.at, reminder.quiet):
        start, end = (one.isoformat("minutes") for one in reminder.quiet)
        raise InQuietHours(at=reminder.at.isoformat("minutes"), start=start, end=end)
    return reminder


class Reminders(Protocol):
    """What the store keeps of reminders."""

    async def of(self, who: Who) -> Reminder | None:
        """A person's reminder, also one that is switched off; None if there never was one."""
        ...

    async def put(self, reminder: Reminder) -> None:
        """Keep a person's reminder."""
        ...
