"""A database for tests that need only one kind."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from interview_bot.storage.database import Database, open_database

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


@pytest.fixture
async def sqlite_database(migrated_file: Path) -> AsyncIterator[Database]:
    """An open SQLite file with the newest schema; in memory where the system has a place there, for it is written a lot."""
    with TemporaryDirectory(dir=MEMORY) as folder:
        shutil.copyfile(migrated_file, Path(folder) / "test.db")
        opened = open_database(f"sqlite:///{folder}/test.db")
        yield opened
        await opened.close()
