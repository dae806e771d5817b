"""Keeps reminders: one row for each person who ever set one."""

from __future__ import annotations

from datetime import time

from sqlalchemy import bindparam, select

from interview_bot.core.interview import Who
from interview_bot.core.reminder import Reminder, Reminders
from interview_bot.storage import tables as t
from interview_bot.storage.transaction import Transaction
from interview_bot.storage.upsert import insert

_ROW = t.reminder.c


class SqlReminders(Reminders):
    """The core's `Reminders` on a connection with an open transaction."""

    def __init__(self, on: Transaction) -> None:
        """Work in this transaction."""
        self._on = on

    async def of(self, who: Who) -> Reminder | None:
        """A person's reminder, also one that is switched off; None if there never was one."""
        asked = {"team": who.team, "candidate": who.candidate}
        row = (await self._on.execute(_OF, asked)).mappings().first()
        if row is None:
            return None
        return Reminder(
            Who(row["team_id"], row["candidate_id"], row["name"], row["language"]),
            time.fromisoformat(row["at"]),
            row["zone"],
            (time.fromisoformat(row["quiet_from"]), time.fromisoformat(row["quiet_to"])),
            row["address"],
            row["version"],
            bool(row["on"]),
        )

    async def put(self, reminder: Reminder) -> None:
        """Keep a person's reminder."""
        values = {
            "at": reminder.at.isoformat("minutes"),
            "zone": reminder.zone,
            "quiet_from": reminder.quiet[0].isoformat("minutes"),
            "quiet_to": reminder.quiet[1].isoformat("minutes"),
            "address": dict(reminder.address),
            "version": reminder.version,
            "on": reminder.on,
        }
        who = {"team_id": reminder.who.team, "candidate_id": reminder.who.candidate}
        row = insert(self._on.dialect.name, t.reminder).values(**who, **values)
        await self._on.execute(row.on_conflict_do_update(index_elements=list(who), set_=values))


_OF = (
    select(t.reminder, t.candidate.c.name, t.candidate.c.language)
    .join(t.candidate)
    .where(_ROW.team_id == bindparam("team"), _ROW.candidate_id == bindparam("candidate"))
)
