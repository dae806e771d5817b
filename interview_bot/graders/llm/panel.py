"""The rubric and a model side by side: a gate before the model, a second look where they differ, the rubric to fall back on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from interview_bot.core.errors import GraderUnavailable
from interview_bot.core.grades import Asserted, Assessment, Heard, Verdict, weigh
from interview_bot.core.ports import Grader
from interview_bot.core.questions import Question
from interview_bot.graders.derive import with_criteria
from interview_bot.graders.llm import prompt
from interview_bot.graders.llm.evidence import FOREIGN, copies
from interview_bot.graders.llm.model import Look, assessed
from interview_bot.graders.llm.prompt import Wanted

NEEDS_REVIEW = "needs-review"
COPIED = "question-copied"
GATED = frozenset({"empty", "no-answer", COPIED, "keywords-only"})
"""Flags of the rubric that settle an answer: nothing is asserted in it, so no model is asked."""


class Looks(Protocol):
    """A model that can look at an answer, and again at parts of it."""

    def deadline(self) -> float:
        """The moment on the loop's clock at which an answer that comes in now must be graded."""
        ...

    async def look(
        self,
        question: Question,
        answer: str,
        until: float,
        heard: Assessment | None = None,
        again: Wanted | None = None,
    ) -> Look:
        """Look at an answer, or a second time at what `again` names; `heard` is what the rubric heard in it.

        Raises:
            GraderUnavailable: it cannot speak now.
        """
        ...


class Capped:
    """A model that falls silent once its looks have cost `limit` US dollars; for runs of the command line."""

    def __init__(self, model: Looks, limit: float) -> None:
        """Let it spend up to the limit; the look that passes it is still taken."""
        self._model, self._limit = model, limit
        self.spent = 0.0

    def deadline(self) -> float:
        """As the model's."""
        return self._model.deadline()

    async def look(
        self,
        question: Question,
        answer: str,
        until: float,
        heard: Assessment | None = None,
        again: Wanted | None = None,
    ) -> Look:
        """As the model's; also unavailable when the limit is reached."""
        if self.spent >= self._limit:
            raise GraderUnavailable("the budget is spent", flag="budget-spent")
        try:
            look = await self._model.look(question, answer, until, heard, again)
        except GraderUnavailable as gone:
            self.spent += gone.cost
            raise
        self.spent += look.cost
        return look


class Panel:
    """Grades with the rubric and a model; with `beside` False the model's word alone counts, behind the same gate."""

    def __init__(
        self, offline: Grader, model: Looks, *, beside: bool = True, falls_back: bool = True
    ) -> None:
        """Put a model beside the offline grader; `falls_back` False is for measuring, where silence must be loud."""
        self._offline, self._model = offline, model
        self._beside, self._falls_back = beside, falls_back
        self.name = "panel" if beside else "llm"

    async def grade(self, question: Question, answer: str) -> Assessment:
        """Grade one answer.

        Raises:
            GraderUnavailable: the model cannot speak now, and falling back is not wanted.
        """
        heard = await self._offline.grade(question, answer)
        if GATED & set(heard.flags):
            return heard
        if copies(question, answer):
            return heard._replace(flags=(*heard.flags, COPIED))
        until = self._model.deadline()
        try:
            first = await self._model.look(question, answer, until, heard)
        except GraderUnavailable as gone:
            if not self._falls_back:
                raise
            return heard._replace(flags=(*heard.flags, gone.flag), cost=gone.cost)
        if self._beside and FOREIGN not in heard.flags:
            return await self._settle(with_criteria(question), answer, heard, first, until)
        flags = (FOREIGN, NEEDS_REVIEW) if FOREIGN in heard.flags else ()
        standing = _standing(heard, first)
        alone = assessed(question, first._replace(misconceptions=standing))
        return alone._replace(grader=self.name, flags=_joined(flags, first.flags))

    async def _settle(
        self, question: Question, answer: str, heard: Assessment, first: Look, until: float
    ) -> Assessment:
        open_, cost = _differing(heard, first), first.cost
        second: Look | None = None
        if open_.criteria or open_.misconceptions:
            try:
                second = await self._model.look(question, answer, until, heard, _askable(question, open_))
                cost += second.cost
            except GraderUnavailable as gone:
                cost += gone.cost
        settled = _settled(question, heard, first, second)
        flags = _joined(heard.flags, first.flags, second.flags if second else ())
        return settled._replace(
            flags=_joined(flags, settled.flags),
            grader=self.name,
            rubric=heard.rubric,
            model=first.model,
            prompt=prompt.version(),
            cost=cost,
        )


