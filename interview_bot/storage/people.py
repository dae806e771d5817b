"""Keeps what teams set for themselves, and what platforms tell of people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update

from interview_bot.core.interview import Who
from interview_bot.core.records import People, Profile, Settings, TeamSettings
from interview_bot.storage import tables as t
from interview_bot.storage.transaction import Transaction


class SqlSettings(Settings):
    """The core's `Settings` on a connection with an open transaction."""

    def __init__(self, on: Transaction) -> None:
        """Work in this transaction."""
        self._on = on

    async def of(self, team: str) -> TeamSettings:
        """A team's settings."""
        row = t.team_setting.c
        mine = select(row.name, row.value).where(row.team_id == team, row.name.in_(TeamSettings._fields))
        return TeamSettings(**{one.name: one.value for one in (await self._on.execute(mine)).all()})

    async def kept_shorter(self) -> Mapping[str, int]:
        """The teams that set for how many days the words of their answers are kept."""
        row = t.team_setting.c
        told = select(row.team_id, row.value).where(row.name == "keep_days")
        return {one.team_id: int(one.value) for one in (await self._on.execute(told)).all()}

    async def put(self, by: Who, name: str, value: object, at: datetime) -> None:
        """Set one of them for the team of `by` (None: as the operator has it), with a line in the audit log."""
        row = t.team_setting.c
        await self._on.execute(delete(t.team_setting).where(row.team_id == by.team, row.name == name))
        if value is not None:
            await self._on.execute(t.team_setting.insert().values(team_id=by.team, name=name, value=value))
        told = {"team_id": by.team, "by": by.candidate, "what": name, "detail": {"value": value}, "at": at}
        await self._on.execute(t.audit.insert().values(told))


class SqlPeople(People):
    """The core's `People` on a connection with an open transaction."""

    def __init__(self, on: Transaction) -> None:
        """Work in this transaction."""
        self._on = on

    async def known(self, who: Who) -> Profile | None:
        """What was told of a person, or None."""
        row = t.candidate.c
        told = select(row.language, row.may_manage, row.told_at).where(*_is(who), row.told_at.is_not(None))
        found = (await self._on.execute(told)).first()
        return Profile(*found) if found else None

    async def learn(self, who: Who, profile: Profile) -> None:
        """Keep what was told of a person who is known; nothing happens to one who was deleted."""
        new = {"language": profile.language, "may_manage": profile.may_manage, "told_at": profile.at}
        await self._on.execute(update(t.candidate).where(*_is(who)).values(new))


def _is(who: Who) -> tuple[ColumnElement[bool], ...]:
    return (t.candidate.c.team_id == who.team, t.candidate.c.id == who.candidate)
