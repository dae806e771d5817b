"""Ports that are counted, timed and traced; nothing behind them knows of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from time import perf_counter

import structlog
from opentelemetry import trace
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as AsgiMessage

from interview_bot.chat.messages import Message, Reply
from interview_bot.core.grades import Assessment
from interview_bot.core.ports import Grader, Job, Outgoing, SendLater, SendNever, Sent, Voice
from interview_bot.core.questions import Question
from interview_bot.health.measures import Measures

Work = Callable[[Job], Awaitable[bool | None]]
_tracer = trace.get_tracer("interview-bot")


@dataclass(frozen=True)
class WatchedBot:
    """The bot's `receive`; log lines written meanwhile carry the team."""

    receive: Callable[[Message], Awaitable[Reply]]
    measures: Measures
    is_form: Callable[[Message], bool]
    """Whether a text fills in a form, and answers no question."""

    async def __call__(self, message: Message) -> Reply:
        """Receive one message."""
        platform = message.who.team.partition(":")[0]
        kind = "command" if message.command is not None else "form" if self.is_form(message) else "answer"
        begun, outcome = perf_counter(), "failed"
        with (
            structlog.contextvars.bound_contextvars(team=message.who.team),
            _span("receive", {"platform": platform, "kind": kind, "team": message.who.team}),
        ):
            try:
                reply = await self.receive(message)
                outcome = "refused" if reply.refused else "done"
            finally:
                self.measures.received.labels(platform, kind, outcome).observe(perf_counter() - begun)
        if kind == "answer" and outcome == "done":
            self.measures.answers.labels(platform).inc()
        return reply


@dataclass(frozen=True)
class WatchedGrader:
    """A grader."""

    grader: Grader
    measures: Measures

    @property
    def name(self) -> str:
        """The grader's own."""
        return self.grader.name

    async def grade(self, question: Question, answer: str) -> Assessment:
        """Grade one answer.

        Raises:
            GraderUnavailable: as the grader does.
        """
        begun = perf_counter()
        with _span("grade", {"question": question.slug, "grader": self.name}):
            assessment = await self.grader.grade(question, answer)
        self.measures.graded.labels(assessment.grader).observe(perf_counter() - begun)
        self.measures.cost.inc(assessment.cost)
        return assessment


@dataclass(frozen=True)
class WatchedVoice:
    """A voice."""

    voice: Voice
    measures: Measures
    platform: str

    async def say(self, outgoing: Outgoing) -> Sent:
        """Post or edit one message.

        Raises:
            SendLater, SendNever: as the voice does.
        """
        outcome = "failed"
        try:
            with _span("send", {"platform": self.platform, "team": outgoing.team, "outbox": outgoing.id}):
                sent = await self.voice.say(outgoing)
                outcome = "sent"
                return sent
        except SendLater:
            outcome = "later"
            raise
        except SendNever:
            outcome = "never"
            raise
        finally:
            self.measures.sent.labels(self.platform, outcome).inc()


def watched_work(kind: str, work: Work) -> Work:
    """A kind of job; log lines written meanwhile carry the job and the interview."""

    async def watched(job: Job) -> bool | None:
        told: dict[str, str | int] = {"job": job.id}
        if interview := job.payload.get("interview"):
            told["interview"] = str(interview)
        with structlog.contextvars.bound_contextvars(**told), _span(f"job {kind}", told):
            return await work(job)

    return watched


class Acknowledged:
    """Times the requests of a platform, from the first byte to the last of the reply."""

    def __init__(self, app: ASGIApp, measures: Measures) -> None:
        """Stand in front of `app`."""
        self._app = app
        self._measures = measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, and look at the clock."""
        begun, status = perf_counter(), 500

        async def sent(message: AsgiMessage) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sent)
        finally:
            self._measures.ack.labels(str(status)).observe(perf_counter() - begun)


def _span(name: str, attributes: Mapping[str, str | int]) -> AbstractContextManager[None]:
    # Where nobody looks at traces, even a span that nobody sees takes a twentieth of an acknowledgement.
    unseen = isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)
    return nullcontext() if unseen else _seen_span(name, attributes)


@contextmanager
def _seen_span(name: str, attributes: Mapping[str, str | int]) -> Generator[None]:
    # Answers stand in no attribute, and of an exception only that there was one: its text could quote an answer.
    with _tracer.start_as_current_span(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield
        except Exception:
            span.set_status(trace.StatusCode.ERROR)
            raise
