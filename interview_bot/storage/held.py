"""What only one process at a time may do, and the note that it leaves for the next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update

from interview_bot.storage import tables as t
from interview_bot.storage.queue import Connects
from interview_bot.storage.upsert import insert

LEASE = timedelta(seconds=15)
"""How long a holder is thought alive without a word."""


class Held:
    """Leases by name. A holder renews its own; anybody takes one whose time is up."""

    def __init__(self, database: Connects) -> None:
        """Lease from this database."""
        self._database = database

    async def take(self, name: str, holder: str, now: datetime) -> bool:
        """Take a lease or renew one's own; False while somebody else holds it."""
        row = {"name": name, "holder": holder, "until": now + LEASE}
        async with self._database.connect() as on:
            free = or_(t.held.c.holder == holder, t.held.c.until <= now)
            new = (
                insert(on.dialect.name, t.held)
                .values(row)
                .on_conflict_do_update(
                    index_elements=["name"], set_={"holder": holder, "until": row["until"]}, where=free
                )
            )
            return bool((await on.execute(new)).rowcount == 1)

    async def release(self, name: str, holder: str, now: datetime) -> None:
        """Give a lease back at once; nothing happens if it is somebody else's by now."""
        async with self._database.connect() as on:
            await on.execute(_own(name, holder).values(until=now))

    async def note(self, name: str) -> Mapping[str, Any]:
        """What the last holder wrote down; empty if nothing."""
        async with self._database.connect() as on:
            found = await on.scalar(select(t.held.c.note).where(t.held.c.name == name))
        return found or {}

    async def write(self, name: str, holder: str, note: Mapping[str, Any]) -> None:
        """Write something down for the next holder; nothing happens if the lease is somebody else's by now."""
        async with self._database.connect() as on:
            await on.execute(_own(name, holder).values(note=dict(note)))


def _own(name: str, holder: str) -> Any:
    return update(t.held).where(t.held.c.name == name, t.held.c.holder == holder)
