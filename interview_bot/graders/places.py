"""Where the words of a line stand in one answer: endings, split words and misspellings looked through."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from interview_bot.graders.expressions import Expression, expression
from interview_bot.graders.lines import Phrase, Starts
from interview_bot.graders.reading.text import (
    FUNCTION_WORDS,
    SENTENCE_ENDS,
    Clean,
    Token,
    carries_sense,
    is_english,
)

GAP_IN_PHRASE = 3
"""Tokens that may stand between two words of a phrase."""

_BREAKING = frozenset(
    {",", ":", "not", "no", "without", "never", "neither", "nor", "none", "nothing", "nobody", "hardly"}
)
_NOWHERE: Mapping[int, int] = {}


class Places:
    """One answer's words, indexed; ranges are half-open ranges of token numbers."""

    def __init__(self, cleaned: Clean, words: Sequence[Token], known: Mapping[str, str]) -> None:
        """Index the answer; `known` maps the words of all lines to their stems, for misspelt words."""
        self._cleaned = cleaned
        self._words = words
        self._lower = cleaned.text.lower()
        self._at: dict[str, dict[int, int]] = defaultdict(dict)
        self._begun: dict[str, Mapping[int, int]] = {}
        self._found: dict[tuple[str, ...], list[tuple[int, int]]] = {}
        self.misspelt = 0
        self._index(known)

    def _index(self, known: Mapping[str, str]) -> None:
        vocabulary = frozenset(known.values())
        spellings = list(known)
        for index, token in enumerate(self._words):
            self._at[token.stem][index] = index + 1
            if token.word != token.stem:
                self._at[token.word][index] = index + 1
            if not token.word.isalpha():
                continue
            if index + 1 < len(self._words):
                joined = token.word + self._words[index + 1].stem
                if joined in vocabulary:
                    self._at[joined][index] = index + 2
            if token.stem in vocabulary or len(token.word) < 5:
                continue
            if token.word not in FUNCTION_WORDS and not is_english(token.word):
                most = 2 if len(token.word) >= 9 else 1
                nearest = process.extractOne(token.word, spellings, scorer=OSA.distance, score_cutoff=most)
                if nearest and len(nearest[0]) >= 4:
                    self._at[known[nearest[0]]][index] = index + 1
                    self.misspelt += 1

    @property
    def stems(self) -> Iterable[str]:
        """The stems of the answer's words, as they are and mended."""
        return self._at.keys()

    def at(self, stem: str) -> Iterable[int]:
        """The tokens at which a stem stands."""
        return self._at.get(stem, _NOWHERE)

    def beginning(self, starts: Starts) -> list[str]:
        """Those of the stems that a wording may begin with here: words of the answer, and beginnings of words."""
        return [*(starts.phrases.keys() & self._at.keys()), *starts.beginnings]

    def of(self, phrase: Phrase) -> Iterable[tuple[int, int]]:
        """Where the phrase stands; small words may stand between its words."""
        stems = phrase.stems
        if len(stems) == 1:
            return self._starts(stems[0]).items()
        found = self._found.get(stems)
        if found is None:
            for wanted in stems:
                if wanted not in self._at and wanted[-1] != "*":
                    found = []
                    break
            else:
                found = list(self._places(stems))
            self._found[stems] = found
        return found

    def _places(self, stems: tuple[str, ...]) -> Iterator[tuple[int, int]]:
        for start, first_end in self._starts(stems[0]).items():
            end: int | None = first_end
            for wanted in stems[1:]:
                end = self._next(end, wanted, strangers=0 if self._words[end - 1].word in _BREAKING else 1)
                if end is None:
                    break
            else:
                yield start, end

    def _starts(self, wanted: str) -> Mapping[int, int]:
        if not wanted.endswith("*"):
            return self._at.get(wanted, _NOWHERE)
        found = self._begun.get(wanted)
        if found is None:
            stems = [one for one in self._at if one.startswith(wanted[:-1])]
            found = self._begun[wanted] = {at: end for one in stems for at, end in self._at[one].items()}
        return found

    def _next(self, at: int, wanted: str, strangers: int) -> int | None:
        """The end of a word that follows soon after token `at`, past so many words that carry sense, or None."""
        starts = self._starts(wanted)
        content = 0
        for index in range(at, min(at + 1 + GAP_IN_PHRASE, len(self._words))):
            if index in starts:
                return starts[index]
            word = self._words[index].word
            if word in SENTENCE_ENDS or word in _BREAKING:
                return None
            if carries_sense(word):
                content += 1
            if content > strangers:
                return None
        return None

    def of_expression(self, source: Expression) -> Iterator[tuple[int, int]]:
        """Token ranges under the matches of an author's expression."""
        offsets = [(token.start, token.end) for token in self._words]
        origin = self._cleaned.origin
        for match in expression(source.source).finditer(self._lower):
            if match.end() == match.start():
                continue
            lo, hi = origin[match.start()], origin[match.end() - 1]
            inside = [index for index, (start, end) in enumerate(offsets) if start <= hi and end > lo]
            if inside:
                yield inside[0], inside[-1] + 1
