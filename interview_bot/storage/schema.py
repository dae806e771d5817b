"""Which schema this version needs; it refuses to run on another. `migrate` brings a database there."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from interview_bot.core.errors import WrongSchema

if TYPE_CHECKING:
    from interview_bot.storage.database import Database

_FILE = re.compile(r"(\d{4})_\w+\.py")
_TABLE = "alembic_version"


def folder() -> Path:
    """Where the migrations are: inside the package once installed, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    shipped = package / "_data" / "migrations"
    return shipped if shipped.is_dir() else package.parent / "migrations"


@cache
def known() -> tuple[str, ...]:
    """All revisions that this version knows, oldest first; each is the number that its file's name begins with."""
    names = (_FILE.fullmatch(path.name) for path in (folder() / "versions").iterdir())
    return tuple(sorted(name[1] for name in names if name))


def head() -> str:
    """The newest revision that this version knows, which is the one it needs."""
    return known()[-1]


def older() -> frozenset[str]:
    """The revisions that this version can migrate from."""
    return frozenset(known()) - {head()}


async def current(database: Database) -> str | None:
    """The revision that the database has, None when it is empty."""
    async with database.connect() as connection:
        return await connection.run_sync(revision)


async def check(database: Database) -> None:
    """Refuse a schema that is too old or too new.

    One newer is fine: a release only adds to the schema what the release before can live with, so that both can run
    while one takes the other's place.

    Raises:
        DatabaseUnreachable: the database does not answer.
        WrongSchema: with the command to run.
    """
    found = await current(database)
    if found is None or found in older():
        raise WrongSchema(
            f"The database has schema {found or 'none'}, this version needs {head()}. Run: interview-bot db upgrade"
        )
    if found != _next():
        refuse_newer(found)


def revision(on: Connection) -> str | None:
    """The revision of the database behind a connection, None when it is empty."""
    if not inspect(on).has_table(_TABLE):
        return None
    return on.scalar(text(f"SELECT version_num FROM {_TABLE}"))  # noqa: S608  (a name of our own)


def refuse_newer(found: str | None) -> None:
    """Refuse a schema that this version does not know.

    Raises:
        WrongSchema: with what to do.
    """
    if found is not None and found not in known():
        raise WrongSchema(
            f"The database has schema {found}, which is newer than this version knows ({head()}). "
            "Install the newer interview-bot; `interview-bot db upgrade` cannot go back."
        )


def _next() -> str:
    return f"{int(head()) + 1:04}"
