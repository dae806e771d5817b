"""A question that somebody suggests: how it is written in a chat, and what becomes of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from interview_bot.core.catalogue import Catalogue
from interview_bot.core.errors import BadSuggestion, SuggestionTooLong
from interview_bot.core.interview import Who
from interview_bot.core.questions import Question, Source

LONGEST_PROMPT = 2_000
LONGEST_REFERENCE = 3_000

_CUT = re.compile(r"(?:^|\s)-{2,}(?:\s|$)|(?:^|\s)—(?:\s|$)")
_ADDRESS = re.compile(r"^https://\S+$")
_LETTERS = re.compile(r"[a-z0-9]+")


class Draft(NamedTuple):
    """A question as it was written: a topic of the bank, the question, what a strong answer says, addresses to read."""

    topic: str
    prompt: str
    reference: str
    sources: tuple[str, ...] = ()


class Suggestion(NamedTuple):
    """One suggested question in a team's queue; `state` is `open`, `accepted` or `declined`."""

    id: str
    who: Who
    draft: Draft
    address: Mapping[str, str]
    at: datetime
    state: str = "open"
    decider: str = ""
    line: str = ""

    @property
    def slug(self) -> str:
        """The question's name: the first words that say something, and some of the id, so that it is its own."""
        words = [word for word in _LETTERS.findall(self.draft.prompt.lower()) if len(word) > 3]
        return "-".join([*words[:4], self.id[:6].lower()])[:60]


class Suggestions(Protocol):
    """What the store keeps of suggested questions."""

    async def add(self, suggestion: Suggestion) -> None:
        """Keep a suggestion; its author must be known."""
        ...

    async def of(self, suggestion_id: str) -> Suggestion | None:
        """A suggestion, or None; it goes with its author."""
        ...

    async def all(self, state: str, team: str | None = None) -> Sequence[Suggestion]:
        """The suggestions of a team (None: of every team) in this state, oldest first."""
        ...

    async def decide(self, suggestion: Suggestion, at: datetime) -> bool:
        """Keep a decision with a line in the audit log; False if somebody decided before."""
        ...


def read_suggestion(text: str, catalogue: Catalogue) -> Draft:
    """Read `<topic> <question> -- <what a strong answer says>`, with addresses to read on lines of their own.

    Raises:
        BadSuggestion: a part is missing.
        SuggestionTooLong: a part is longer than a question file takes.
        UnknownTopic: the first word is no topic.
    """
    words = text.split(maxsplit=1)
    topic = words[0].rstrip(":").lower() if words else ""
    prompt, answer = _halves(words[1] if len(words) > 1 else "")
    if not topic or not prompt or not answer:
        raise BadSuggestion
    found = catalogue.about(topic)
    rows = answer.split("\n")
    sources = tuple(row.strip() for row in rows if _ADDRESS.match(row.strip()))
    reference = "\n".join(row for row in rows if not _ADDRESS.match(row.strip())).strip()
    if not reference:
        raise BadSuggestion
    for part, most in ((prompt, LONGEST_PROMPT), (reference, LONGEST_REFERENCE)):
        if len(part) > most:
            raise SuggestionTooLong(length=str(len(part)), limit=str(most))
    topics = {one.topic for one in found}
    return Draft(topic if topic in topics else found[0].topic, prompt, reference, sources)


def _halves(text: str) -> tuple[str, str]:
    match = _CUT.search(text)
    return (text[: match.start()].strip(), text[match.end() :].strip()) if match else (text.strip(), "")


def written(draft: Draft) -> str:
    """A draft as `read_suggestion` reads it."""
    return "\n".join([f"{draft.topic} {draft.prompt}", "--", draft.reference, *draft.sources])


def question_of(suggestion: Suggestion, track: str) -> Question:
    """The suggestion as a question of the bank; its criteria are derived from the reference until somebody writes them."""
    draft = suggestion.draft
    return Question(
        slug=suggestion.slug,
        topic=draft.topic,
        track=track,
        prompt=draft.prompt,
        reference=draft.reference,
        sources=tuple(
            Source(title=one.removeprefix("https://").split("/")[0], url=one) for one in draft.sources
        ),
    )
