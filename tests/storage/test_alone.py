"""One serving process for an SQLite file, any number for PostgreSQL."""

from pathlib import Path

import pytest

from interview_bot.core.errors import DatabaseInUse
from interview_bot.storage.alone import alone, end_leases
from interview_bot.storage.database import Database, open_database
from tests.storage.sittings import NOW


async def test_a_second_process_on_an_sqlite_file_is_told_what_to_do(tmp_path: Path) -> None:
    first, second = (open_database(f"sqlite:///{tmp_path}/bot.db") for _ in range(2))
    async with alone(first):
        with pytest.raises(DatabaseInUse, match=r"Another interview-bot serves .*bot\.db.*PostgreSQL"):
            await _enter(second)
    await _enter(second)
    await first.close()
    await second.close()


async def test_any_number_may_serve_a_postgresql_database(database: Database) -> None:
    async with alone(database):
        if not database.is_sqlite:
            await _enter(database)


async def test_what_a_dead_process_had_leased_is_free_where_one_serves_alone(database: Database) -> None:
    async with database.begin() as work:
        await work.add_job("grade", "turn-1", {}, NOW)
    assert await database.queue.claim_job(NOW)
    await database.held.take("shard-0", "the dead", NOW)
    assert await database.queue.claim_job(NOW) is None
    await end_leases(database, NOW)
    again = await database.queue.claim_job(NOW)
    taken = await database.held.take("shard-0", "the next", NOW)
    assert (again is not None, taken) == (database.is_sqlite, database.is_sqlite)


async def _enter(database: Database) -> None:
    async with alone(database):
        pass
