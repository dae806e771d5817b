"""Migrations bring every database to the same tables, and no other schema is worked on."""

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from interview_bot.core.errors import WrongSchema
from interview_bot.storage import schema
from interview_bot.storage.database import Database, open_database
from interview_bot.storage.tables import metadata
from tests.databases import migrated, new_sqlite_database
from tests.storage.sittings import ANN, opened


async def test_migrations_go_up_and_down_and_match_the_tables(empty_database_url: str) -> None:
    database = open_database(empty_database_url)
    try:
        with pytest.raises(WrongSchema, match="interview-bot db upgrade"):
            await schema.check(database)
        await schema.upgrade(database)
        await schema.check(database)
        async with database.connect() as connection:
            differences = await connection.run_sync(
                lambda on: compare_metadata(MigrationContext.configure(on), metadata)
            )
        assert differences == []
        await schema.downgrade(database, "base")
        await schema.upgrade(database)
    finally:
        await database.close()


async def test_nothing_is_left_of_the_tables_after_going_back(database: Database) -> None:
    await schema.downgrade(database, "base")
    async with database.connect() as on:
        assert await on.run_sync(lambda sync: inspect(sync).get_table_names()) == ["alembic_version"]
    assert await schema.current(database) is None


async def test_two_upgrades_at_once_are_one(empty_database_url: str) -> None:
    databases = [open_database(empty_database_url) for _ in range(2)]
    await asyncio.gather(*(schema.upgrade(one) for one in databases))
    for one in databases:
        assert await schema.current(one) == schema.head()
        await one.close()


async def test_a_newer_schema_is_refused_and_left_alone(database: Database) -> None:
    async with database.connect() as on:
        await on.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for step in (schema.check(database), schema.upgrade(database), schema.downgrade(database, "base")):
        with pytest.raises(WrongSchema, match=r"9999.*interview-bot db upgrade"):
            await step
    assert await schema.current(database) == "9999"


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
