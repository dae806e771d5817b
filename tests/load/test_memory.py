"""A process is small, and holds nothing of those whom it serves; what takes minutes runs with `make soak`."""

import asyncio
import os
import sys
from secrets import token_hex
from time import perf_counter

import pytest
from sqlalchemy import text

from interview_bot.load.ingest import sent
from interview_bot.load.people import Crowd, answer, command
from interview_bot.load.processes import Child, measures_of, started
from interview_bot.storage.database import open_database
from interview_bot.wiring import SystemClock
from tests.databases import Postgres

MIB = 1 << 20
SECONDS = float(os.environ.get("INTERVIEW_BOT_SOAK_SECONDS", "300"))
"""How long the soak takes; half an hour before a release."""
NEVER = "alembic cryptography cyclopts discord openai prompt_toolkit pygal re2 rich sqlalchemy.orm watchfiles"
"""What only the command line, workers, other platforms or many workspaces need."""


async def _analysed(url: str) -> None:
    database = open_database(url)
    async with database.connect() as on:
        await on.execute(text("ANALYZE"))
    await database.close()


def _crowd(child: Child) -> Crowd:
    return Crowd(f"{child.origin}/slack/events", child.secret, SystemClock())


async def _rss(child: Child) -> float:
    return (await measures_of(child)).rss / MIB


async def test_a_web_process_is_small_and_carries_nothing_that_it_does_not_use(server: Postgres) -> None:
    """What it must not import says more, when it fails, than the sum: 89 MiB with Python 3.11."""
    code = (
        "import sys, interview_bot.cli; from interview_bot.wiring.slack import slack;"
        "from interview_bot.storage.database import open_database as o; o('postgresql://localhost/x');"
        f"print(*sorted(set(sys.modules) & set({NEVER!r}.split())))"
    )
    asked = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    told, _ = await asked.communicate()
    assert (asked.returncode, told.decode().strip()) == (0, "")
    async with started("web", await server.migrated()) as child:
        rss = await _rss(child)
    print(f"{rss:.1f} MiB")
    assert rss < 90


@pytest.mark.soak
@pytest.mark.timeout(900)
async def test_ten_thousand_open_interviews_leave_a_process_as_small_as_it_was(server: Postgres) -> None:
    url, team = await server.migrated(), f"T{token_hex(6).upper()}"
    async with started("web", url) as child:
        await sent(_crowd(child), [command(team, number, "docker 1") for number in range(1_000)], 16)
        await _analysed(url)
        before = await _rss(child)
        await sent(_crowd(child), [command(team, number, "docker 1") for number in range(1_000, 11_000)], 16)
        after = await _rss(child)
    print(f"{before:.1f} MiB with 1,000 open interviews, {after:.1f} MiB with 11,000")
    assert after - before < 20


@pytest.mark.soak
@pytest.mark.timeout(7_200)
async def test_a_process_under_load_does_not_grow(server: Postgres) -> None:
    """The same people start, answer and stop, over and over; the slope is that of the second half."""
    url, team = await server.migrated(), f"T{token_hex(6).upper()}"
    seen: list[tuple[float, float]] = []
    async with started("web", url) as child:
        begun, number = perf_counter(), 0
        while perf_counter() - begun < SECONDS:
            people, time = range(number % 200, number % 200 + 50), number // 200
            for step in ("docker 1", "", "hint", "progress", "stop"):
                told = [
                    command(team, one, step, time)
                    if step
                    else answer(team, one, f"It shares the kernel, {time}.", time)
                    for one in people
                ]
                await sent(_crowd(child), told, 4)
            if number == 500:
                await _analysed(url)
            number += 50
            seen.append((perf_counter() - begun, await _rss(child)))
            await asyncio.sleep(0.1)
    half = seen[len(seen) // 2 :]
    mean_at, mean = (sum(column) / len(half) for column in zip(*half, strict=True))
    slope = sum((at - mean_at) * (rss - mean) for at, rss in half) / sum(
        (at - mean_at) ** 2 for at, _ in half
    )
    print(f"{number} sittings in {SECONDS:.0f} s, {seen[-1][1]:.1f} MiB, {slope * 3600:.2f} MiB an hour")
    assert slope * 3600 < 2
