"""Fixtures that many tests share."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from interview_bot.storage.database import Database
from tests.bench import Bench
from tests.databases import migrated, new_postgres_database, new_sqlite_database, postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """One PostgreSQL server for each test worker."""
    with postgres_server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind; never skipped."""
    if request.param == "sqlite":
        return new_sqlite_database(tmp_path)
    return await new_postgres_database(request.getfixturevalue("postgres"))


@pytest.fixture
async def database(empty_database_url: str) -> AsyncIterator[Database]:
    """A migrated database of each kind."""
    opened = await migrated(empty_database_url)
    yield opened
    await opened.close()


@pytest.fixture
def bench(database: Database) -> Bench:
    """A whole bot on a database of each kind."""
    return Bench(database)
