"""Keeps mastery: one row for each criterion that a candidate was graded on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from interview_bot.core.grades import Verdict
from interview_bot.core.interview import Turn, Who
from interview_bot.core.mastery import Due, Known, review
from interview_bot.storage import tables as t
from interview_bot.storage.upsert import insert

_ROW = t.mastery.c


class SqlMemory:
    """The core's `Memory` on a connection with an open transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Work on this connection."""
        self._on = connection

    async def rate(self, who: Who, turn: Turn, at: datetime) -> None:
        """Remember how each criterion of a graded turn was heard, and when it is due again."""
        query = select(_ROW.criterion, _ROW.card).where(*_of(who), _ROW.slug == turn.question.slug)
        before = {row.criterion: row.card for row in await self._on.execute(query)}
        rows = [
            {"team_id": who.team, "candidate_id": who.candidate}
            | one._asdict()
            | {"verdict": one.verdict.value, "card": dict(one.card)}
            for one in review(turn, before, at)
        ]
        if not rows:
            return
        row = insert(self._on, t.mastery)
        new = {name: row.excluded[name] for name in ("topic", "verdict", "card", "due_at")}
        keys = ["team_id", "candidate_id", "slug", "criterion"]
        await self._on.execute(row.values(rows).on_conflict_do_update(index_elements=keys, set_=new))

    async def due(self, who: Who, at: datetime) -> Sequence[Due]:
        """Questions with criteria that were not met the last time and are due, most of them first."""
        many = func.count()
        query = (
            select(_ROW.slug, many)
            .where(*_of(who), _ROW.due_at <= at, _ROW.verdict != Verdict.MET.value)
            .group_by(_ROW.slug)
            .order_by(many.desc(), func.min(_ROW.due_at), _ROW.slug)
        )
        return [Due(*row) for row in await self._on.execute(query)]

    async def known(self, who: Who, at: datetime) -> Sequence[Known]:
        """Mastery by topic."""
        met = func.sum(case((_ROW.verdict == Verdict.MET.value, 1), else_=0))
        due = func.sum(case(((_ROW.due_at <= at) & (_ROW.verdict != Verdict.MET.value), 1), else_=0))
        query = select(_ROW.topic, func.count(), met, due).where(*_of(who)).group_by(_ROW.topic)
        return [Known(row[0], row[1], int(row[2]), int(row[3])) for row in await self._on.execute(query)]


def _of(who: Who) -> tuple[Any, ...]:
    return (_ROW.team_id == who.team, _ROW.candidate_id == who.candidate)
