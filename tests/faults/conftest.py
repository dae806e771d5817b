"""A database for tests that need only one kind, and a parent of processes that are killed."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from interview_bot.storage.database import Database, open_database
from tests.faults.nursery import Nursery
from tests.faults.nursery import nursery as new_nursery

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


@pytest.fixture
async def sqlite_database(migrated_file: Path) -> AsyncIterator[Database]:
    """An open SQLite file with the newest schema; in memory where the system has a place there, for it is written a lot."""
    with TemporaryDirectory(dir=MEMORY) as folder:
        shutil.copyfile(migrated_file, Path(folder) / "test.db")
        opened = open_database(f"sqlite:///{folder}/test.db")
        yield opened
        await opened.close()


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """A parent of processes, for all tests of a worker."""
    with new_nursery() as made:
        yield made