class _Vote(NamedTuple):
    """The verdict that stands, the share of votes it got, and whether the two graders still differ."""

    heard: Heard
    share: float
    disputed: bool


def _differing(heard: Assessment, look: Look) -> Wanted:
    """The criteria and misconceptions that the rubric and a model hear differently."""
    criteria = tuple(
        name
        for name, one in heard.verdicts.items()
        if one.verdict is not look.verdicts[name].verdict and not _unread(one, look)
    )
    ours, theirs = ({one.id for one in told.misconceptions} for told in (heard, look))
    return Wanted(criteria, tuple(sorted(ours ^ theirs)))


def _askable(question: Question, wanted: Wanted) -> Wanted:
    """A model cannot be asked about no criterion at all: one more is shown where only misconceptions are open."""
    return wanted if wanted.criteria else wanted._replace(criteria=(question.criteria[0].id,))


def _unread(heard: Heard, look: Look) -> bool:
    """Whether the rubric heard it where the model did not read any more."""
    return look.limit is not None and any(span.start >= look.limit for span in heard.evidence)


def _settled(question: Question, heard: Assessment, first: Look, second: Look | None) -> Assessment:
    votes = {
        name: _vote(one, first.verdicts[name], second and second.verdicts.get(name), first)
        for name, one in heard.verdicts.items()
    }
    weights = {one.id: one.weight for one in question.criteria}
    misconceptions, doubtful = _asserted(heard, first, second)
    verdicts = {name: vote.heard.verdict for name, vote in votes.items()}
    agreed = sum(weights[name] * vote.share for name, vote in votes.items())
    return heard._replace(
        verdicts={name: vote.heard for name, vote in votes.items()},
        misconceptions=misconceptions,
        score=weigh(weights, verdicts, [one.id for one in misconceptions]),
        flags=(NEEDS_REVIEW,) if doubtful or any(vote.disputed for vote in votes.values()) else (),
        confidence=round(agreed / (sum(weights.values()) or 1), 3),
    )


def _vote(offline: Heard, first: Heard, second: Heard | None, look: Look) -> _Vote:
    """Agreement stands; else the middle one of three votes; without a second look the rubric's word."""
    if offline.verdict is first.verdict:
        return _Vote(first if first.evidence else offline, 1.0, disputed=False)
    if _unread(offline, look):
        return _Vote(offline, 1.0, disputed=False)
    if second is None:
        return _Vote(offline, 0.5, disputed=True)
    votes = [second, first, offline]
    middle = sorted((one.verdict for one in votes), key=_worth)[1]
    share = sum(one.verdict is middle for one in votes) / len(votes)
    stands = next(one for one in votes if one.verdict is middle)
    return _Vote(stands, share, disputed=second.verdict is not offline.verdict)


def _worth(verdict: Verdict) -> float:
    return verdict.worth


def _asserted(heard: Assessment, first: Look, second: Look | None) -> tuple[tuple[Asserted, ...], bool]:
    """The misconceptions that stand, and whether there is doubt about one.

    What the rubric hears asserted stands until the model clears it in both looks. What only the model hears stands if
    it hears it twice.
    """
    ours = {one.id for one in heard.misconceptions}
    again = {one.id for one in second.misconceptions} if second else set[str]()
    seen = {one.id for one in first.misconceptions}
    kept = [one for one in heard.misconceptions if not (_clears(first, one) and _clears(second, one))]
    added = [one for one in first.misconceptions if one.id not in ours and one.id in again]
    latest = seen if second is None else again
    doubtful = any((name in ours) is not (name in latest) for name in ours ^ seen)
    return (*kept, *added), doubtful


def _standing(heard: Assessment, look: Look) -> tuple[Asserted, ...]:
    """The misconceptions of a single look, with those of the rubric that it does not clear."""
    seen = {one.id for one in look.misconceptions}
    kept = [one for one in heard.misconceptions if one.id not in seen and not _clears(look, one)]
    return (*look.misconceptions, *kept)


def _clears(look: Look | None, asserted: Asserted) -> bool:
    """Whether a model says of the very words that the rubric takes for a misconception that they are none.

    To leave it out is not enough: that is what a sweet-talked model would do.
    """
    place = look.cleared.get(asserted.id) if look else None
    return place is not None and any(
        place.start < span.end and span.start < place.end for span in asserted.evidence
    )


def _joined(*flags: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(flag for some in flags for flag in some))
