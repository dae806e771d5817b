"""What the interview needs from outside, as protocols: a clock, a grader, a voice and a queue; its store is in `store`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from interview_bot.core.grades import Assessment
from interview_bot.core.questions import Question

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


class Job(NamedTuple):
    """Work leased to one worker; `epoch` fences off a worker that was thought dead."""

    id: int
    kind: str
    key: str
    payload: Json
    epoch: int
    attempts: int


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

    async def claim_messages(
        self, now: datetime, platforms: Sequence[str], most: int, lane: str | None = None
    ) -> Sequence[Outgoing]:
        """So many unsent messages of free lanes of these platforms at most, or of one lane, leased; the oldest ones."""
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
