"""Migrations bring every database to the same tables, and no other schema is worked on."""

import asyncio
from pathlib import Path
from time import perf_counter

import pytest
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from interview_bot.core.errors import WrongSchema
from interview_bot.storage import migrate, schema
from interview_bot.storage.database import Database, open_database
from interview_bot.storage.tables import metadata
from tests.databases import Postgres, migrated, new_sqlite_database
from tests.storage.sittings import ANN, opened


async def test_migrations_go_up_and_down_and_match_the_tables(empty_database_url: str) -> None:
    database = open_database(empty_database_url)
    try:
        with pytest.raises(WrongSchema, match="interview-bot db upgrade"):
            await schema.check(database)
        await migrate.upgrade(database)
        await schema.check(database)
        async with database.connect() as connection:
            differences = await connection.run_sync(
                lambda on: compare_metadata(MigrationContext.configure(on), metadata)
            )
        assert differences == []
        await migrate.downgrade(database, "base")
        await migrate.upgrade(database)
    finally:
        await database.close()


async def test_nothing_is_left_of_the_tables_after_going_back(database: Database) -> None:
    await migrate.downgrade(database, "base")
    async with database.connect() as on:
        assert await on.run_sync(lambda sync: inspect(sync).get_table_names()) == ["alembic_version"]
    assert await schema.current(database) is None


async def test_two_upgrades_at_once_are_one(empty_database_url: str) -> None:
    databases = [open_database(empty_database_url) for _ in range(2)]
    await asyncio.gather(*(migrate.upgrade(one) for one in databases))
    for one in databases:
        assert await schema.current(one) == schema.head()
        await one.close()


async def test_a_newer_schema_is_refused_and_left_alone(database: Database) -> None:
    async with database.connect() as on:
        await on.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for step in (schema.check(database), migrate.upgrade(database), migrate.downgrade(database, "base")):
        with pytest.raises(WrongSchema, match=r"9999.*interview-bot db upgrade"):
            await step
    assert await schema.current(database) == "9999"


async def test_one_newer_schema_is_served_so_that_releases_can_overlap(database: Database) -> None:
    newer = f"{int(schema.head()) + 1:04}"
    async with database.connect() as on:
        await on.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{newer}'")
    await schema.check(database)
    with pytest.raises(WrongSchema, match=newer):
        await migrate.upgrade(database)


def test_file_names_tell_the_revisions_as_alembic_knows_them() -> None:
    script = ScriptDirectory(str(schema.folder()))
    assert schema.known() == tuple(reversed([one.revision for one in script.walk_revisions()]))
    assert schema.head() == script.get_current_head()


async def test_a_migration_that_has_to_wait_holds_nobody_up(server: Postgres) -> None:
    url = await server.migrated()
    database, reader, other = (open_database(url) for _ in range(3))
    await migrate.downgrade(database, "0009")  # what comes then changes the table of answers
    async with reader.connect() as long:
        await long.execute(text("SELECT 1 FROM answer"))
        going = asyncio.create_task(migrate.upgrade(database))
        slowest = 0.0
        for _ in range(20):
            begun = perf_counter()
            async with other.connect() as on:
                await on.execute(text("SELECT 1 FROM answer"))
            slowest = max(slowest, perf_counter() - begun)
            await asyncio.sleep(0.05)
        assert not going.done()
        assert slowest < 1.0  # a lock timeout, and a busy machine; without one nobody would read on
    await going
    assert await schema.current(database) == schema.head()
    for one in (database, reader, other):
        await one.close()


async def test_rebuilding_a_table_of_sqlite_keeps_the_rows_that_refer_to_it(tmp_path: Path) -> None:
    database = await migrated(new_sqlite_database(tmp_path))
    interview = await opened(database)
    async with database.migrating() as on:
        await on.run_sync(rebuild)
    async with database.begin() as work:
        assert await work.open_interview(ANN) == interview
    await database.close()


def rebuild(on) -> None:
    operations = Operations(MigrationContext.configure(on))
    with operations.batch_alter_table("candidate", recreate="always"):
        pass
