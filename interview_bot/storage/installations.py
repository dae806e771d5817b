"""Keeps Slack's installations, sealed: whoever reads the database alone reads no token."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import and_, delete, or_, select

from interview_bot.core.errors import BadSetting
from interview_bot.storage import tables as t
from interview_bot.storage.queue import Connects
from interview_bot.storage.upsert import insert

_ROW = t.slack_installation.c


class Installations:
    """One row for each workspace, and for each organisation that has the app in all of its own."""

    def __init__(self, database: Connects, keys: Sequence[str]) -> None:
        """Seal with the first key, open with any.

        Raises:
            BadSetting: a key is none.
        """
        self._database = database
        try:
            self._seal = MultiFernet([Fernet(one.strip()) for one in keys])
        except ValueError:
            raise BadSetting(
                "INTERVIEW_BOT_TOKEN_KEYS: expected keys of 32 bytes in URL-safe base64, one or more with commas between; "
                "make one with: head -c 32 /dev/urandom | base64 | tr '+/' '-_'"
            ) from None

    async def put(self, place: tuple[str, str], kept: Mapping[str, Any], at: datetime) -> None:
        """Keep an installation in the place of the one before."""
        enterprise, team = place
        values = {"sealed": self._seal.encrypt(json.dumps(kept).encode()).decode(), "installed_at": at}
        async with self._database.connect() as on:
            row = insert(on.dialect.name, t.slack_installation).values(
                enterprise_id=enterprise, team_id=team, **values
            )
            await on.execute(
                row.on_conflict_do_update(index_elements=["enterprise_id", "team_id"], set_=values)
            )

    async def get(self, enterprise: str, team: str) -> Mapping[str, Any] | None:
        """The installation of a team, else of its whole organisation, or None.

        Raises:
            BadSetting: no key opens it.
        """
        own = and_(_ROW.team_id == team, _ROW.team_id != "")
        whole = and_(_ROW.enterprise_id == enterprise, _ROW.enterprise_id != "", _ROW.team_id == "")
        query = select(_ROW.sealed).where(or_(own, whole)).order_by(_ROW.team_id.desc()).limit(1)
        async with self._database.connect() as on:
            sealed = await on.scalar(query)
        if sealed is None:
            return None
        try:
            return json.loads(self._seal.decrypt(sealed.encode()))
        except InvalidToken:
            raise BadSetting(
                f"INTERVIEW_BOT_TOKEN_KEYS: no key opens the token of {team or enterprise}; add the key that sealed it, "
                "or install the app there again"
            ) from None

    async def reach(self, enterprise: str, team: str) -> None:
        """Remember that an organisation's installation serves a workspace."""
        async with self._database.connect() as on:
            row = insert(on.dialect.name, t.slack_reach).values(enterprise_id=enterprise, team_id=team)
            await on.execute(row.on_conflict_do_nothing())

    async def reached(self, enterprise: str) -> Sequence[str]:
        """The workspaces that an organisation's installation served; but those with one of their own."""
        own = select(_ROW.team_id)
        reach = t.slack_reach.c
        query = select(reach.team_id).where(reach.enterprise_id == enterprise, reach.team_id.not_in(own))
        async with self._database.connect() as on:
            return list(await on.scalars(query.order_by(reach.team_id)))

    async def drop(self, place: tuple[str, str], before: datetime) -> None:
        """Forget an installation, unless it is newer."""
        enterprise, team = place
        mine = _ROW.team_id == team if team else and_(_ROW.enterprise_id == enterprise, _ROW.team_id == "")
        async with self._database.connect() as on:
            await on.execute(delete(t.slack_installation).where(mine, _ROW.installed_at <= before))
