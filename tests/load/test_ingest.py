"""The benchmark of answers measures real processes, and leaves nothing behind."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import pytest
from sqlalchemy import func, select, text

from interview_bot.load.far import far_away
from interview_bot.storage import tables as t
from interview_bot.storage.database import open_database
from tests.databases import Postgres
from tests.processes import start

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(170)
async def test_a_short_run_tells_figures_and_leaves_nothing_in_the_database(
    server: Postgres, tmp_path: Path
) -> None:
    url, output = await server.migrated(), tmp_path / "ingest.md"
    command = [
        sys.executable, "-m", "interview_bot", "benchmark", "ingest", "--answers", "40", "--seconds", "0.5",
        "--latency", "5", "--output", str(output),
    ]  # fmt: skip
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=ROOT, capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "INTERVIEW_BOT_DATABASE_URL": url},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(output.with_suffix(".json").read_text())
    assert 0 < found["ratio"] < 1
    assert found["bare_a_second"] > found["answers_a_second"] > 0
    assert found["steady"]["p50"] >= 5  # one round trip of 5 ms
    assert 0 < found["cpu_ms"] < 100
    assert "ratio of the two" in output.read_text()
    database = open_database(url)
    async with database.connect() as on:
        for table in (t.team, t.candidate, t.interview, t.answer, t.delivery):
            assert await on.scalar(select(func.count()).select_from(table)) == 0, table.name
        assert (await on.scalars(select(t.job.c.kind))).all() == ["expire"]  # every bot's own
    await database.close()


async def test_sqlite_is_refused_in_one_line(sqlite_url: str, tmp_path: Path) -> None:
    home = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    process = start("benchmark", "ingest", "--database", sqlite_url, environment=home)
    assert await process.wait() == 1
    _, told = process.said()
    assert "wants PostgreSQL" in told
    assert "Traceback" not in told


async def test_a_database_that_is_put_far_away_is_the_same_one(server: Postgres) -> None:
    url = await server.migrated()
    async with far_away(url, 0.05) as far:
        database = open_database(far)
        async with database.connect() as on:
            begun = perf_counter()
            name = await on.scalar(text("SELECT current_database()"))
            assert perf_counter() - begun >= 0.05
        await database.close()
    assert name
    assert name in url
