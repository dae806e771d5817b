"""A database for tests that need only one kind."""

from collections.abc import AsyncIterator

import pytest

from interview_bot.storage.database import Database, open_database


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncIterator[Database]:
    """An open SQLite file with the newest schema."""
    opened = open_database(sqlite_url)
    yield opened
    await opened.close()
