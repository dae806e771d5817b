"""One sitting: a plan of questions, one turn each; every rule about what may happen next is here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from interview_bot.core.errors import (
    AnswerTooLong,
    CandidateError,
    NoMoreHints,
    NothingOpen,
    OutOfDate,
    StillGrading,
    UnusableAnswer,
)
from interview_bot.core.grades import (
    FOLLOW_UP_SHARE,
    HINT_COST,
    MISCONCEPTION_COST,
    Assessment,
    Heard,
    Verdict,
    weights_of,
)
from interview_bot.core.questions import Criterion, Question

LONGEST_ANSWER = 8000
"""Characters of an answer that are taken; a longer one is refused with a line, never cut in silence."""


class State(StrEnum):
    """Where an interview stands."""

    ASKING = "asking"
    GRADING = "grading"
    FINISHED = "finished"
    STOPPED = "stopped"
    EXPIRED = "expired"
    DAILY = "daily"
    """An answer to a daily question that waits for its grade, beside whatever interview is open."""

    @property
    def is_open(self) -> bool:
        """Whether something can still happen."""
        return self in {State.ASKING, State.GRADING}


class Part(StrEnum):
    """Which of a turn's two questions an answer belongs to."""

    MAIN = "main"
    FOLLOW_UP = "follow-up"


class Who(NamedTuple):
    """A candidate: one person in one team. `team` is `slack:T1`, `discord:42` or `local`."""

    team: str
    candidate: str
    name: str = ""
    language: str = "en"


class FollowUp(NamedTuple):
    """The one question asked after a card: the criterion it is about (None: about a claim), and its words."""

    criterion: str | None
    probe: str
    claim: str = ""


@dataclass
class Turn:
    """One question inside an interview, with the question as it was when it was asked."""

    id: str
    number: int
    question: Question
    hints: int = 0
    skipped: bool = False
    assessment: Assessment | None = None
    follow_up: FollowUp | None = None
    second: Assessment | None = None
    done: bool = False

    @property
    def waits_for(self) -> Part:
        """The part that the next answer belongs to."""
        return Part.FOLLOW_UP if self.follow_up else Part.MAIN

    def verdicts(self) -> dict[str, Verdict]:
        """The verdicts of the first answer."""
        return (
            {name: heard.verdict for name, heard in self.assessment.verdicts.items()}
            if self.assessment
            else {}
        )

    @property
    def score(self) -> float:
        """0-1: the first answer's verdicts, lifted by the follow-up for its share, less misconceptions and hints."""
        if self.assessment is None:
            return 0.0
        weights = weights_of(self.question) or dict.fromkeys(self.assessment.verdicts, 2)
        first = self.verdicts()
        later: Mapping[str, Heard] = self.second.verdicts if self.second else {}
        earned = 0.0
        for name, weight in weights.items():
            worth = first.get(name, Verdict.MISSED).worth
            again = later[name].verdict.worth if name in later else 0.0
            earned += weight * (worth + max(0.0, again - worth) * FOLLOW_UP_SHARE)
        asserted = {one.id for one in self.assessment.misconceptions}
        asserted |= {one.id for one in self.second.misconceptions} if self.second else set()
        score = max(0.0, earned - MISCONCEPTION_COST * len(asserted)) / (sum(weights.values()) or 1)
        return score * (1 - HINT_COST * self.hints)

    @property
    def points(self) -> int:
        """What the turn adds to a standing: 10, 20 or 30 for full marks at level 1, 2 or 3."""
        return round(10 * self.question.level * self.score)


