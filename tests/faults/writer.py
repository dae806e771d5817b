"""A process that writes to a database as fast as it can, and says in a file what was committed."""

from __future__ import annotations

import asyncio
import os
import sys
from uuid import uuid4

from sqlalchemy import text

from interview_bot.storage.database import Database, open_database

PAD = "x" * 2_000


async def write(database: Database, writer: str, until: int, said: int) -> None:
    """Read a number and write it one higher, so often; each time a row of its own goes with it."""
    for step in range(until):
        name = f"{writer}.{step}.{uuid4().hex[:8]}"
        async with database.connect() as on:
            number = await on.scalar(text("SELECT number FROM counted"))
            await on.execute(text("UPDATE counted SET number = :new"), {"new": int(number or 0) + 1})
            await on.execute(text("INSERT INTO written VALUES (:name, :pad)"), {"name": name, "pad": PAD})
        os.write(said, f"{name}\n".encode())


async def work(url: str, file: str, writers: int, until: int) -> None:
    """So many writers at once."""
    said = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    database = open_database(url)
    async with asyncio.TaskGroup() as group:
        for writer in range(writers):
            group.create_task(write(database, f"{os.getpid()}.{writer}", until, said))
    await database.close()
    os.write(said, b"done\n")


def main() -> None:
    """Write to a database: its URL, the file to say it in, writers, and steps of each."""
    url, file, writers, until = sys.argv[1:]
    asyncio.run(work(url, file, int(writers), int(until)))
