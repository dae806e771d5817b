"""Keeps mastery: one row for each criterion that a candidate was graded on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, case, func, or_, select, tuple_

from interview_bot.core.grades import Verdict
from interview_bot.core.interview import Turn, Who
from interview_bot.core.kin import Kin, Point
from interview_bot.core.mastery import ENOUGH_PEOPLE, Due, Known, Mastery, rated, review
from interview_bot.storage import tables as t
from interview_bot.storage.transaction import Transaction, Write
from interview_bot.storage.upsert import insert, insert_given

_ROW = t.mastery.c


class Card(NamedTuple):
    """What is remembered of one criterion: `memory` is the scheduler's own."""

    topic: str
    memory: Mapping[str, Any]
    due_at: datetime


class SqlMemory:
    """The core's `Memory` on a connection with an open transaction."""

    def __init__(self, on: Transaction) -> None:
        """Work in this transaction."""
        self._on = on

    async def cards(self, who: Who, turn: Turn, kin: Kin) -> Mapping[Point, Card]:
        """What is remembered of a turn's criteria and of their kin in other questions.

        Nobody else settles anything of the candidate's until this transaction ends.
        """
        elsewhere = [point for points in kin.values() for point in points]
        asked = {"team": who.team, "candidate": who.candidate, "slug": turn.question.slug}
        if elsewhere:
            rows = await self._on.execute(_CARDS_AND_KIN, asked | {"elsewhere": elsewhere})
        else:
            rows = await self._on.execute(_CARDS, asked)
        return {
            Point(row.slug, row.criterion): Card(row.topic, row.card, row.due_at) for row in rows if row.slug
        }

    def rate(self, who: Who, turn: Turn, at: datetime, kin: Kin, known: Mapping[Point, Card]) -> None:
        """Remember how each criterion of a graded turn was heard, and when it is due again.

        What is known of a criterion's kin in other questions is rated with it; no kin is remembered anew.
        """
        slug, verdicts = turn.question.slug, turn.verdicts()
        before = {point.criterion: card.memory for point, card in known.items() if point.slug == slug}
        elsewhere = {point: verdicts[name] for name, points in kin.items() for point in points}
        kept = [
            rated(Mastery(*point, known[point].topic, verdict, known[point].memory, known[point].due_at), at)
            for point, verdict in elsewhere.items()
            if point in known
        ]
        rows = [
            {"team_id": who.team, "candidate_id": who.candidate}
            | one._asdict()
            | {"verdict": one.verdict.value, "card": dict(one.card)}
            for one in [*review(turn, before, at), *kept]
        ]
        self._on.later(_rating(self._on.dialect.name), *rows)

    async def points_due(self, who: Who, at: datetime) -> Sequence[Point]:
        """Criteria that were not met the last time and are due, those due longest first."""
        query = select(_ROW.slug, _ROW.criterion).where(*_of(who), _ROW.due_at <= at)
        missed = query.where(_ROW.verdict != Verdict.MET.value)
        rows = await self._on.execute(missed.order_by(_ROW.due_at, _ROW.slug, _ROW.criterion))
        return [Point(*row) for row in rows]

    async def missed_by_most(self, team: str) -> Sequence[Point]:
        """Criteria that more than half of the people missed or only touched, of those that enough were asked about."""
        people = func.count()
        missed = func.sum(case((_ROW.verdict == Verdict.MET.value, 0), else_=1))
        query = (
            select(_ROW.slug, _ROW.criterion)
            .where(_ROW.team_id == team)
            .group_by(_ROW.slug, _ROW.criterion)
            .having(people >= ENOUGH_PEOPLE, 2 * missed > people)
            .order_by((missed * 1.0 / people).desc(), _ROW.slug, _ROW.criterion)
        )
        return [Point(*row) for row in await self._on.execute(query)]

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
        asked = {"team": who.team, "candidate": who.candidate, "at": at}
        return [
            Known(row[0], row[1], int(row[2]), int(row[3])) for row in await self._on.execute(_KNOWN, asked)
        ]


def _cards(wanted: ColumnElement[bool]) -> Select[str, str, str, Any, datetime]:
    """The candidate's own row is locked: whoever is graded twice in one moment is settled once after the other."""
    one = t.candidate.c
    return (
        select(_ROW.slug, _ROW.criterion, _ROW.topic, _ROW.card, _ROW.due_at)
        .select_from(t.candidate)
        .outerjoin(t.mastery, (_ROW.team_id == one.team_id) & (_ROW.candidate_id == one.id) & wanted)
        .where(one.team_id == bindparam("team"), one.id == bindparam("candidate"))
        .with_for_update(of=t.candidate, key_share=True)
    )


_HERE = _ROW.slug == bindparam("slug")
_ELSEWHERE = tuple_(_ROW.slug, _ROW.criterion).in_(bindparam("elsewhere", expanding=True))
_CARDS = _cards(_HERE)
_CARDS_AND_KIN = _cards(or_(_HERE, _ELSEWHERE))


_AT = bindparam("at", type_=t.Instant())
_KNOWN = (
    select(
        _ROW.topic,
        func.count(),
        func.sum(case((_ROW.verdict == Verdict.MET.value, 1), else_=0)),
        func.sum(case(((_ROW.due_at <= _AT) & (_ROW.verdict != Verdict.MET.value), 1), else_=0)),
    )
    .where(_ROW.team_id == bindparam("team"), _ROW.candidate_id == bindparam("candidate"))
    .group_by(_ROW.topic)
)


@cache
def _rating(dialect: str) -> Write:
    names = ("team_id", "candidate_id", "slug", "criterion", "topic", "verdict", "card", "due_at")
    row = insert(dialect, t.mastery) if dialect == "sqlite" else insert_given(t.mastery, *names)
    keys, new = names[:4], {name: row.excluded[name] for name in names[4:]}
    return Write(row.on_conflict_do_update(index_elements=keys, set_=new), keys)


def _of(who: Who) -> tuple[Any, ...]:
    return (_ROW.team_id == who.team, _ROW.candidate_id == who.candidate)
