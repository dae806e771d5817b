"""Derives criteria from a reference answer for a question that has none: each sentence is one thing to hear."""

from __future__ import annotations

import re
from functools import lru_cache

from interview_bot.core.questions import Criterion, Line, Question
from interview_bot.graders.reading.language import read
from interview_bot.graders.reading.text import FUNCTION_WORDS, clean

MOST = 12
"""Points that are derived at most; the rest of a long reference is not asked for."""

SHARE = 0.4
"""How many of a sentence's words must be heard: candidates use their own for the others."""

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+|(?:^|\s)[-*●○•]\s+")


@lru_cache(maxsize=512)
def _derived(reference: str, prompt: str) -> tuple[Criterion, ...]:
    asked = {token.stem for token in read(clean(prompt)).tokens}
    criteria: list[Criterion] = []
    for sentence in _SENTENCE.split(reference):
        words = _content(sentence or "", asked)
        if len(words) >= 2 and len(criteria) < MOST:
            criteria.append(_criterion(len(criteria) + 1, sentence, words))
    return tuple(criteria) or (_criterion(1, reference, _content(reference, set()) or ["re:."]),)


def _criterion(number: int, point: str, words: list[Line]) -> Criterion:
    wanted = min(len(words), max(2, round(len(words) * SHARE)))
    groups = {f"word-{place}": (word,) for place, word in enumerate(words, 1)}
    return Criterion(id=f"point-{number}", weight=2, point=point.strip()[:2000], any=wanted, of=groups)


def _content(sentence: str, asked: set[str]) -> list[Line]:
    """The words of a sentence that carry it, each asserted or denied as the sentence has it.

    No small words, and none that the question itself holds.
    """
    reading = read(clean(sentence))
    found: dict[str, Line] = {}
    for place, token in enumerate(reading.tokens):
        if token.word in FUNCTION_WORDS or not token.word[0].isalnum() or token.stem in asked:
            continue
        over = sum(scope.reach[0] <= place < scope.reach[1] for scope in reading.scopes if not scope.reported)
        found.setdefault(token.stem, f"not {token.word}" if over % 2 else token.word)
    return list(found.values())[:20]


def with_criteria(question: Question) -> Question:
    """The question itself if it has criteria, else a copy with criteria derived from its reference."""
    if question.criteria:
        return question
    return question.model_copy(update={"criteria": _derived(question.reference, question.prompt)})
