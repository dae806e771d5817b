"""Measures how long Slack waits for an acknowledgement: python benchmarks/slack_ack.py [seconds] [rate]

The real program as two processes, one that acknowledges and one that works, PostgreSQL that writes through to the disk, signed requests over HTTP at a steady rate, the fake
Slack and the senders on the same machine. Writes benchmarks/slack_ack.json.
"""

import asyncio
import gc
import json
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from interview_bot.platforms.slack.manifest import EVENTS, scopes
from tests.databases import own_server
from tests.fakes.slack import FakeSlack
from tests.platforms.slack_load import load, meet, people_of
from tests.platforms.slack_process import Stage, write_bank

OUT = Path(__file__).with_suffix(".json")
RATE = 100.0
"""Requests a second, unless told."""
WARM = 10.0
"""Seconds of half that rate before anything is measured."""


async def analysed(url: str) -> None:
    """Have PostgreSQL look at its tables, as it does by itself every minute; until then it plans for empty ones."""
    connection = await asyncpg.connect(url)
    await connection.execute("ANALYZE")
    await connection.close()


async def measure(url: str, server: str, seconds: float, rate: float) -> dict[str, object]:
    """One run; how busy the machine was before is told too, for others may share it."""
    connection = await asyncpg.connect(server)
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        await connection.execute(f"ALTER SYSTEM SET {setting} = on")
    await connection.execute("SELECT pg_reload_conf()")
    version = await connection.fetchval("SHOW server_version")
    await connection.close()
    with tempfile.TemporaryDirectory() as folder:
        async with FakeSlack(scopes=scopes(), events=EVENTS) as slack:
            stage = Stage(slack, url, write_bank(Path(folder) / "bank"))
            async with stage.served("web") as served, stage.served("worker"):
                people = people_of(slack, served.url)
                await meet(people)
                await load(slack, people, WARM, rate / 2)
                await analysed(url)
                await asyncio.sleep(3)
                before = os.getloadavg()[0]
                # Everything that the stand-in ever heard lives here: a collection would stop the senders for 0.13 s,
                # and a dozen requests would come at once.
                gc.disable()
                found = await load(slack, people, seconds, rate)
                gc.enable()
    kinds = {kind: len(one) for kind, one in found.seconds.items()}
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "seconds": seconds,
        "rate": rate,
        "lost": len(found.lost),
        "requests": kinds,
        "all": {name: round(found.at(share), 1) for name, share in shares.items()},
        **{kind: {name: round(found.at(share, kind), 1) for name, share in shares.items()} for kind in kinds},
        "machine": f"{os.cpu_count()} cores, {platform.system()}, load {before:.1f} before the run",
        "database": f"PostgreSQL {version}, fsync on",
    }


async def main() -> None:
    """Measure and write down."""
    with own_server() as server:
        url = await server.migrated()
        seconds, rate = (float(one) for one in (*sys.argv[1:3], *("60", str(RATE))[len(sys.argv) - 1 :]))
        told = await measure(url, server.url, seconds, rate)
    OUT.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    asyncio.run(main())