@dataclass
class Interview:
    """One sitting of one candidate."""

    id: str
    who: Who
    track: str
    plan: tuple[str, ...]
    started_at: datetime
    state: State = State.ASKING
    version: int = 0
    turns: list[Turn] = field(default_factory=list[Turn])
    read: dict[str, dict[str, Any]] = field(
        default_factory=dict[str, dict[str, Any]], compare=False, repr=False
    )
    """What the store read of each turn, so that it writes only what changed."""

    @property
    def turn(self) -> Turn:
        """The open turn.

        Raises:
            NothingOpen: no question was asked yet.
        """
        if not self.turns:
            raise NothingOpen
        return self.turns[-1]

    def turn_of(self, turn_id: str) -> Turn:
        """The turn with this id."""
        return next(one for one in self.turns if one.id == turn_id)

    @property
    def next_slug(self) -> str | None:
        """The slug of the question that comes next, None after the last."""
        return self.plan[len(self.turns)] if len(self.turns) < len(self.plan) else None

    def ask(self, question: Question, turn_id: str) -> Turn:
        """Open the next turn with a snapshot of its question."""
        turn = Turn(turn_id, len(self.turns) + 1, question)
        self.turns.append(turn)
        self.state = State.ASKING
        return turn

    def _asking(self, turn_id: str | None) -> Turn:
        if not self.state.is_open:
            raise NothingOpen
        if turn_id is not None and self.turn.id != turn_id:
            raise OutOfDate
        if self.state is State.GRADING:
            raise StillGrading
        return self.turn

    def take(self, text: str, turn_id: str | None = None) -> Part:
        """Take an answer to the open question; it is graded next.

        Raises:
            NothingOpen, OutOfDate, StillGrading: it is not the moment for an answer.
            UnusableAnswer: empty, too long, or without a single letter or digit.
        """
        turn = self._asking(turn_id)
        if trouble := unusable(text):
            raise trouble
        self.state = State.GRADING
        return turn.waits_for

    def hint(self, turn_id: str | None = None) -> str:
        """Give the next hint of the open question; each costs `HINT_COST` of the turn's score.

        Raises:
            NothingOpen, OutOfDate, StillGrading: it is not the moment for a hint.
            NoMoreHints: all are given, or a follow-up is open.
        """
        turn = self._asking(turn_id)
        if turn.follow_up or turn.hints >= len(turn.question.hints):
            raise NoMoreHints
        turn.hints += 1
        return turn.question.hints[turn.hints - 1]

    def skip(self, turn_id: str | None = None) -> Turn:
        """Leave the open question, or its follow-up, without an answer."""
        turn = self._asking(turn_id)
        turn.skipped = turn.assessment is None
        turn.done = True
        return turn

    def stop(self) -> None:
        """End the interview; what was answered is kept.

        Raises:
            NothingOpen: it is over already.
        """
        if not self.state.is_open:
            raise NothingOpen
        self.state = State.STOPPED

    def graded(self, part: Part, assessment: Assessment) -> FollowUp | None:
        """Take the assessment of an answer; the follow-up to ask, or None when the turn is done.

        An interview that was stopped meanwhile asks nothing more.
        """
        turn = self.turn
        if part is Part.FOLLOW_UP:
            turn.second = assessment
            turn.done = True
            return None
        turn.assessment = assessment
        if self.state is State.DAILY:
            turn.done = True
            self.finish()
            return None
        turn.follow_up = follow_up_for(turn.question, assessment) if self.state.is_open else None
        turn.done = turn.follow_up is None
        if turn.follow_up:
            self.state = State.ASKING
        return turn.follow_up

    def finish(self) -> None:
        """The plan is used up."""
        self.state = State.FINISHED


def unusable(text: str) -> CandidateError | None:
    """Why a text cannot be an answer: empty, too long, or without a single letter or digit; None if it can."""
    if len(text) > LONGEST_ANSWER:
        return AnswerTooLong(length=str(len(text)), limit=str(LONGEST_ANSWER))
    return None if any(char.isalnum() for char in text) else UnusableAnswer()


def follow_up_for(question: Question, assessment: Assessment) -> FollowUp | None:
    """The one follow-up after an answer: about a misconception asserted, else the weightiest criterion missed."""
    for asserted in assessment.misconceptions:
        misconception = question.misconception(asserted.id)
        against = [question.criterion(one) for one in misconception.against] if misconception else []
        probed = [one for one in against if one and one.probe]
        if probed:
            return FollowUp(probed[0].id, probed[0].probe or "")
        if misconception:
            return FollowUp(None, "", misconception.claim)
    missed = [one for one in question.criteria if one.weight == 3 and one.probe and _missed(one, assessment)]
    return FollowUp(missed[0].id, missed[0].probe or "") if missed else None


def _missed(criterion: Criterion, assessment: Assessment) -> bool:
    heard = assessment.verdicts.get(criterion.id)
    return heard is None or heard.verdict is Verdict.MISSED


class Summary(NamedTuple):
    """What a sitting came to: score 0-1, its band, score by topic, and the criteria most worth learning."""

    score: float
    band: str
    by_topic: Mapping[str, float]
    to_learn: Sequence[tuple[Question, Criterion]]
    answered: int
    points: int


BANDS = ((0.85, "strong"), (0.7, "solid"), (0.45, "growing"), (0.0, "starting"))
"""Lowest score of each band, best first; a good answer earns 70 % of the weight, not 100 %."""


def summarise(turns: Sequence[Turn]) -> Summary:
    """Sum a sitting up over the turns that were answered or skipped."""
    over = [turn for turn in turns if turn.assessment or turn.skipped]
    topics: dict[str, list[float]] = {}
    gaps: list[tuple[float, Question, Criterion]] = []
    for turn in over:
        topics.setdefault(turn.question.topic, []).append(turn.score)
        first = turn.verdicts()
        for criterion in turn.question.criteria:
            lost = criterion.weight * (1 - first.get(criterion.id, Verdict.MISSED).worth)
            if lost >= 1 and criterion.weight >= 2:
                gaps.append((lost, turn.question, criterion))
    score = sum(turn.score for turn in over) / len(over) if over else 0.0
    gaps.sort(key=lambda gap: -gap[0])
    return Summary(
        score,
        next(name for lowest, name in BANDS if score >= lowest),
        {topic: sum(scores) / len(scores) for topic, scores in sorted(topics.items())},
        [(question, criterion) for _, question, criterion in gaps[:3]],
        sum(turn.assessment is not None for turn in over),
        sum(turn.points for turn in over),
    )
