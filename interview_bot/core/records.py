"""What the store keeps beside interviews, as protocols: standings, mastery, and what is one person's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from interview_bot.core.interview import Turn, Who
from interview_bot.core.kin import Point
from interview_bot.core.mastery import Due, Known
from interview_bot.core.standings import Board, Gain, Period, Together


class Standings(Protocol):
    """Points by candidate, period and topic; every row can be folded again from the assessments."""

    async def settle(self, who: Who, turn: Turn) -> None:
        """Fold a candidate's attempts anew into the standings of all periods in which the turn's question was answered."""
        ...

    async def board(self, who: Who, period: Period, topic: str, at: datetime, limit: int) -> Board:
        """A team's best of a period and topic (empty: all topics); hidden people are left out."""
        ...

    async def gains(self, who: Who, period: Period, at: datetime, limit: int) -> Sequence[Gain]:
        """Who of a team has more points a question than in the period before, most gained first.

        Only people with `ENOUGH_ANSWERS` in both; nobody who fell back; hidden people are left out.
        """
        ...

    async def together(self, who: Who, period: Period, at: datetime) -> Together:
        """What a team has together; hidden people count, for nobody is named."""
        ...


class Memory(Protocol):
    """What candidates know."""

    async def points_due(self, who: Who, at: datetime) -> Sequence[Point]:
        """Criteria that were not met the last time and are due, those due longest first."""
        ...

    async def missed_by_most(self, team: str) -> Sequence[Point]:
        """Criteria that more than half of the people missed or only touched, of those that enough were asked about."""
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

    async def purge(self, team: str, unused_since: datetime) -> bool:
        """Delete a team with everybody in it; False if somebody did something there since."""
        ...

    async def expire(self, before: datetime, team: str | None = None) -> int:
        """Delete the words of answers (of one team) to interviews that began before; how many answers they were."""
        ...


class TeamSettings(NamedTuple):
    """What a team set for itself; None: as whoever runs the bot has set it."""

    grader: str | None = None
    """`rubric`: the language model is not asked."""
    budget: float | None = None
    """US dollars that its answers may cost in one UTC day; never more than the operator's."""
    keep_days: int | None = None
    """How long the words of its answers are kept; never longer than the operator keeps them."""


class Settings(Protocol):
    """What teams set for themselves."""

    async def of(self, team: str) -> TeamSettings:
        """A team's settings."""
        ...

    async def kept_shorter(self) -> Mapping[str, int]:
        """The teams that set for how many days the words of their answers are kept."""
        ...

    async def put(self, by: Who, name: str, value: object, at: datetime) -> None:
        """Set one of them for the team of `by` (None: as the operator has it), with a line in the audit log."""
        ...


class Profile(NamedTuple):
    """What a platform has told of a person: the language, and whether they may manage the team."""

    language: str
    may_manage: bool
    at: datetime


class People(Protocol):
    """What platforms tell of people where a message does not."""

    async def known(self, who: Who) -> Profile | None:
        """What was told of a person, or None."""
        ...

    async def learn(self, who: Who, profile: Profile) -> None:
        """Keep what was told."""
        ...
