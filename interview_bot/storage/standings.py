"""Keeps standings: folded anew for a candidate after each grade, read by boards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from interview_bot.core.interview import Part, Who
from interview_bot.core.standings import Attempt, Board, Period, Rank, Standing, fold, key_of, keys_of
from interview_bot.storage import tables as t
from interview_bot.storage.upsert import insert

Key = tuple[str, str]
_ROW = t.standing.c


class SqlStandings:
    """The core's `Standings` on a connection with an open transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Work on this connection."""
        self._on = connection

    async def settle(self, who: Who, slug: str) -> None:
        """Fold a candidate's attempts anew into the standings of all periods in which the question was answered."""
        attempts = await self._attempts(who)
        periods = {key for one in attempts if one.slug == slug for key in keys_of(one.at)}
        await self._write(who, {key: one for key, one in fold(attempts).items() if key[0] in periods})

    async def board(self, who: Who, period: Period, topic: str, at: datetime, limit: int) -> Board:
        """A team's best of a period and topic (empty: all topics); hidden people are left out."""
        here = (_ROW.team_id == who.team, _ROW.period == key_of(period, at), _ROW.topic == topic)
        best = _shown().where(*here).order_by(_ROW.points.desc(), t.candidate.c.name, t.candidate.c.id)
        rows = (await self._on.execute(best.limit(limit))).all()
        places = [1]
        for number, (above, below) in enumerate(pairwise(rows), 2):
            places.append(places[-1] if above.points == below.points else number)
        ranks = tuple(Rank(place, *row) for place, row in zip(places, rows, strict=False))
        own = next((one for one in ranks if one.candidate == who.candidate), None)
        return Board(ranks, own or await self._own(who, here))

    async def _own(self, who: Who, here: tuple[Any, ...]) -> Rank | None:
        row = (await self._on.execute(_shown().where(*here, _ROW.candidate_id == who.candidate))).first()
        if row is None:
            return None
        better = select(func.count()).select_from(t.standing.join(t.candidate))
        above = await self._on.execute(better.where(*here, ~t.candidate.c.hidden, _ROW.points > row.points))
        return Rank(above.scalar_one() + 1, *row)

    async def verify(self, *, repair: bool = False) -> Sequence[str]:
        """Fold every candidate's answers again and compare; one line for each standing that differs."""
        wrong: list[str] = []
        for team, candidate in (
            await self._on.execute(select(t.candidate.c.team_id, t.candidate.c.id))
        ).all():
            who = Who(team, candidate)
            folded, kept = fold(await self._attempts(who)), await self._kept(who)
            for key in sorted({*folded, *kept}):
                if folded.get(key) != kept.get(key):
                    period, topic = key
                    names = f"{team} {candidate} {period} {topic or 'every topic'}"
                    wrong.append(f"{names}: kept {_told(kept.get(key))}, expected {_told(folded.get(key))}")
            if repair and folded != kept:
                await self._on.execute(delete(t.standing).where(*_of(who)))
                await self._write(who, folded)
        return wrong

    async def _attempts(self, who: Who) -> Sequence[Attempt]:
        query = (
            select(t.turn.c.slug, t.turn.c.topic, t.turn.c.points, t.answer.c.received_at)
            .join(t.interview, t.interview.c.id == t.turn.c.interview_id)
            .join(t.answer, (t.answer.c.turn_id == t.turn.c.id) & (t.answer.c.part == Part.MAIN.value))
            .where(t.interview.c.team_id == who.team, t.interview.c.candidate_id == who.candidate)
            .where(t.turn.c.points.is_not(None))
        )
        return [Attempt(*row) for row in await self._on.execute(query)]

    async def _kept(self, who: Who) -> Mapping[Key, Standing]:
        query = select(_ROW.period, _ROW.topic, _ROW.points, _ROW.answered).where(*_of(who))
        return {
            (row.period, row.topic): Standing(row.points, row.answered)
            for row in await self._on.execute(query)
        }

    async def _write(self, who: Who, folded: Mapping[Key, Standing]) -> None:
        rows = [
            {"team_id": who.team, "candidate_id": who.candidate, "period": period, "topic": topic}
            | one._asdict()
            for (period, topic), one in folded.items()
        ]
        if not rows:
            return
        row = insert(self._on, t.standing)
        new = {"points": row.excluded.points, "answered": row.excluded.answered}
        keys = ["team_id", "period", "topic", "candidate_id"]
        changed = (_ROW.points != row.excluded.points) | (_ROW.answered != row.excluded.answered)
        await self._on.execute(
            row.values(rows).on_conflict_do_update(index_elements=keys, set_=new, where=changed)
        )


def _shown() -> Select[Any, Any, Any, Any]:
    return (
        select(t.candidate.c.id, t.candidate.c.name, _ROW.points, _ROW.answered)
        .select_from(t.standing.join(t.candidate))
        .where(~t.candidate.c.hidden)
    )


def _of(who: Who) -> tuple[Any, ...]:
    return (_ROW.team_id == who.team, _ROW.candidate_id == who.candidate)


def _told(standing: Standing | None) -> str:
    return f"{standing.points} points of {standing.answered}" if standing else "nothing"
