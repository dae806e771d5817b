"""Keeps standings: folded anew for a candidate after each grade, read by boards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, bindparam, case, cast, delete, exists, func, null, select, union_all

from interview_bot.core.interview import Part, Turn, Who
from interview_bot.core.standings import (
    ENOUGH_ANSWERS,
    EVERY_TOPIC,
    SHARE_CAP,
    Attempt,
    Board,
    Gain,
    Period,
    Rank,
    Standing,
    Together,
    fold,
    key_before,
    key_of,
    keys_of,
)
from interview_bot.core.suggestion import Draft, Suggestion
from interview_bot.storage import tables as t
from interview_bot.storage.transaction import Transaction, Write
from interview_bot.storage.upsert import insert, insert_given

Key = tuple[str, str]
_ROW = t.standing.c
_HIDDEN = t.candidate.c.hidden
"""As an index on a part of a table wants it: bare."""


class SqlStandings:
    """The core's `Standings` on a connection with an open transaction."""

    def __init__(self, on: Transaction) -> None:
        """Work in this transaction."""
        self._on = on

    async def settle(self, who: Who, turn: Turn) -> None:
        """Fold a candidate's attempts anew into the standings of all periods in which the turn's question was answered."""
        await self._on.execute(_ONE_AFTER_ANOTHER, {"team": who.team, "candidate": who.candidate})
        self.fold_in(who, turn, await self.attempts(who, turn))

    def fold_in(self, who: Who, turn: Turn, attempts: Sequence[Attempt]) -> None:
        """The same where the attempts are known."""
        periods = {key for one in attempts if one.slug == turn.question.slug for key in keys_of(one.at)}
        self._write(who, {key: one for key, one in fold(attempts).items() if key[0] in periods})

    async def board(self, who: Who, period: Period, topic: str, at: datetime, limit: int) -> Board:
        """A team's best of a period and topic (empty: all topics); hidden people are left out."""
        asked = {"team": who.team, "period": key_of(period, at), "topic": topic}
        rows = (await self._on.execute(_BOARD, asked | {"own": who.candidate, "most": limit})).all()
        own = next((_rank(row.above + 1, row) for row in rows if row.above is not None), None)
        ranks: list[Rank] = []
        for row in sorted((row for row in rows if row.above is None), key=lambda row: -row.points):
            ties = bool(ranks) and ranks[-1].points == row.points
            ranks.append(_rank(ranks[-1].place if ties else len(ranks) + 1, row))
        ranks.sort(key=lambda one: (one.place, one.name, one.candidate))
        return Board(tuple(ranks), own)

    async def gains(self, who: Who, period: Period, at: datetime, limit: int) -> Sequence[Gain]:
        """Who of a team has more points a question than in the period before, most gained first."""
        old = t.standing.alias()
        same = (old.c.team_id == _ROW.team_id) & (old.c.candidate_id == _ROW.candidate_id)
        before, now = 1.0 * old.c.points / old.c.answered, 1.0 * _ROW.points / _ROW.answered
        query = (
            select(t.candidate.c.id, t.candidate.c.name, before, now)
            .select_from(t.standing.join(t.candidate).join(old, same))
            .where(_ROW.team_id == who.team, _ROW.period == key_of(period, at), _ROW.topic == EVERY_TOPIC)
            .where(old.c.period == key_before(period, at), old.c.topic == EVERY_TOPIC, ~_HIDDEN)
            .where(_ROW.answered >= ENOUGH_ANSWERS, old.c.answered >= ENOUGH_ANSWERS, now > before)
            .order_by((now - before).desc(), t.candidate.c.name, t.candidate.c.id)
        )
        return [Gain(*row) for row in await self._on.execute(query.limit(limit))]

    async def together(self, who: Who, period: Period, at: datetime) -> Together:
        """What a team has together; hidden people count, for nobody is named."""
        return Together(
            *await self._sum(who, period, key_of(period, at)),
            *await self._sum(who, period, key_before(period, at)),
        )

    async def _sum(self, who: Who, period: Period, key: str) -> tuple[int, int]:
        most = SHARE_CAP.get(period)
        capped = case((_ROW.points > most, most), else_=_ROW.points) if most else _ROW.points
        query = select(func.coalesce(func.sum(capped), 0), func.count())
        here = (_ROW.team_id == who.team, _ROW.period == key, _ROW.topic == EVERY_TOPIC)
        points, people = (await self._on.execute(query.where(*here))).one()
        return int(points), people

    async def verify(self, *, repair: bool = False) -> Sequence[str]:
        """Fold every candidate's answers again and compare; one line for each standing that differs."""
        wrong: list[str] = []
        for team, candidate in (
            await self._on.execute(select(t.candidate.c.team_id, t.candidate.c.id))
        ).all():
            who = Who(team, candidate)
            folded, kept = fold(await self.attempts(who)), await self._kept(who)
            for key in sorted({*folded, *kept}):
                if folded.get(key) != kept.get(key):
                    period, topic = key
                    names = f"{team} {candidate} {period} {topic or 'every topic'}"
                    wrong.append(f"{names}: kept {_told(kept.get(key))}, expected {_told(folded.get(key))}")
            if repair and folded != kept:
                await self._on.execute(delete(t.standing).where(*_of(who)))
                self._write(who, folded)
        return wrong

    async def attempts(self, who: Who, now: Turn | None = None) -> Sequence[Attempt]:
        """A candidate's graded answers, but for those to questions of their own: to answer them is no feat.

        `now` is a turn whose points are not written yet.
        """
        rows = (await self._on.execute(_ATTEMPTS, {"team": who.team, "candidate": who.candidate})).all()
        points = {row.turn: row.points for row in rows}
        if now is not None:
            points[now.id] = now.points
        own = await self._suggested(who) if rows and rows[0].suggests else frozenset[str]()
        return [
            Attempt(row.slug, row.topic, points[row.turn], row.at)
            for row in rows
            if points[row.turn] is not None and row.slug not in own
        ]

    async def _suggested(self, who: Who) -> frozenset[str]:
        """The questions that somebody wrote."""
        found = await self._on.execute(_SUGGESTED, {"team": who.team, "candidate": who.candidate})
        return frozenset(Suggestion(one.id, who, Draft(**one.draft), {}, one.at).slug for one in found)

    async def _kept(self, who: Who) -> Mapping[Key, Standing]:
        query = select(_ROW.period, _ROW.topic, _ROW.points, _ROW.answered).where(*_of(who))
        return {
            (row.period, row.topic): Standing(row.points, row.answered)
            for row in await self._on.execute(query)
        }

    def _write(self, who: Who, folded: Mapping[Key, Standing]) -> None:
        rows = [
            {"team_id": who.team, "candidate_id": who.candidate, "period": period, "topic": topic}
            | one._asdict()
            for (period, topic), one in folded.items()
        ]
        if rows:
            self._on.later(_writing(self._on.dialect.name), *rows)


