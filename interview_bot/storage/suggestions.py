"""Keeps suggested questions and what was decided on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from interview_bot.core.interview import Who
from interview_bot.core.suggestion import Draft, Suggestion, Suggestions
from interview_bot.storage import tables as t
from interview_bot.storage.rows import storable
from interview_bot.storage.transaction import Transaction

_ROW = t.suggestion.c


class SqlSuggestions(Suggestions):
    """The core's `Suggestions` on a connection with an open transaction."""

    def __init__(self, on: Transaction) -> None:
        """Work in this transaction."""
        self._on = on

    async def add(self, suggestion: Suggestion) -> None:
        """Keep a suggestion; its author must be known."""
        draft = suggestion.draft
        told = Draft(draft.topic, storable(draft.prompt), storable(draft.reference), draft.sources)
        values = {
            "id": suggestion.id,
            "team_id": suggestion.who.team,
            "candidate_id": suggestion.who.candidate,
            "draft": told._asdict(),
            "address": dict(suggestion.address),
            "state": suggestion.state,
            "decider": "",
            "line": "",
            "at": suggestion.at,
        }
        await self._on.execute(t.suggestion.insert().values(values))

    async def of(self, suggestion_id: str) -> Suggestion | None:
        """A suggestion, or None; it goes with its author."""
        row = (await self._on.execute(_SUGGESTIONS.where(_ROW.id == suggestion_id))).mappings().first()
        return _suggestion(row) if row else None

    async def all(self, state: str, team: str | None = None) -> Sequence[Suggestion]:
        """The suggestions of a team (None: of every team) in this state, oldest first."""
        those = _SUGGESTIONS.where(_ROW.state == state)
        if team is not None:
            those = those.where(_ROW.team_id == team)
        rows = (await self._on.execute(those.order_by(_ROW.at, _ROW.id))).mappings()
        return [_suggestion(row) for row in rows]

    async def decide(self, suggestion: Suggestion, at: datetime) -> bool:
        """Keep a decision with a line in the audit log; False if somebody decided before."""
        decided = {
            "state": suggestion.state,
            "decider": suggestion.decider,
            "line": storable(suggestion.line),
        }
        open_one = update(t.suggestion).where(_ROW.id == suggestion.id, _ROW.state == "open")
        if (await self._on.execute(open_one.values(**decided, decided_at=at))).rowcount != 1:
            return False
        row = {"team_id": suggestion.who.team, "by": suggestion.decider, "detail": decided, "at": at}
        await self._on.execute(t.audit.insert().values(what=f"suggestion {suggestion.id}", **row))
        return True


_SUGGESTIONS = select(t.suggestion, t.candidate.c.name, t.candidate.c.language).join(
    t.candidate,
    (t.candidate.c.team_id == _ROW.team_id) & (t.candidate.c.id == _ROW.candidate_id),
)


def _suggestion(row: Mapping[Any, Any]) -> Suggestion:
    who = Who(row["team_id"], row["candidate_id"], row["name"], row["language"])
    draft = Draft(**(row["draft"] | {"sources": tuple(row["draft"]["sources"])}))
    return Suggestion(
        row["id"], who, draft, row["address"], row["at"], row["state"], row["decider"], row["line"]
    )
