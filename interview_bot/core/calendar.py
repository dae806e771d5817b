"""When a channel's daily question is due: wall-clock time in a zone, one for each local date."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from interview_bot.core.errors import BadTime, UnknownZone


class Schedule(NamedTuple):
    """When a daily question is asked; `except_on` are local dates without one."""

    at: time
    zone: str
    weekdays: bool = False
    except_on: frozenset[date] = frozenset()

    def includes(self, day: date) -> bool:
        """Whether this local date has a question."""
        return day not in self.except_on and not (self.weekdays and day.weekday() >= 5)

    def due(self, day: date) -> datetime:
        """The instant, in UTC, at which this local date's question is due.

        A time that the clocks jump over comes as much later as they jump; one that comes twice means the first.
        """
        return datetime.combine(day, self.at, ZoneInfo(self.zone)).astimezone(UTC)

    def local_date(self, at: datetime) -> date:
        """The local date of an instant."""
        return at.astimezone(ZoneInfo(self.zone)).date()

    def next_day(self, after: date) -> date | None:
        """The first local date after this one that has a question; None if there is none within two years."""
        days = (after + timedelta(days=number) for number in range(1, 731))
        return next((day for day in days if self.includes(day)), None)


def read_time(word: str) -> time:
    """Read `09:00` or `9:00`.

    Raises:
        BadTime: it is no time of a day.
    """
    hours, colon, minutes = word.partition(":")
    digits = hours.isascii() and hours.isdecimal() and minutes.isascii() and minutes.isdecimal()
    if not colon or not digits or len(minutes) != 2 or int(hours) > 23 or int(minutes) > 59:
        raise BadTime(word=word)
    return time(int(hours), int(minutes))


def read_zone(word: str) -> str:
    """Read the name of an IANA zone, in any case.

    Raises:
        UnknownZone: with the nearest names.
    """
    known = _zones()
    found = known.get(word.lower())
    if found is None:
        cities = {name.rpartition("/")[2]: name for name in known}
        near = [*get_close_matches(word.lower(), known, 3, 0.6)]
        near += [cities[city] for city in get_close_matches(word.lower(), cities, 3, 0.6)]
        raise UnknownZone(word=word, nearest=", ".join(dict.fromkeys(known[one] for one in near)))
    return found


@cache
def _zones() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}
