"""What is due again is told at a person's own hour, once a day, and never in quiet hours."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from interview_bot.storage import tables
from interview_bot.storage.database import Database
from tests.bench import Bench, HandClock

MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture
async def bench(database: Database) -> Bench:
    """A bot whose clock goes by hand, with somebody who missed one point that is due."""
    bench = Bench(database, clock=HandClock(MONDAY))
    await bench.hear("/fruit 1 seed 1")
    await bench.hear("Its skin is red.")
    await bench.hear("/stop")
    async with database.connect() as on:
        await on.execute(update(tables.mastery).values(due_at=MONDAY - timedelta(days=1)))
    return bench


async def at(bench: Bench, hours: float) -> list[str]:
    """What the person hears when so many hours have gone by since Monday at six."""
    assert isinstance(bench.clock, HandClock)
    bench.clock.at = MONDAY + timedelta(hours=hours)
    bench.said.clear()
    await bench.worker.until_idle()
    return [line.text for card in bench.said for line in card.lines]


async def test_a_person_is_told_once_a_day_at_the_hour_that_was_set(bench: Bench) -> None:
    shown = await bench.hear("/remind 08:30 Europe/Berlin")
    assert "When something is due I tell you here at 08:30 (Europe/Berlin)." in shown[0]
    assert await at(bench, 1) == []
    assert len(await at(bench, 1.6)) == 1
    assert [choice.command for choice in bench.said[0].choices] == ["review", "remind off"]
    assert await at(bench, 12) == []
    assert len(await at(bench, 25.6)) == 1


async def test_one_click_ends_it(bench: Bench) -> None:
    await bench.hear("/remind 08:30 Europe/Berlin")
    await bench.hear("/remind off")
    assert await at(bench, 100) == []
    assert "I do not remind you" in (await bench.hear("/remind"))[0]


async def test_a_reminder_that_comes_too_late_or_into_quiet_hours_is_left_out(bench: Bench) -> None:
    await bench.hear("/remind 20:30 UTC quiet 21:00-08:00")
    assert await at(bench, 15.5) == [], "it is half past nine in the evening"
    assert await at(bench, 24 + 19) == [], "the next morning"
    assert len(await at(bench, 48 + 14.5)) == 1


async def test_a_newer_time_takes_the_place_of_the_older(bench: Bench) -> None:
    await bench.hear("/remind 08:30 UTC")
    await bench.hear("/remind 10:00")
    assert await at(bench, 3) == []
    assert len(await at(bench, 4.1)) == 1


async def test_nothing_is_said_where_nothing_is_due(bench: Bench) -> None:
    async with bench.database.connect() as on:
        await on.execute(update(tables.mastery).values(due_at=MONDAY + timedelta(days=9)))
    await bench.hear("/remind 08:30 UTC")
    assert await at(bench, 3) == []
    assert len(await at(bench, 24 * 9 + 3)) == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/remind 25:99", "“25:99” is no time of day"),
        ("/remind 08:00 Europe/Berln", "Did you mean Europe/Berlin"),
        ("/remind 05:00", "05:00 is within your quiet hours, 22:00 to 07:00"),
        ("/remind 05:00 quiet 22", "is no time of day"),
    ],
)
async def test_what_cannot_be_set_is_said_with_the_cure(bench: Bench, typed: str, told: str) -> None:
    assert told in (await bench.hear(typed))[0]
    async with bench.database.connect() as on:
        assert (await on.execute(select(tables.reminder))).all() == []
