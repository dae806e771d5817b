"""What the interview needs from its store, as protocols: one transaction, and what opens it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import NamedTuple, Protocol

from interview_bot.core.challenge import Challenges
from interview_bot.core.daily import Dailies
from interview_bot.core.grades import Assessment
from interview_bot.core.interview import Interview, Part, Turn, Who
from interview_bot.core.kin import Kin
from interview_bot.core.ports import Job, Json, Outgoing
from interview_bot.core.progress import Graded
from interview_bot.core.records import Memory, Own, People, Settings, Standings
from interview_bot.core.reminder import Reminders
from interview_bot.core.suggestion import Suggestions


class Answer(NamedTuple):
    """An answer as received."""

    id: str
    turn: str
    part: Part
    text: str
    received_at: datetime


class Promise(NamedTuple):
    """Work to be done later; a key that is known is left alone."""

    kind: str
    key: str
    payload: Json
    due_at: datetime


class Arrived(NamedTuple):
    """A text that came in as an answer, before anybody knows to what."""

    delivery: str
    who: Who
    turn: str | None
    """The turn that it was written for; None for the open one, whichever that is."""
    id: str
    """What the answer is to be called."""
    text: str
    at: datetime

    def promise(self) -> Promise:
        """The promise to grade it; the interview is added by whoever finds it."""
        return Promise("grade", f"grade:{self.id}", {"answer": self.id}, self.at)


class Read(NamedTuple):
    """An answer, and the interview in which it was given."""

    answer: Answer
    interview: Interview


class Work(Protocol):
    """One transaction: everything in it happens, or nothing does."""

    @property
    def standings(self) -> Standings:
        """Points by period and topic."""
        ...

    @property
    def memory(self) -> Memory:
        """What candidates know."""
        ...

    @property
    def dailies(self) -> Dailies:
        """Daily questions."""
        ...

    @property
    def challenges(self) -> Challenges:
        """Challenges of grades."""
        ...

    @property
    def suggestions(self) -> Suggestions:
        """Suggested questions."""
        ...

    @property
    def settings(self) -> Settings:
        """What teams set for themselves."""
        ...

    @property
    def people(self) -> People:
        """What platforms tell of people."""
        ...

    @property
    def reminders(self) -> Reminders:
        """Reminders of what is due."""
        ...

    @property
    def own(self) -> Own:
        """What is one person's own."""
        ...

    async def first_time(self, delivery: str, who: Who) -> bool:
        """Remember a delivery; False if it was here before."""
        ...

    async def meet(self, who: Who) -> None:
        """Remember the candidate and the team."""
        ...

    async def open_interview(self, who: Who) -> Interview | None:
        """The candidate's open interview with all its turns, or None."""
        ...

    async def interview(self, interview_id: str) -> Interview | None:
        """An interview with all its turns, or None."""
        ...

    async def interview_with(self, turn_id: str) -> Interview | None:
        """The interview that a turn belongs to, or None."""
        ...

    async def last_interview(self, who: Who) -> Interview | None:
        """The candidate's newest interview, open or over, or None."""
        ...

    async def add(self, interview: Interview) -> None:
        """Keep a new interview.

        Raises:
            Conflict: the candidate has an open one.
        """
        ...

    async def save(self, interview: Interview) -> None:
        """Keep what changed. Where somebody else saved it first, the transaction ends with a `Conflict`."""
        ...

    async def keep_answer(self, interview: Interview, answer: Answer) -> None:
        """Keep an answer verbatim."""
        ...

    async def keep_assessment(self, answer: Answer, assessment: Assessment, at: datetime) -> None:
        """Keep an answer's assessment. Where it has one already, the transaction ends with a `Conflict`."""
        ...

    async def learn(self, who: Who, turn: Turn, at: datetime, kin: Kin) -> None:
        """Remember what a turn's first answer shows, and settle the standings.

        That is how well each criterion is known and when it is due again; what is known of its kin in other questions is
        rated with it, and no kin is remembered anew.
        """
        ...

    async def finish(self, job: Job) -> None:
        """The job is done with this transaction; nothing happens if its lease was lost."""
        ...

    async def claim(self, lane: str, platforms: Sequence[str], now: datetime) -> Sequence[Outgoing]:
        """The lane's first unsent message on these platforms, leased to whoever commits this; or nothing.

        Nothing where it is not due yet, or is being said.
        """
        ...

    async def spent(self, team: str, since: datetime) -> float:
        """What grading the team's answers has cost since then, in US dollars."""
        ...

    async def add_job(self, kind: str, key: str, payload: Json, due_at: datetime) -> None:
        """Have something done later; a key that is known is left alone."""
        ...

    async def open_lane(self, lane: str, who: Who, address: Mapping[str, str]) -> None:
        """Name a conversation that messages go to in order; one that is known keeps its address."""
        ...

    async def post(self, lane: str, slot: str, card: Json, at: datetime) -> None:
        """Have a card said in a lane; a card in a known slot replaces what was said there."""
        ...

    async def team_at(self, platform: str, candidate: str, channel: str, turn: str | None) -> str | None:
        """The team of a person's interview: the one that a turn belongs to, else the newest held in a channel.

        For a platform on which one conversation with a person serves several teams.
        """
        ...

    async def answered(self, who: Who) -> Sequence[str]:
        """Slugs of all questions that the candidate was graded on or skipped, oldest first."""
        ...

    async def graded(self, who: Who, since: datetime | None = None) -> Sequence[Graded]:
        """The candidate's graded answers since then, or all of them, oldest first."""
        ...


class Storage(Protocol):
    """Opens transactions."""

    async def take(self, arrived: Arrived, *, hold: bool = False) -> Job | None:
        """Keep an answer, its delivery, its interview's new state and the promise to grade it, in one round trip.

        What is promised comes back as a job, leased to the caller with `hold`. None if nothing was kept, because the
        database cannot do so or because the answer is not plainly one to an open question that waits for it; a
        transaction then has to find out.

        Raises:
            DatabaseUnreachable: the database does not answer; it is safe to repeat.
            Conflict: somebody else was faster; it is safe to repeat.
        """
        ...

    async def read(self, answer_id: str) -> Read | None:
        """An answer with its interview as they are now, outside of any transaction; None if it is gone.

        Raises:
            DatabaseUnreachable: the database does not answer.
        """
        ...

    def begin(self) -> AbstractAsyncContextManager[Work]:
        """A transaction that commits at the end of the block, or rolls back when it raises.

        Raises:
            DatabaseUnreachable: the database does not answer.
        """
        ...

    async def scrub(self) -> None:
        """Overwrite what was deleted, as far as the database allows; after a commit that deleted."""
        ...
