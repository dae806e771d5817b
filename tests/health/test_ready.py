"""Readiness tells what is wrong with the database, its schema, the clocks and the outbox."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from interview_bot.health.ready import MOST_LAG, MOST_SKEW, Readiness
from interview_bot.storage import migrate, schema
from interview_bot.storage.address import address
from interview_bot.storage.database import Database
from interview_bot.storage.pulse import pulse
from tests.bench import ANN, HandClock
from tests.databases import migrated


def readiness(database: Database, *, ahead: float = 0, sends: bool = True) -> Readiness:
    """A look at a database from a machine whose clock is so many seconds ahead."""
    clock = HandClock(datetime.now(UTC) + timedelta(seconds=ahead))
    return Readiness(partial(pulse, database), partial(schema.check, database), clock, sends)


async def test_a_good_database_is_ready(database: Database) -> None:
    health = await readiness(database)()
    assert health.ready
    assert set(health.checks) == {"database", "schema", "clock", "outbox"}
    assert health.lag == 0


@pytest.mark.parametrize("ahead", [360, -360])
async def test_a_clock_that_is_off_by_six_minutes_is_told(database: Database, ahead: float) -> None:
    health = await readiness(database, ahead=ahead)()
    assert not health.ready
    assert not health.checks["clock"].ok
    assert health.checks["clock"].found.startswith(("36", "35"))
    assert MOST_SKEW < 300  # before Slack's signatures are refused


@pytest.mark.parametrize(
    "url", ["postgresql://bot:geheim@127.0.0.1:9/x", "sqlite+aiosqlite:////dev/null/x.db"]
)
async def test_a_database_that_does_not_answer_is_told_without_its_password(url: str) -> None:
    health = await readiness(Database(address(url)))()
    assert not health.ready
    assert "does not answer" in health.checks["database"].found
    assert "geheim" not in health.checks["database"].found


async def test_an_old_schema_is_told_with_the_command_to_run(empty_database_url: str) -> None:
    database = await migrated(empty_database_url)
    await migrate.downgrade(database, "-1")
    health = await readiness(database)()
    assert not health.ready
    assert "interview-bot db upgrade" in health.checks["schema"].found
    await database.close()


async def test_a_message_that_waits_too_long_is_told_by_those_who_send(database: Database) -> None:
    now = datetime.now(UTC)
    async with database.begin() as work:
        await work.meet(ANN)
        await work.open_lane("l1", ANN, {"platform": "memory"})
        await work.post("l1", "s1", {}, now - timedelta(seconds=MOST_LAG + 5))
        await work.post("l1", "s2", {}, now + timedelta(hours=1))
    sender = readiness(database)
    health = await sender()
    assert not health.ready
    assert health.lag == pytest.approx(MOST_LAG + 5, abs=5)
    assert (await replace(sender, sends=False)()).ready
