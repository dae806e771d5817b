"""A disk that is full, SQLite under several processes, and SQLite that is killed while it writes."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from interview_bot.storage import tables as t
from tests.databases import new_sqlite_database
from tests.fakes.slack import plain
from tests.faults.indoors import PATIENCE, Home, Street, at_work, street
from tests.processes import start

LONG = "x1y and so on" + ", and on" * 800
"""More than fits into what is free in the pages that there are."""
FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$
"""


@pytest.fixture
async def road(database_url: str, tmp_path: Path) -> AsyncIterator[Street]:
    async with street(database_url, tmp_path) as made:
        yield made


@asynccontextmanager
async def full_disk(road: Street, home: Home) -> AsyncGenerator[None]:
    """The disk is full until the end of the block: SQLite may not grow, and PostgreSQL says so of every new row."""
    if not road.database.is_sqlite:
        tables = ("answer", "delivery", "job", "outbox", "interview")
        async with road.database.connect() as on:
            await on.execute(text(FULL))
            for table in tables:
                await on.execute(
                    text(f"CREATE TRIGGER full_disk BEFORE INSERT ON {table} EXECUTE FUNCTION full_disk()")
                )
        yield
        async with road.database.connect() as on:
            for table in tables:
                await on.execute(text(f"DROP TRIGGER full_disk ON {table}"))
        return
    await _most_pages(home, 1)  # fewer than there are: it stays as large as it is
    yield
    await _most_pages(home, 1_000_000)


async def _most_pages(home: Home, number: int) -> None:
    async with home.house.database.connect() as on:
        await on.execute(text(f"PRAGMA max_page_count = {number}"))


async def test_with_a_full_disk_nothing_is_acknowledged_reading_works_and_all_goes_on_when_there_is_room(
    road: Street, kind: str
) -> None:
    async with road.home() as home:
        (ada,) = await at_work("a", home)
        assert await road.broken() == []
        async with full_disk(road, home):
            assert (await ada.command("progress")).status == 200
            read = await road.slack.message_where(lambda m: bool(m.seen_by), timeout=PATIENCE)
            assert "Nothing answered yet" in plain(read)
            assert (await road.answer(ada, LONG)).status == 503
            assert await road.rows(t.answer) == 0
        assert (await road.again(ada, LONG)).status == 200
        await road.slack.message_where(lambda m: "of 100" in m.text, timeout=PATIENCE)
        assert await road.broken() == []
    if kind == "sqlite":
        assert _sound(road.url)


async def test_eight_writers_in_two_processes_never_find_sqlite_locked(tmp_path: Path) -> None:
    url = _counted(tmp_path)
    said = [tmp_path / "one", tmp_path / "other"]
    writers = [
        start(url, str(file), "4", "10", environment={}, module="tests.faults.writer") for file in said
    ]
    try:
        for file in said:
            await _said(file, 4 * 10 + 1)
    finally:
        for one in writers:
            await one.kill()
    assert _number(url) == 2 * 4 * 10
    assert _written(url) == {line for file in said for line in _lines(file)} - {"done"}


async def test_sqlite_killed_while_it_writes_keeps_what_it_had_committed(tmp_path: Path) -> None:
    await _killed_while_writing(tmp_path, 6)


@pytest.mark.soak
async def test_fifty_kills_while_sqlite_writes_lose_nothing(tmp_path: Path) -> None:
    await _killed_while_writing(tmp_path, 50)


async def _killed_while_writing(folder: Path, kills: int) -> None:
    """After each kill the file is sound, and all is there that was said to be committed before."""
    url, said, dice = _counted(folder), folder / "said", Random(20261127)
    for _ in range(kills):
        before = len(_lines(said))
        writer = start(url, str(said), "3", "1000000", environment={}, module="tests.faults.writer")
        await _said(said, before + dice.randrange(2, 30))
        await writer.kill()
        assert _sound(url)
        assert set(_lines(said)) <= _written(url)
    # What was committed and not yet said when it was killed: one for each writer at most.
    assert len(_written(url)) - len(_lines(said)) <= 3 * kills
    assert _number(url) == len(_written(url))


async def _said(file: Path, lines: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            if len(_lines(file)) >= lines:
                return
            await asyncio.sleep(0.001)


def _counted(folder: Path) -> str:
    url = new_sqlite_database(folder)
    with closing(sqlite3.connect(folder / "test.db")) as file:
        file.executescript(
            "CREATE TABLE counted (number); INSERT INTO counted VALUES (0); CREATE TABLE written (name, pad)"
        )
    return url


def _lines(file: Path) -> list[str]:
    """Whole lines: a killed process may leave a part of one."""
    told = file.read_text(encoding="utf-8") if file.exists() else ""
    return told[: told.rfind("\n") + 1].splitlines()


def _asked(url: str, query: str) -> list[Any]:
    with closing(sqlite3.connect(make_url(url).database or "")) as file:
        return [row[0] for row in file.execute(query)]


def _number(url: str) -> int:
    return int(_asked(url, "SELECT number FROM counted")[0])


def _written(url: str) -> set[str]:
    return set(_asked(url, "SELECT name FROM written"))


def _sound(url: str) -> bool:
    return _asked(url, "PRAGMA integrity_check") == ["ok"]
