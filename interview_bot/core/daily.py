"""A channel's daily question: which one comes next, and what is kept of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import NamedTuple, Protocol

from interview_bot.core.calendar import Schedule
from interview_bot.core.interview import Who
from interview_bot.core.questions import Listed, Question

DAILY = "daily"
"""The track of the sittings in which daily questions are answered."""

STRONG = 0.7
"""The score, 0-1, from which on an answer may be shown at the reveal."""

LOW_POOL = 5
"""How many questions are left when whoever set the schedule is told."""


class Daily(NamedTuple):
    """A channel with a daily question; `version` rises with each change, so that old promises are void."""

    id: str
    team: str
    place: Mapping[str, str]
    schedule: Schedule
    topic: str
    set_by: Who
    skipped: tuple[str, ...] = ()
    version: int = 1
    on: bool = True


class Post(NamedTuple):
    """One local date's question in one channel, as it was asked."""

    id: str
    daily: str
    day: date
    question: Question
    answers: int = 0
    revealed: bool = False


class Best(NamedTuple):
    """The best answer to a question whose author agreed to have it shown."""

    answer: str
    text: str


class Told(NamedTuple):
    """What a reveal tells: how many were graded, and how many of them missed each criterion."""

    graded: int
    missed: Mapping[str, int]


class Dailies(Protocol):
    """What the store keeps of daily questions."""

    async def of(self, daily_id: str) -> Daily | None:
        """A channel's daily question, or None."""
        ...

    async def all_on(self) -> Sequence[Daily]:
        """Every channel whose daily question is on."""
        ...

    async def of_team(self, team: str) -> Sequence[Daily]:
        """The channels of a team whose daily question is on."""
        ...

    async def put(self, daily: Daily, by: Who, at: datetime) -> None:
        """Keep a channel's settings, with a line in the audit log."""
        ...

    async def asked(self, daily_id: str) -> Sequence[str]:
        """Slugs that were asked in the channel, oldest first; one that was asked twice stands where it was last."""
        ...

    async def add(self, post: Post) -> bool:
        """Keep a date's question; False if the date has one already."""
        ...

    async def post(self, post_id: str) -> Post | None:
        """A date's question, or None."""
        ...

    async def newest(self, daily_id: str) -> Post | None:
        """The channel's newest question, or None."""
        ...

    async def count(self, post_id: str) -> Post:
        """Count one more answer."""
        ...

    async def unrevealed(self, daily_id: str) -> Sequence[Post]:
        """Questions of the channel that were not revealed yet, oldest first."""
        ...

    async def reveal(self, post_id: str, best: str | None) -> bool:
        """Mark a question as revealed, with the answer that is shown; False if it was."""
        ...

    async def share(self, turn_id: str, shared: bool) -> bool:
        """Keep whether the answer to a daily question may be shown; False if that question is revealed or gone."""
        ...

    async def best(self, post_id: str) -> Best | None:
        """The best answer to a question among those that are strong and may be shown, the first of equals."""
        ...

    async def shown_of(self, who: Who) -> Sequence[Post]:
        """Revealed questions at which an answer of this person is shown."""
        ...

    async def hide_best(self, post_id: str) -> None:
        """Show no answer at a reveal any more."""
        ...

    async def told(self, post_id: str) -> Told:
        """What the graded answers to a question come to."""
        ...


def sitting_id(post_id: str, who: Who) -> str:
    """The id of a person's one sitting for a daily question."""
    return f"daily:{post_id}:{sha256(f'{who.team}:{who.candidate}'.encode()).hexdigest()[:16]}"


def choose(pool: Sequence[Listed], asked: Sequence[str], skipped: Collection[str], daily_id: str) -> Listed:
    """The next question of a channel: one never asked there, then the one that was asked longest ago.

    The order of the others is the channel's own and does not change, so a preview tells the truth.
    """
    last = {slug: number for number, slug in enumerate(asked, 1)}

    def order(question: Listed) -> tuple[int, bool, str]:
        mixed = sha256(f"{daily_id}:{question.slug}".encode()).hexdigest()
        return (last.get(question.slug, 0), question.slug in skipped, mixed)

    kept = [one for one in pool if one.slug not in skipped] or list(pool)
    return min(kept, key=order)
