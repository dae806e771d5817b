"""What the store keeps beside interviews, as protocols: standings, mastery, and what is one person's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from interview_bot.core.interview import Turn, Who
from interview_bot.core.mastery import Due, Known
from interview_bot.core.standings import Board, Period


class Standings(Protocol):
    """Points by candidate, period and topic; every row can be folded again from the assessments."""

    async def settle(self, who: Who, slug: str) -> None:
        """Fold a candidate's attempts anew into the standings of all periods in which the question was answered."""
        ...

    async def board(self, who: Who, period: Period, topic: str, at: datetime, limit: int) -> Board:
        """A team's best of a period and topic (empty: all topics); hidden people are left out."""
        ...


class Memory(Protocol):
    """What candidates know."""

    async def rate(self, who: Who, turn: Turn, at: datetime) -> None:
        """Remember how each criterion of a graded turn was heard, and when it is due again."""
        ...

    async def due(self, who: Who, at: datetime) -> Sequence[Due]:
        """Questions with criteria that were not met the last time and are due, most of them first."""
        ...

    async def known(self, who: Who, at: datetime) -> Sequence[Known]:
        """Mastery by topic."""
        ...


class Kept(NamedTuple):
    """What is kept of one person: numbers, the first answer's time, and whether boards leave them out."""

    interviews: int
    answers: int
    since: datetime | None
    hidden: bool


class Own(Protocol):
    """What is one person's own."""

    async def kept(self, who: Who) -> Kept:
        """What is kept, in numbers."""
        ...

    async def export(self, who: Who) -> Mapping[str, Any]:
        """Everything that is kept, for JSON."""
        ...

    async def hide(self, who: Who, hidden: bool) -> None:
        """Leave the person out of boards, or no longer."""
        ...

    async def delete(self, who: Who) -> None:
        """Delete the person with everything said, graded and sent."""
        ...

    async def expire(self, before: datetime) -> int:
        """Delete the words of answers to interviews that began before; how many answers they were."""
        ...
