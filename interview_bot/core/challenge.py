"""A grade that is challenged: why, and what a reviewer decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Any, NamedTuple, Protocol

from interview_bot.core.errors import BadDecision
from interview_bot.core.grades import Assessment, Heard, Verdict, weigh, weights_of
from interview_bot.core.interview import Who
from interview_bot.core.questions import Question

REVIEWER = "reviewer"
"""The grader's name of an assessment that a person corrected."""

LONGEST_REASON = 1_000


class Challenge(NamedTuple):
    """One challenge of a turn's grade; `state` is `open`, `upheld` or `changed`."""

    id: str
    who: Who
    interview: str
    turn: str
    reason: str
    address: Mapping[str, str]
    at: datetime
    state: str = "open"
    reviewer: str = ""
    line: str = ""


class Decision(NamedTuple):
    """A reviewer's word: verdicts that change (none: the grade stands), and one line to the candidate."""

    changes: Mapping[str, Verdict]
    line: str


class Gold(NamedTuple):
    """One line of `<slug>.jsonl` and one of `labels/<slug>.jsonl`."""

    answer: dict[str, Any]
    label: dict[str, Any]


class Challenges(Protocol):
    """What the store keeps of challenges."""

    async def add(self, challenge: Challenge) -> bool:
        """Keep a challenge; False if one of this turn is open."""
        ...

    async def of(self, challenge_id: str) -> Challenge | None:
        """A challenge, or None; it goes with its candidate."""
        ...

    async def all(self, state: str) -> Sequence[Challenge]:
        """The challenges of every team in this state, oldest first."""
        ...

    async def decide(self, challenge: Challenge, at: datetime) -> bool:
        """Keep a decision with a line in the audit log; False if somebody decided before."""
        ...

    async def correct(self, turn: str, assessment: Assessment) -> None:
        """Write a corrected assessment of a turn's first answer in the place of the one it has."""
        ...

    async def text(self, turn: str) -> str:
        """The turn's first answer; empty when its words are gone."""
        ...

    async def reviewers(self, team: str) -> Mapping[str, str] | None:
        """Where a team's reviewers are, or None."""
        ...

    async def set_reviewers(self, by: Who, place: Mapping[str, str] | None, at: datetime) -> None:
        """Set where a team's reviewers are (None: nowhere), with a line in the audit log."""
        ...


def about(reason: str, question: Question) -> tuple[str, ...]:
    """The criteria that a reason begins with, as in `kernel, cost: because I said so`; none where it names none."""
    head, colon, _ = reason.partition(":")
    known = {criterion.id.lower(): criterion.id for criterion in question.criteria}
    words = head.lower().replace(",", " ").split()
    return tuple(dict.fromkeys(known[word] for word in words)) if colon and known.keys() >= {*words} else ()


def read_decision(text: str, question: Question) -> Decision:
    """Read `uphold: why`, or `kernel met, cost partial: why`.

    Raises:
        BadDecision: an unknown criterion or verdict, or no line for the candidate.
    """
    head, _, line = text.strip().partition(":")
    known = [criterion.id for criterion in question.criteria]
    if not line.strip():
        raise BadDecision(word=text.strip()[:80], nearest="", known=", ".join(known))
    changes: dict[str, Verdict] = {}
    for part in () if head.strip().lower() in {"uphold", "upheld"} else head.split(","):
        words = part.lower().split()
        if len(words) != 2 or words[0] not in known or words[1] not in list(Verdict):
            near = get_close_matches(words[0] if words else "", known, 1)
            raise BadDecision(word=part.strip()[:80], nearest="".join(near), known=", ".join(known))
        changes[words[0]] = Verdict(words[1])
    return Decision(changes, line.strip())


def corrected(question: Question, assessment: Assessment, changes: Mapping[str, Verdict]) -> Assessment:
    """The assessment with a person's verdicts in it, its score counted by the same arithmetic."""
    verdicts: dict[str, Heard] = {
        name: Heard(changes[name], heard.evidence, REVIEWER) if name in changes else heard
        for name, heard in assessment.verdicts.items()
    }
    plain = {name: heard.verdict for name, heard in verdicts.items()}
    score = weigh(weights_of(question), plain, [one.id for one in assessment.misconceptions])
    return assessment._replace(
        verdicts=verdicts,
        score=score,
        grader=REVIEWER,
        flags=(*assessment.flags, "reviewed"),
        confidence=None,
    )


def gold(challenge: Challenge, question: Question, answer: str, assessment: Assessment) -> Gold:
    """A decided challenge as a labelled answer and its label, as the benchmark's folder of them holds both."""
    numbers = {one.id: number for number, one in enumerate(question.misconceptions, 1)}
    said = [numbers[one.id] for one in assessment.misconceptions if one.id in numbers]
    verdicts = {name: heard.verdict.value for name, heard in assessment.verdicts.items()}
    return Gold(
        {"id": challenge.id, "voice": "challenged", "answer": answer},
        {"id": challenge.id, "verdicts": verdicts, "misconceptions": sorted(said)},
    )


def ids_of(question: Question) -> tuple[frozenset[str], frozenset[str]]:
    """What a label speaks of: the question's criteria and misconceptions."""
    return (
        frozenset(one.id for one in question.criteria),
        frozenset(one.id for one in question.misconceptions),
    )


def labelled(challenge: Challenge, question: Question, answer: str, assessment: Assessment) -> dict[str, Any]:
    """A decided challenge as one labelled answer of the benchmark."""
    return {
        "id": challenge.id,
        "question": question.slug,
        "answer": answer,
        "labels": {name: heard.verdict.value for name, heard in assessment.verdicts.items()},
        "misconceptions": [one.id for one in assessment.misconceptions],
        "decided": challenge.state,
    }
