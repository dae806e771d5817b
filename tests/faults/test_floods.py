"""Far more at once than a bot can do: it says so in time, stays small, and keeps every answer that it acknowledged, once."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from interview_bot.storage import tables as t
from tests.faults.indoors import Street, street
from tests.faults.load import Load
from tests.faults.proxy import before_postgres, through
from tests.processes import Bot, start_bot

MOST_MEMORY = 300 * 1024**2
"""Bytes."""


@pytest.fixture
async def road(database_url: str, tmp_path: Path) -> AsyncIterator[Street]:
    async with street(database_url, tmp_path) as made:
        yield made


@asynccontextmanager
async def slow_bot(road: Street, people: range) -> AsyncGenerator[tuple[Bot, Load]]:
    """A bot with people in an interview each, whose database is slow once they are: each thing said to PostgreSQL takes long.

    SQLite is what it is: one transaction at a time.
    """
    nobody_home = "http://127.0.0.1:9/"
    if road.database.is_sqlite:
        async with start_bot(road.settings(SLACK_API_URL=nobody_home)) as bot:
            load = Load(bot.url, road.slack.signing_secret)
            await introduced(road, load, people)
            yield bot, load
        return
    async with before_postgres(road.url) as proxy:
        way = {"INTERVIEW_BOT_DATABASE_URL": through(proxy, road.url), "SLACK_API_URL": nobody_home}
        async with start_bot(road.settings(**way)) as bot:
            load = Load(bot.url, road.slack.signing_secret)
            await introduced(road, load, people)
            proxy.delay = 0.02
            yield bot, load


async def introduced(road: Street, load: Load, people: range) -> None:
    """Everybody opens an interview, and Slack has told who they are."""
    await load.start(people)
    async with road.database.connect() as on:
        await on.execute(update(t.candidate).values(told_at=datetime.now(UTC)))


async def kept_once(road: Street, load: Load) -> None:
    """Every answer that was acknowledged is there, and no answer is there twice."""
    async with road.database.connect() as on:
        kept = Counter((await on.execute(select(t.answer.c.text))).scalars())
    assert set(load.acknowledged) <= set(kept)
    assert set(kept.values()) <= {1}


async def test_a_burst_over_the_bound_is_turned_away_at_once_and_nothing_acknowledged_is_lost(
    road: Street,
) -> None:
    people = range(30)
    async with slow_bot(road, people) as (bot, load):
        load.at_once = 300
        await load.answer(people, times=10)
        assert load.acknowledged
        assert load.refused.keys() == {503}
        assert bot.process.memory() < MOST_MEMORY
        await kept_once(road, load)
        load.at_once = 8
        async with asyncio.timeout(30):  # Slack delivers again what is not acknowledged
            while unheard := load.unheard(people):
                await load.answer(unheard)
        await kept_once(road, load)


@pytest.mark.soak
@pytest.mark.timeout(300)
async def test_a_flood_of_a_minute_leaves_the_bot_small_and_loses_nothing(road: Street) -> None:
    people = range(200)
    async with slow_bot(road, people) as (bot, load):
        load.at_once = 300
        until, most = asyncio.get_running_loop().time() + 60, 0
        while asyncio.get_running_loop().time() < until:
            await load.answer(people, times=5)
            most = max(most, bot.process.memory())
        print(f"{len(load.acknowledged)} acknowledged, {dict(load.refused)}, {most / 1024**2:.0f} MiB")
        assert load.refused.keys() <= {503}
        assert most < MOST_MEMORY
        await kept_once(road, load)
