"""A database that does not answer is told in one line; a mistake of ours is not hidden behind it."""

from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from interview_bot.core.errors import BadSetting, DatabaseUnreachable
from interview_bot.storage.address import address
from interview_bot.storage.database import Database, open_database
from tests.databases import Postgres
from tests.storage.sittings import ANN


async def line_about(url: str) -> str:
    async def ask() -> None:
        database = open_database(url)
        try:
            async with database.begin() as work:
                await work.answered(ANN)
        finally:
            await database.close()

    with pytest.raises(DatabaseUnreachable) as caught:
        await ask()
    line = str(caught.value)
    assert "geheim" not in line
    assert "\n" not in line
    return line


@pytest.mark.parametrize(
    ("url", "why"),
    [
        (
            "postgresql://me:geheim@127.0.0.1:1/none",
            "me@127.0.0.1:1/none does not answer: connection refused",
        ),
        ("postgres://me@127.0.0.1:1/none?password=geheim&sslmode=require", "connection refused"),
        ("postgresql://me:geheim@/none?host=/tmp/no-socket-here", "No such file or directory"),
        ("sqlite:////proc/nowhere/test.db", "cannot be made: No such file or directory"),
        ("sqlite:////proc/test.db", "/proc/test.db does not answer: unable to open database file"),
        ("sqlite:////tmp", "/tmp does not answer: unable to open database file"),
    ],
)
async def test_an_unreachable_database_is_one_line_without_the_password(url: str, why: str) -> None:
    assert why in await line_about(url)


async def test_a_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "test.db").write_bytes(b"Dear diary, " * 100)
    assert (await line_about(f"sqlite:///{tmp_path}/test.db")).endswith("file is not a database")


async def test_a_server_that_does_not_know_the_database_or_the_user_is_said_so(server: Postgres) -> None:
    unknown = address(server.url).set(drivername="postgresql", database="nonesuch")
    line = await line_about(unknown.render_as_string(hide_password=False))
    assert line.endswith('database "nonesuch" does not exist')
    stranger = address(server.url).set(drivername="postgresql", username="stranger", password="geheim")
    assert "stranger" in await line_about(stranger.render_as_string(hide_password=False))


async def test_a_statement_that_takes_too_long_is_an_unreachable_database(server: Postgres) -> None:
    database = open_database(server.url)
    slow = "SET LOCAL statement_timeout = 10", "SELECT pg_sleep(5)"

    async def run() -> None:
        async with database.connect() as on:
            for statement in slow:
                await on.exec_driver_sql(statement)

    with pytest.raises(DatabaseUnreachable, match="statement timeout"):
        await run()
    await database.close()


async def test_connections_that_the_server_closed_are_replaced_unseen(server: Postgres) -> None:
    url = await server.migrated()
    database, other = open_database(url), open_database(url)
    async with database.begin() as work:
        assert await work.answered(ANN) == []
    async with other.connect() as on:
        await on.exec_driver_sql(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    async with database.begin() as work:
        assert await work.answered(ANN) == []
    await database.close()
    await other.close()


async def test_a_mistake_in_a_statement_is_not_an_unreachable_database(database: Database) -> None:
    with pytest.raises(DBAPIError, match="no_such_table"):
        async with database.connect() as on:
            await on.exec_driver_sql("SELECT * FROM no_such_table")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mysql://localhost/x", "names mysql"),
        ("nonsense", "is no database URL"),
        ("postgresql://localhost:port/x", "is no database URL"),
        ("postgresql://localhost/x?sslmode=maybe", "has an unknown sslmode"),
        ("postgresql://localhost/x?colour=red", "has the option colour"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_with_what_is_expected(url: str, why: str) -> None:
    with pytest.raises(BadSetting, match=f"INTERVIEW_BOT_DATABASE_URL {why}.*expected"):
        open_database(url)


def test_urls_as_hosting_companies_write_them_are_understood() -> None:
    url = address("postgres://me:pw@db.example.com/x?sslmode=require&channel_binding=require")
    assert url.render_as_string(hide_password=False) == (
        "postgresql+asyncpg://me:pw@db.example.com/x?ssl=require"
    )