@cache
def _writing(dialect: str) -> Write:
    names = ("team_id", "period", "topic", "candidate_id", "points", "answered")
    row = insert(dialect, t.standing) if dialect == "sqlite" else insert_given(t.standing, *names)
    keys, new = names[:4], {name: row.excluded[name] for name in names[4:]}
    changed = (_ROW.points != row.excluded.points) | (_ROW.answered != row.excluded.answered)
    return Write(row.on_conflict_do_update(index_elements=keys, set_=new, where=changed), keys)


def _rank(place: int, row: Any) -> Rank:
    return Rank(place, row.id, row.name, row.points, row.answered)


def _board() -> Any:
    """The best and the asker's own line in one statement, each from an index; made once, for it takes long to make."""
    here = (
        _ROW.team_id == bindparam("team"),
        _ROW.period == bindparam("period"),
        _ROW.topic == bindparam("topic"),
    )
    columns = (t.candidate.c.id, t.candidate.c.name, _ROW.points, _ROW.answered)
    both = t.standing.join(t.candidate)
    best = (
        select(*columns, cast(null(), BigInteger).label("above"))
        .select_from(both)
        .where(*here, ~_HIDDEN)
        .order_by(_ROW.points.desc(), _ROW.candidate_id.desc())
        .limit(bindparam("most"))
        .subquery()
    )
    other = t.standing.alias()
    above = (
        other.c.team_id == bindparam("team"),
        other.c.period == bindparam("period"),
        other.c.topic == bindparam("topic"),
        other.c.points > _ROW.points,
    )
    hiding = t.candidate.alias()
    whose = (hiding.c.team_id == other.c.team_id) & (hiding.c.id == other.c.candidate_id)
    everybody = select(func.count()).select_from(other).where(*above)
    hidden = select(func.count()).select_from(other.join(hiding, whose)).where(*above, hiding.c.hidden)
    many = everybody.correlate(t.standing).scalar_subquery() - hidden.correlate(t.standing).scalar_subquery()
    mine = (
        select(*columns, many).select_from(both).where(*here, ~_HIDDEN, _ROW.candidate_id == bindparam("own"))
    )
    return union_all(select(best), mine)


_BOARD = _board()


def _of(who: Who) -> tuple[Any, ...]:
    return (_ROW.team_id == who.team, _ROW.candidate_id == who.candidate)


_ONE_AFTER_ANOTHER = (
    select(t.candidate.c.id)
    .where(t.candidate.c.team_id == bindparam("team"), t.candidate.c.id == bindparam("candidate"))
    .with_for_update(key_share=True)
)
_THEIRS = (
    t.suggestion.c.team_id == bindparam("team"),
    t.suggestion.c.candidate_id == bindparam("candidate"),
    t.suggestion.c.state == "accepted",
)
_SUGGESTED = select(t.suggestion.c.id, t.suggestion.c.draft, t.suggestion.c.at).where(*_THEIRS)
_ATTEMPTS = (
    select(
        t.turn.c.id.label("turn"),
        t.turn.c.slug,
        t.turn.c.topic,
        t.turn.c.points,
        t.answer.c.received_at.label("at"),
        exists().where(*_THEIRS).label("suggests"),
    )
    .join(t.interview, t.interview.c.id == t.turn.c.interview_id)
    .join(t.answer, (t.answer.c.turn_id == t.turn.c.id) & (t.answer.c.part == Part.MAIN.value))
    .where(t.interview.c.team_id == bindparam("team"), t.interview.c.candidate_id == bindparam("candidate"))
    .order_by(t.answer.c.received_at, t.turn.c.id)  # of two in one moment the same one is the first each time
)


def _told(standing: Standing | None) -> str:
    return f"{standing.points} points of {standing.answered}" if standing else "nothing"
