"""What the interview needs from outside, as protocols: a grader, a clock, a store and a voice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from interview_bot.core.challenge import Challenges
from interview_bot.core.daily import Dailies
from interview_bot.core.grades import Assessment
from interview_bot.core.interview import Interview, Part, Turn, Who
from interview_bot.core.kin import Kin
from interview_bot.core.progress import Graded
from interview_bot.core.questions import Question
from interview_bot.core.records import Memory, Own, People, Settings, Standings
from interview_bot.core.reminder import Reminders
from interview_bot.core.suggestion import Suggestions

Json = dict[str, Any]
"""What a database's JSON column holds."""


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        ...


class Grader(Protocol):
    """Grades one answer to one question."""

    @property
    def name(self) -> str:
        """The name that assessments carry."""
        ...

    async def grade(self, question: Question, answer: str) -> Assessment:
        """Grade an answer.

        Raises:
            GraderUnavailable: it cannot speak now; the offline grader should.
        """
        ...


class Answer(NamedTuple):
    """An answer as received."""

    id: str
    turn: str
    part: Part
    text: str
    received_at: datetime


class Read(NamedTuple):
    """An answer, and the interview in which it was given."""

    answer: Answer
    interview: Interview


class Job(NamedTuple):
    """Work leased to one worker; `epoch` fences off a worker that was thought dead."""

    id: int
    kind: str
    key: str
    payload: Json
    epoch: int
    attempts: int


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


class Outgoing(NamedTuple):
    """A message leased for sending: a new one, or an edit of what was sent as `sent_as`."""

    id: int
    team: str
    lane: str
    address: Mapping[str, str]
    card: Json
    revision: int
    sent_as: str | None
    epoch: int
    attempts: int


class Sent(NamedTuple):
    """How a message is called on its platform, and the address that later ones of its lane go to."""

    sent_as: str
    address: Mapping[str, str]


class Pulse(NamedTuple):
    """How a database is: its own clock, and since when the oldest message that is not sent could be."""

    now: datetime
    oldest_due: datetime | None


class SendLater(Exception):
    """The platform asks to wait, or it is not known whether it worked."""

    def __init__(self, seconds: float, *, tried: bool = True) -> None:
        """Keep how long to wait; not `tried`: nothing was sent for sure, and it does not count as a try."""
        super().__init__(f"wait {seconds:g} s")
        self.seconds = seconds
        self.tried = tried


class SendNever(Exception):
    """The message can never be sent there: the place is gone, or the token is revoked."""


class Voice(Protocol):
    """Says things on one platform."""

    async def say(self, outgoing: Outgoing) -> Sent:
        """Post or edit one message.

        Raises:
            SendLater: try again after the given seconds.
            SendNever: do not try again.
        """
        ...


class TopicScore(NamedTuple):
    """A candidate's history in one topic: questions answered and their mean score, 0-1."""

    topic: str
    answered: int
    score: float


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

    async def scores(self, who: Who) -> Sequence[TopicScore]:
        """The candidate's history by topic."""
        ...


class Storage(Protocol):
    """Opens transactions."""

    async def take(self, arrived: Arrived) -> bool:
        """Keep an answer, its delivery, its interview's new state and the promise to grade it, in one round trip.

        False if nothing was kept, because the database cannot do so or because the answer is not plainly one to an open
        question that waits for it; a transaction then has to find out.

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


class Queue(Protocol):
    """Leases jobs and messages to workers."""

    async def claim_job(self, now: datetime) -> Job | None:
        """The oldest job that is due, leased, or None."""
        ...

    async def hold_job(self, job: Job, now: datetime) -> bool:
        """Lease a job for longer, because it is still being done; False if the lease was lost."""
        ...

    async def finish_job(self, job: Job) -> bool:
        """Mark a job done; False if the lease was lost."""
        ...

    async def fail_job(self, job: Job, again_at: datetime) -> None:
        """Give a job back, to be tried again later."""
        ...

    async def claim_message(self, now: datetime, platforms: Sequence[str]) -> Outgoing | None:
        """The oldest unsent message of any free lane of these platforms, leased, or None."""
        ...

    async def finish_message(self, outgoing: Outgoing, sent: Sent) -> None:
        """Mark a message sent, and keep where its lane goes on."""
        ...

    async def fail_message(
        self, outgoing: Outgoing, again_at: datetime | None, *, tried: bool = True
    ) -> None:
        """Give a message back for later; None buries it. Not `tried`: its attempts do not grow."""
        ...

    async def next_due(self) -> datetime | None:
        """When the next job or message is due, or None when nothing waits."""
        ...
