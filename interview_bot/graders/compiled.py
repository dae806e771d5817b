"""Compiles a question's rubric once: patterns ready to be searched for, and the version that grades carry."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from interview_bot.core.questions import Question
from interview_bot.graders.derive import with_criteria
from interview_bot.graders.lines import Pattern, Phrase, compile_lines, terms_of
from interview_bot.graders.reading.text import carries_sense, stem, words_of

ENGINE = "23"
"""Raised whenever the same rubric and answer may get another verdict."""


class CompiledCriterion(NamedTuple):
    """A criterion ready to be searched for."""

    id: str
    weight: int
    heard: tuple[Pattern, ...]
    partly: tuple[Pattern, ...]
    wanted: int
    groups: tuple[tuple[str, tuple[Pattern, ...]], ...]

    @property
    def whole(self) -> tuple[Pattern, ...]:
        """The lines that may make the whole point, those of the groups included."""
        return (*self.heard, *(line for _, lines in self.groups for line in lines))

    @property
    def lines(self) -> tuple[Pattern, ...]:
        """All lines."""
        return (*self.whole, *self.partly)


class CompiledMisconception(NamedTuple):
    """A misconception ready to be searched for."""

    id: str
    heard: tuple[Pattern, ...]
    against: tuple[str, ...]


class Needed(NamedTuple):
    """Which patterns an answer may hold at all, told from its stems: most hold none of the words that a pattern needs."""

    by_stem: dict[str, tuple[int, ...]]
    """Patterns, by their `id`, under the stems that their most particular item needs one of."""
    any: frozenset[int]
    """Those of which that cannot be said."""

    def among(self, stems: Iterable[str]) -> set[int]:
        """The patterns that an answer of these stems may hold, by their `id`."""
        return {one for stem in stems for one in self.by_stem.get(stem, ())} | self.any


class Words(NamedTuple):
    """The stems by which each criterion may be known: bit n of a mask stands for criterion n."""

    lines: dict[str, int]
    """Of all wordings of a criterion's lines."""
    point: dict[str, int]
    """Of the text of its point."""
    in_lines: tuple[int, ...]
    """How many its lines have."""
    in_point: tuple[int, ...]
    """How many its point's text has."""


class Rubric(NamedTuple):
    """A question compiled once: patterns, subjects, vocabulary, and the version that grades carry."""

    question: Question
    criteria: tuple[CompiledCriterion, ...]
    misconceptions: tuple[CompiledMisconception, ...]
    subjects: dict[str, tuple[Phrase, ...]]
    spellings: dict[str, str]
    needed: Needed
    words: Words
    prompt_pairs: frozenset[tuple[str, str]]
    version: str


def compile_rubric(question: Question) -> Rubric:
    """Compile a question's rubric; with no criteria they are derived from its reference.

    Raises:
        BadLine: a line cannot be understood.
    """
    question = with_criteria(question)
    terms = terms_of(question)
    criteria = tuple(
        CompiledCriterion(
            one.id,
            one.weight,
            compile_lines(one.heard, terms),
            compile_lines(one.partly, terms),
            one.any or 0,
            tuple((name, compile_lines(lines, terms)) for name, lines in one.of.items()),
        )
        for one in question.criteria
    )
    misconceptions = tuple(
        CompiledMisconception(one.id, compile_lines(one.heard, terms), one.against)
        for one in question.misconceptions
    )
    patterns = [pattern for one in criteria for pattern in one.lines] + [
        pattern for one in misconceptions for pattern in one.heard
    ]
    names = {pattern.subject for pattern in patterns if pattern.subject}
    subjects = {
        name: tuple(
            wording
            for pattern in compile_lines((f"<{name}>",), terms)
            for wording in pattern.items[0].wordings
        )
        for name in sorted(names)
    }
    phrases = [
        wording
        for pattern in patterns
        for item in pattern.items
        for wording in (*item.wordings, *item.denials)
    ]
    phrases += [phrase for wordings in subjects.values() for phrase in wordings]
    spellings = {word: stem(word) for phrase in phrases for word in phrase.words if word.isalpha()}
    stems = [token.stem for token in words_of(question.prompt) if token.word[0].isalnum()]
    return Rubric(
        question,
        criteria,
        misconceptions,
        subjects,
        spellings,
        _needed(patterns),
        _words(question, criteria),
        frozenset(itertools.pairwise(stems)),
        version_of(question),
    )


def _needed(patterns: Iterable[Pattern]) -> Needed:
    by_stem: dict[str, list[int]] = {}
    anything: set[int] = set()
    for pattern in patterns:
        known = [stems for item in pattern.items if (stems := item.needs()) is not None]
        if not known:
            anything.add(id(pattern))
        for one in min(known, key=len, default=()):
            by_stem.setdefault(one, []).append(id(pattern))
    return Needed({one: tuple(found) for one, found in by_stem.items()}, frozenset(anything))


def _words(question: Question, criteria: Sequence[CompiledCriterion]) -> Words:
    of_lines = [
        {
            stem.rstrip("*")
            for pattern in one.lines
            for item in pattern.items
            for wording in (*item.wordings, *item.denials)
            for stem in wording.stems
        }
        for one in criteria
    ]
    of_points = [{token.stem for token in words_of(one.point)} for one in question.criteria]
    lines, in_lines = _masks(of_lines)
    point, in_point = _masks(of_points)
    return Words(lines, point, in_lines, in_point)


def _masks(sets: Sequence[set[str]]) -> tuple[dict[str, int], tuple[int, ...]]:
    masks: dict[str, int] = {}
    kept = [{one for one in stems if carries_sense(one)} for stems in sets]
    for number, stems in enumerate(kept):
        for one in stems:
            masks[one] = masks.get(one, 0) | 1 << number
    return masks, tuple(len(stems) for stems in kept)


def version_of(question: Question) -> str:
    """Twelve hex digits over the question and the engine: the same question graded the same way."""
    text = f"{ENGINE}\n{question.model_dump_json()}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]
