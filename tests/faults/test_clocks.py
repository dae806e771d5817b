"""Clocks that jump, zones that change, days that a bot slept through: one question for each local date, at most."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from interview_bot.storage import tables as t
from interview_bot.storage.database import Database
from tests.bench import Bench, HandClock
from tests.faults.history import History

NEW_YORK = ZoneInfo("America/New_York")


class Channel(Bench):
    """A bench whose channel has a daily question, and a clock that goes in steps."""

    async def set_up(self, begun: datetime, words: str) -> None:
        """Set the question of the day at a time."""
        assert isinstance(self.clock, HandClock)
        self.hand, self.hand.at = self.clock, begun
        await self.hear(f"/daily here {words} fruit")

    async def until(self, end: datetime) -> list[datetime]:
        """Let time pass from one thing that is due to the next; the instants at which a question was asked."""
        asked: list[datetime] = []
        while (due := await self.database.queue.next_due()) and due <= end:
            self.hand.at = max(self.hand.at, due)
            asked += await self.look()
        self.hand.at = end
        return asked

    async def look(self) -> list[datetime]:
        """Do what is due now; the present instant for each question asked."""
        before = await self.days()
        await self.worker.until_idle()
        return [self.hand.at] * (len(await self.days()) - len(before))

    async def days(self) -> list[str]:
        """The local dates that had a question, in order."""
        async with self.database.connect() as on:
            row = t.daily_post.c
            return list((await on.execute(select(row.local_date).order_by(row.local_date))).scalars())


@pytest.fixture
def channel(database: Database) -> Channel:
    return Channel(database, clock=HandClock(datetime(2026, 1, 1, tzinfo=UTC)))


async def test_a_time_that_the_clocks_jump_over_comes_once_an_hour_later_on_the_dial(
    channel: Channel,
) -> None:
    await channel.set_up(datetime(2026, 3, 7, 12, tzinfo=UTC), "02:30 America/New_York")
    [asked] = await channel.until(datetime(2026, 3, 9, 0, tzinfo=UTC))
    assert asked.astimezone(NEW_YORK).isoformat() == "2026-03-08T03:30:00-04:00"
    assert await channel.days() == ["2026-03-08"]
    assert await History().broken(channel.database) == []


async def test_a_time_that_comes_twice_asks_at_the_first(channel: Channel) -> None:
    await channel.set_up(datetime(2026, 10, 31, 12, tzinfo=UTC), "01:30 America/New_York")
    [asked] = await channel.until(datetime(2026, 11, 2, 0, tzinfo=UTC))
    assert asked == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert await channel.days() == ["2026-11-01"]
    assert await History().broken(channel.database) == []


async def test_a_zone_that_is_changed_asks_no_local_date_twice(channel: Channel) -> None:
    await channel.set_up(datetime(2026, 5, 31, 23, tzinfo=UTC), "09:00 Asia/Tokyo")
    assert len(await channel.until(datetime(2026, 6, 2, 1, tzinfo=UTC))) == 2  # 09:00 there is 00:00 in UTC
    await channel.hear("/daily here 09:00 America/New_York fruit")
    await channel.until(datetime(2026, 6, 4, 0, tzinfo=UTC))
    await channel.hear("/daily here 09:00 Pacific/Kiritimati fruit")
    await channel.until(datetime(2026, 6, 6, 12, tzinfo=UTC))
    days = await channel.days()
    assert len(days) == len(set(days))
    assert {"2026-06-01", "2026-06-02", "2026-06-03", "2026-06-06"} <= set(days)
    assert await History().broken(channel.database) == []


async def test_a_clock_that_goes_back_and_forth_by_an_hour_asks_once(channel: Channel) -> None:
    await channel.set_up(datetime(2026, 6, 1, 12, tzinfo=UTC), "09:00 UTC")
    asked: list[datetime] = []
    for hours in (21, 20, 22, 20, 21, 22):
        channel.hand.at = datetime(2026, 6, 1, 12, tzinfo=UTC) + timedelta(hours=hours)
        asked += await channel.look()
    assert asked == [datetime(2026, 6, 2, 9, tzinfo=UTC)]
    assert await channel.days() == ["2026-06-02"]


async def test_the_twenty_ninth_of_february_has_a_question(channel: Channel) -> None:
    await channel.set_up(datetime(2028, 2, 27, 12, tzinfo=UTC), "09:00 UTC")
    await channel.until(datetime(2028, 3, 1, 12, tzinfo=UTC))
    assert await channel.days() == ["2028-02-28", "2028-02-29", "2028-03-01"]


async def test_after_two_days_down_only_todays_question_is_asked_and_each_later_day_again(
    channel: Channel,
) -> None:
    await channel.set_up(datetime(2026, 6, 1, 8, tzinfo=UTC), "09:00 UTC")
    assert await channel.until(datetime(2026, 6, 1, 10, tzinfo=UTC)) == [datetime(2026, 6, 1, 9, tzinfo=UTC)]
    channel.hand.at = datetime(2026, 6, 4, 15, tzinfo=UTC)
    channel.said.clear()
    assert len(await channel.look()) == 1
    assert await channel.days() == ["2026-06-01", "2026-06-04"]
    await channel.until(datetime(2026, 6, 5, 10, tzinfo=UTC))
    assert (await channel.days())[2:] == [date(2026, 6, 5).isoformat()]
    assert await History().broken(channel.database) == []
