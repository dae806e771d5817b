"""Keeps challenges of grades, what was decided, and where a team's reviewers are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from interview_bot.core.challenge import Challenge, Challenges
from interview_bot.core.grades import Assessment
from interview_bot.core.interview import Part, Who
from interview_bot.storage import tables as t
from interview_bot.storage.rows import assessment_values, storable
from interview_bot.storage.transaction import Transaction
from interview_bot.storage.upsert import insert

_ROW = t.challenge.c
_REVIEWERS = "reviewers"


class SqlChallenges(Challenges):
    """The core's `Challenges` on a connection with an open transaction."""

    def __init__(self, on: Transaction) -> None:
        """Work in this transaction."""
        self._on = on

    async def add(self, challenge: Challenge) -> bool:
        """Keep a challenge; False if one of this turn is open."""
        row = insert(self._on.dialect.name, t.challenge).values(
            id=challenge.id,
            team_id=challenge.who.team,
            candidate_id=challenge.who.candidate,
            interview_id=challenge.interview,
            turn_id=challenge.turn,
            reason=storable(challenge.reason),
            address=dict(challenge.address),
            state=challenge.state,
            reviewer="",
            line="",
            at=challenge.at,
        )
        return (await self._on.execute(row.on_conflict_do_nothing())).rowcount == 1

    async def of(self, challenge_id: str) -> Challenge | None:
        """A challenge, or None; it goes with its candidate."""
        row = (await self._on.execute(_CHALLENGES.where(_ROW.id == challenge_id))).mappings().first()
        return _challenge(row) if row else None

    async def all(self, state: str) -> Sequence[Challenge]:
        """The challenges of every team in this state, oldest first."""
        rows = await self._on.execute(_CHALLENGES.where(_ROW.state == state).order_by(_ROW.at, _ROW.id))
        return [_challenge(row) for row in rows.mappings()]

    async def decide(self, challenge: Challenge, at: datetime) -> bool:
        """Keep a decision with a line in the audit log; False if somebody decided before."""
        decided = {
            "state": challenge.state,
            "reviewer": challenge.reviewer,
            "line": storable(challenge.line),
        }
        mine = update(t.challenge).where(_ROW.id == challenge.id, _ROW.state == "open")
        if (await self._on.execute(mine.values(**decided, decided_at=at))).rowcount != 1:
            return False
        await self._audit(challenge.who.team, challenge.reviewer, f"challenge {challenge.id}", decided, at)
        return True

    async def correct(self, turn: str, assessment: Assessment) -> None:
        """Write a corrected assessment of a turn's first answer in the place of the one it has."""
        first = select(t.answer.c.id).where(t.answer.c.turn_id == turn, t.answer.c.part == Part.MAIN.value)
        row = update(t.assessment).where(t.assessment.c.answer_id == first.scalar_subquery())
        await self._on.execute(row.values(assessment_values(assessment)))

    async def text(self, turn: str) -> str:
        """The turn's first answer; empty when its words are gone."""
        query = select(t.answer.c.text).where(t.answer.c.turn_id == turn, t.answer.c.part == Part.MAIN.value)
        return (await self._on.execute(query)).scalar_one_or_none() or ""

    async def reviewers(self, team: str) -> Mapping[str, str] | None:
        """Where a team's reviewers are, or None."""
        query = select(t.team_setting.c.value)
        mine = (t.team_setting.c.team_id == team, t.team_setting.c.name == _REVIEWERS)
        return (await self._on.execute(query.where(*mine))).scalar_one_or_none()

    async def set_reviewers(self, by: Who, place: Mapping[str, str] | None, at: datetime) -> None:
        """Set where a team's reviewers are (None: nowhere), with a line in the audit log."""
        mine = (t.team_setting.c.team_id == by.team, t.team_setting.c.name == _REVIEWERS)
        await self._on.execute(delete(t.team_setting).where(*mine))
        if place:
            row = t.team_setting.insert().values(team_id=by.team, name=_REVIEWERS, value=dict(place))
            await self._on.execute(row)
        await self._audit(by.team, by.candidate, _REVIEWERS, dict(place or {}), at)

    async def _audit(self, team: str, by: str, what: str, detail: dict[str, Any], at: datetime) -> None:
        await self._on.execute(t.audit.insert().values(team_id=team, by=by, what=what, detail=detail, at=at))


_CHALLENGES = select(t.challenge, t.candidate.c.name, t.candidate.c.language).join(
    t.candidate,
    (t.candidate.c.team_id == _ROW.team_id) & (t.candidate.c.id == _ROW.candidate_id),
)


def _challenge(row: Mapping[Any, Any]) -> Challenge:
    who = Who(row["team_id"], row["candidate_id"], row["name"], row["language"])
    told = (row["state"], row["reviewer"], row["line"])
    return Challenge(
        row["id"], who, row["interview_id"], row["turn_id"], row["reason"], row["address"], row["at"], *told
    )
