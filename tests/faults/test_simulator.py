"""Thousands of points at which a process may die, by one seed, and a platform that fails; then every promise holds."""

import os
from random import SystemRandom

import pytest

from interview_bot.storage.database import Database
from tests.faults.world import World

POINTS = 10_000
SEED = int(os.environ.get("INTERVIEW_BOT_TEST_SEED", "20261127"))


async def simulated(database: Database, seed: int, points: int, *, forgetful: bool = False) -> World:
    world = World(database, seed, forgetful)
    await world.prepare()
    await world.run(points)
    return world


@pytest.mark.timeout(170)
async def test_every_promise_holds_after_ten_thousand_points(sqlite_database: Database) -> None:
    world = await simulated(sqlite_database, SEED, POINTS)
    assert await world.history.broken(sqlite_database) == [], f"seed {SEED}"
    assert len(world.history.taken) > POINTS / 50
    assert len(world.history.shown) > POINTS / 20


async def test_every_promise_holds_on_both_databases(database: Database) -> None:
    world = await simulated(database, SEED + 1, 800)
    assert await world.history.broken(database) == [], f"seed {SEED + 1}"


async def test_the_checker_finds_a_platform_that_shows_things_twice(sqlite_database: Database) -> None:
    world = await simulated(sqlite_database, SEED, 600, forgetful=True)
    assert any(line.startswith("P3 shown 2 times") for line in await world.history.broken(sqlite_database))


async def test_the_checker_finds_what_was_lost_and_what_was_counted_wrongly(
    sqlite_database: Database,
) -> None:
    world = await simulated(sqlite_database, SEED, 600)
    async with sqlite_database.connect() as on:
        await on.exec_driver_sql("DELETE FROM assessment WHERE answer_id IN (SELECT id FROM answer LIMIT 1)")
        await on.exec_driver_sql(
            "UPDATE answer SET text = 'gone' WHERE id IN (SELECT id FROM answer LIMIT 2)"
        )
        await on.exec_driver_sql("UPDATE standing SET points = points + 1")
    found = {line[:2] for line in await world.history.broken(sqlite_database)}
    assert {"P1", "P4", "P8"} <= found


@pytest.mark.soak
@pytest.mark.timeout(1800)
async def test_every_promise_holds_for_seeds_never_tried(database: Database) -> None:
    seed = SystemRandom().randrange(10**9)
    world = await simulated(database, seed, 20_000)
    assert await world.history.broken(database) == [], f"seed {seed}"
