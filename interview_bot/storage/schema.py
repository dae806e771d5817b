"""Brings a database to the schema that this version needs, and refuses to run on another."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from interview_bot.core.errors import WrongSchema
from interview_bot.storage.database import Database


@cache
def _config() -> Config:
    package = Path(__file__).resolve().parents[1]
    shipped = package / "_data" / "migrations"
    config = Config()
    config.set_main_option("path_separator", "os")
    config.set_main_option(
        "script_location", str(shipped if shipped.is_dir() else package.parent / "migrations")
    )
    return config


def head() -> str:
    """The newest revision that this version knows."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def older() -> frozenset[str]:
    """The revisions that this version can migrate from."""
    return frozenset(one.revision for one in ScriptDirectory.from_config(_config()).walk_revisions()) - {
        head()
    }


async def current(database: Database) -> str | None:
    """The revision that the database has, None when it is empty."""
    async with database.connect() as connection:
        return await connection.run_sync(lambda on: MigrationContext.configure(on).get_current_revision())


async def upgrade(database: Database, revision: str = "head") -> None:
    """Run the migrations up to a revision, all in one transaction."""
    async with database.connect() as connection:
        await connection.run_sync(_run, command.upgrade, revision)


async def downgrade(database: Database, revision: str) -> None:
    """Run the migrations back to a revision, all in one transaction."""
    async with database.connect() as connection:
        await connection.run_sync(_run, command.downgrade, revision)


def _run(connection: Connection, step: Callable[[Config, str], None], revision: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    step(config, revision)


async def check(database: Database) -> None:
    """Refuse a schema that is too old or too new.

    Raises:
        WrongSchema: with the command to run.
    """
    found = await current(database)
    if found == head():
        return
    if found is None or found in older():
        raise WrongSchema(
            f"The database has schema {found or 'none'}, this version needs {head()}. Run: interview-bot db upgrade"
        )
    raise WrongSchema(
        f"The database has schema {found}, which is newer than this version ({head()}). Upgrade interview-bot."
    )
