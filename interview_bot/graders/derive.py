"""Derives criteria from a reference answer for a question that has none: each sentence is one thing to hear."""

from __future__ import annotations

import re
from functools import lru_cache

from interview_bot.core.questions import Criterion, Line, Question
from interview_bot.graders.text import FUNCTION_WORDS, Token, words_of

MOST = 8
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+|(?:^|\s)[-*●○•]\s+")


@lru_cache(maxsize=512)
def _derived(reference: str, prompt: str) -> tuple[Criterion, ...]:
    asked = {token.stem for token in words_of(prompt)}
    criteria: list[Criterion] = []
    for sentence in _SENTENCE.split(reference):
        content = _content(sentence or "", asked)
        if len(content) < 2 or len(criteria) == MOST:
            continue
        wanted = max(2, round(len(content) * 0.5))
        criteria.append(
            Criterion(
                id=f"point-{len(criteria) + 1}",
                weight=2,
                point=sentence.strip(),
                any=wanted,
                of=_groups(content),
            )
        )
    if not criteria:
        whole = _content(reference, set()) or ["re:."]
        criteria.append(
            Criterion(
                id="point-1",
                weight=2,
                point=reference,
                any=max(1, round(len(whole) * 0.6)),
                of=_groups(whole),
            )
        )
    return tuple(criteria)


def _groups(words: list[str]) -> dict[str, tuple[Line, ...]]:
    return {f"word-{number}": (word,) for number, word in enumerate(words, 1)}


def _content(sentence: str, asked: set[str]) -> list[str]:
    """The words of a sentence that carry it: no small words, none that the question itself holds."""
    found: dict[str, Token] = {}
    for token in words_of(sentence):
        if token.word in FUNCTION_WORDS or not token.word[0].isalnum() or token.stem in asked:
            continue
        found.setdefault(token.stem, token)
    return [token.word for token in found.values()][:20]


def with_criteria(question: Question) -> Question:
    """The question itself if it has criteria, else a copy with criteria derived from its reference."""
    if question.criteria:
        return question
    return question.model_copy(update={"criteria": _derived(question.reference, question.prompt)})
