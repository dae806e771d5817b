"""Fixtures that many tests share."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from interview_bot.storage.database import Database, open_database
from tests.bench import Bench
from tests.databases import SERVER, Postgres, migrated, new_sqlite_database, own_server
from tests.plain_logs import plain_logs

plain_logs()


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """One PostgreSQL server for each test worker: its own, or the one named in the environment."""
    given = os.environ.get(SERVER)
    if given:
        postgres = Postgres(given)
        yield postgres
        with ThreadPoolExecutor(1) as aside:  # a loop may be running here
            aside.submit(asyncio.run, postgres.forget()).result()
        return
    with own_server() as postgres:
        yield postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases, each time; never skipped."""
    return request.param


@pytest.fixture
async def empty_database_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of each kind."""
    if kind == "sqlite":
        return new_sqlite_database(tmp_path)
    return await request.getfixturevalue("server").empty()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the newest schema, for tests to copy."""
    folder = tmp_path_factory.mktemp("template")

    async def make() -> None:
        await (await migrated(new_sqlite_database(folder))).close()

    with ThreadPoolExecutor(1) as aside:  # a loop may be running here
        aside.submit(asyncio.run, make()).result()
    return folder / "test.db"


@pytest.fixture
async def database_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database of each kind with the newest schema, for whoever opens it."""
    if kind == "postgresql":
        return await request.getfixturevalue("server").migrated()
    await asyncio.to_thread(shutil.copyfile, request.getfixturevalue("migrated_file"), tmp_path / "test.db")
    return new_sqlite_database(tmp_path)


@pytest.fixture
async def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """The URL of an SQLite file with the newest schema, for tests that are not about the database."""
    await asyncio.to_thread(shutil.copyfile, migrated_file, tmp_path / "test.db")
    return new_sqlite_database(tmp_path)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open database of each kind with the newest schema."""
    opened = open_database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def bench(database: Database) -> Bench:
    """A whole bot on a database of each kind."""
    return Bench(database)
