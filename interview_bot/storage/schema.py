"""Brings a database to the schema that this version needs, and refuses to run on another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from interview_bot.core.errors import WrongSchema
from interview_bot.storage.database import Database

Step = Callable[[Config, str], None]


def _config() -> Config:
    """Where the migrations are: inside the package once installed, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    shipped = package / "_data" / "migrations"
    config = Config()
    config.set_main_option("path_separator", "os")
    # A percent sign would be read as the start of a blank.
    folder = str(shipped if shipped.is_dir() else package.parent / "migrations").replace("%", "%%")
    config.set_main_option("script_location", folder)
    return config


def head() -> str:
    """The newest revision that this version knows."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def older() -> frozenset[str]:
    """The revisions that this version can migrate from."""
    revisions = ScriptDirectory.from_config(_config()).walk_revisions()
    return frozenset(one.revision for one in revisions) - {head()}


async def current(database: Database) -> str | None:
    """The revision that the database has, None when it is empty."""
    async with database.connect() as connection:
        return await connection.run_sync(_revision)


async def upgrade(database: Database, revision: str = "head") -> None:
    """Run the migrations up to a revision, all in one transaction; two that start at once run one after the other.

    Raises:
        DatabaseUnreachable: the database does not answer.
        WrongSchema: the database is newer than this version.
    """
    async with database.migrating() as connection:
        await connection.run_sync(_run, command.upgrade, revision)


async def downgrade(database: Database, revision: str) -> None:
    """Run the migrations back to a revision, all in one transaction.

    Raises:
        DatabaseUnreachable: the database does not answer.
        WrongSchema: the database is newer than this version.
    """
    async with database.migrating() as connection:
        await connection.run_sync(_run, command.downgrade, revision)


async def check(database: Database) -> None:
    """Refuse a schema that is too old or too new.

    Raises:
        DatabaseUnreachable: the database does not answer.
        WrongSchema: with the command to run.
    """
    found = await current(database)
    if found is None or found in older():
        raise WrongSchema(
            f"The database has schema {found or 'none'}, this version needs {head()}. Run: interview-bot db upgrade"
        )
    _refuse_newer(found)


def _revision(on: Connection) -> str | None:
    return MigrationContext.configure(on).get_current_revision()


def _refuse_newer(found: str | None) -> None:
    if found is not None and found != head() and found not in older():
        raise WrongSchema(
            f"The database has schema {found}, which is newer than this version knows ({head()}). "
            "Install the newer interview-bot; `interview-bot db upgrade` cannot go back."
        )


def _run(on: Connection, step: Step, revision: str) -> None:
    if on.dialect.name == "postgresql":
        # Until the end of the transaction; the number is ours alone: "ib" and a running number.
        on.exec_driver_sql("SELECT pg_advisory_xact_lock(26978, 1)")
    _refuse_newer(_revision(on))
    config = _config()
    config.attributes["connection"] = on
    step(config, revision)
    if on.dialect.name == "sqlite":
        lost = on.exec_driver_sql("PRAGMA foreign_key_check").all()
        if lost:
            raise RuntimeError(f"the migration left {len(lost)} rows that refer to nothing, first: {lost[0]}")
