"""Searches one reading of an answer for patterns: what is asserted, what is denied, and of whom it is said."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from interview_bot.graders.compiled import Rubric, Words
from interview_bot.graders.lines import Item, Pattern
from interview_bot.graders.pieces import Piece, combinations
from interview_bot.graders.places import Places
from interview_bot.graders.reading.language import Reading, Sentence, is_turned
from interview_bot.graders.reading.reach import Scope
from interview_bot.graders.reading.refuted import FALSE_WORDS, TRUE_WORDS
from interview_bot.graders.reading.text import FUNCTION_WORDS, Clean, carries_sense, is_english
from interview_bot.graders.subjects import follow_subjects

FEWEST_TO_IMPLY = 20
"""Tokens from which on an answer may leave out of whom it speaks."""

MOST_TO_IMPLY = 3
"""Subjects of a rubric up to which it may do so."""


_MANNERS = frozenset({"default", "hand", "design", "accident", "itself", "themselves", "name"})
"""What somebody does not do something to in "by default" and "by hand"."""


class Hit(NamedTuple):
    """A pattern found: token range, whether the words around it assert it, and the stems of its own words."""

    start: int
    end: int
    asserted: bool
    pattern: Pattern
    stems: frozenset[str]


class Search:
    """One answer, prepared for many patterns over the same vocabulary."""

    def __init__(self, cleaned: Clean, reading: Reading, rubric: Rubric) -> None:
        """Index the answer."""
        subjects = rubric.subjects
        self._reading = reading
        self._places = Places(cleaned, reading.tokens, rubric.spellings)
        self._small = [token.word in FUNCTION_WORDS for token in reading.tokens]
        self._possible = rubric.needed.among(self._places.stems)
        self._hits: dict[tuple[int, bool], list[Hit]] = {}
        self._inside: dict[str, dict[int, list[Piece]]] = {}
        self._doubtful: set[int] = set()
        self._swapped: set[int] = set()
        self.misspelt = self._places.misspelt
        self._sentence_of = [0] * len(reading.tokens)
        for number, sentence in enumerate(reading.sentences):
            self._sentence_of[sentence.start : sentence.end] = [number] * (sentence.end - sentence.start)
        self._about, self._named = follow_subjects(reading, self._places, subjects)
        # Where things are compared, a few words that name none of them ("Answer: see above.") are said of none,
        # and where many things are told apart, so are many words.
        long = len(reading.tokens) >= FEWEST_TO_IMPLY
        self._nobody = len(subjects) > 1 and not any(self._named)
        self._may_imply = any(self._named) or len(subjects) < 2 or (long and len(subjects) <= MOST_TO_IMPLY)

    def doubt(self) -> None:
        """From now on take nothing for asserted that stands in a sentence that is turned round, unless its line denies too.

        For answers that deny throughout: where each sentence was turned round, what a "not" happens not to reach is
        not meant either.
        """
        self._hits.clear()
        self._doubtful = {
            number for number, one in enumerate(self._reading.sentences) if is_turned(self._reading, one)
        }

    def hits(self, pattern: Pattern, strict: bool = False) -> list[Hit]:
        """Every sentence where the pattern stands, asserted or denied, in the order of the answer.

        A sentence that leans on the one before it ("It ...", "Whole file, not blocks.") is also searched together
        with it. `strict` asks that the words be said of the pattern's subject and of nobody else, in one sentence.
        """
        # A rubric keeps its patterns for as long as it is used, so their identity is enough to know them again.
        if id(pattern) not in self._possible:
            return []
        found = self._hits.get((id(pattern), strict))
        if found is None:
            found = self._hits[id(pattern), strict] = list(self._search(pattern, strict))
        return found

    def swaps(self, patterns: Iterable[Pattern]) -> bool:
        """Whether the words of one of these stood together, but of somebody else or the other way round."""
        return any(id(one) in self._swapped for one in patterns)

    def _search(self, pattern: Pattern, strict: bool) -> Iterator[Hit]:
        inside: list[dict[int, list[Piece]]] = []
        for item in pattern.items:
            found = self._inside.get(item.text)
            if found is None:
                found = self._inside[item.text] = self._by_sentence(self._pieces(item))
            if not found:
                return
            inside.append(found)
        for number in sorted({number for one in inside for number in one}):
            sentence = self._reading.sentences[number]
            if sentence.idle:
                continue
            here = [one.get(number, []) for one in inside]
            best = self._best(pattern, here, strict) if all(here) else None
            if best is None and sentence.leans and not strict and len(here) > 1 and any(here):
                both = [one.get(number - 1, []) + one.get(number, []) for one in inside]
                best = self._best(pattern, both, strict) if all(both) else None
            if best is not None:
                yield best

    def sentence_of(self, hit: Hit) -> Sentence:
        """The sentence in which a hit begins."""
        return self._reading.sentences[self._sentence_of[hit.start]]

    def is_telling(self, hit: Hit) -> bool:
        """Whether a hit shows by itself that the answer is about the question: more than one plain English word.

        Several items, a subject that the answer names, a phrase, or a word that no dictionary of English has.
        """
        if len(hit.pattern.items) > 1 or hit.end - hit.start > 1:
            return True
        word = self._reading.tokens[hit.start].word
        subject = hit.pattern.subject
        return not is_english(word) or (
            subject is not None and any(subject in named for named in self._named)
        )

    def takes_back(self, before: Hit, after: Hit) -> bool:
        """Whether a later denial is of what was said: of the same words, and of nobody that the first did not name."""
        words = self._reading.tokens
        first = self._reading.sentences[self._sentence_of[before.start]]
        sentence = self._reading.sentences[self._sentence_of[after.start]]
        if sentence == first:
            return after.stems <= before.stems
        named = {token.stem for token in words[first.start : first.end]}
        told = words[sentence.start : after.end]
        return after.stems <= named and all(
            token.stem in named | TRUE_WORDS | FALSE_WORDS or not carries_sense(token.word) for token in told
        )

    def said(self, words: Words) -> dict[int, frozenset[str]]:
        """Which of a rubric's stems each sentence asserts, by its number; what is idle or taken back asserts none."""
        reading = self._reading
        mute = {at for scope in reading.scopes for at in range(*scope.reach)}
        mute.update(at for lo, hi in reading.retracted for at in range(lo, hi))
        mute.update(at for one in reading.sentences if one.idle for at in range(one.start, one.end))
        sentences: dict[int, set[str]] = defaultdict(set)
        for stem in self._places.stems:
            if stem in words.lines or stem in words.point:
                for at in self._places.at(stem):
                    if at not in mute:
                        sentences[self._sentence_of[at]].add(stem)
        return {number: frozenset(stems) for number, stems in sentences.items()}

    def _stems(self, pieces: Iterable[Piece]) -> frozenset[str]:
        words = self._reading.tokens
        return frozenset(
            token.stem
            for piece in pieces
            for token in words[piece.start : piece.end]
            if carries_sense(token.word)
        )

    def _by_sentence(self, pieces: Iterable[Piece]) -> dict[int, list[Piece]]:
        found: dict[int, list[Piece]] = defaultdict(list)
        for piece in pieces:
            found[self._sentence_of[piece.start]].append(piece)
        return found

    def _pieces(self, item: Item) -> Iterator[Piece]:
        for starts, denied in ((item.starts, False), (item.denied_starts, True)):
            places: set[tuple[int, int]] = set()
            for first in self._places.beginning(starts):
                for phrase in starts.phrases[first]:
                    places.update(self._places.of(phrase))
            for start, end in places:
                light = all(self._small[start:end])
                yield Piece(start, end, denied, light)
        for sources, denied in ((item.expressions, False), (item.denied_expressions, True)):
            for source in sources:
                for start, end in self._places.of_expression(source):
                    yield Piece(start, end, denied)

    def _best(self, pattern: Pattern, here: list[list[Piece]], strict: bool) -> Hit | None:
        best: Hit | None = None
        for pieces in combinations(here, pattern.ordered):
            if pattern.ordered and not self._acts_in_order(pieces):
                self._swapped.add(id(pattern))
                continue
            if pattern.subject and not self._is_about(pattern.subject, pieces, strict):
                if len(pieces) > 1 and self._is_of_another(pattern.subject, pieces):
                    self._swapped.add(id(pattern))
                continue
            start, end = min(piece.start for piece in pieces), max(piece.end for piece in pieces)
            stands = self._stands(pieces, start)
            if stands is None:
                continue
            hit = Hit(start, end, stands, pattern, self._stems(pieces))
            if best is None or _rank(hit) > _rank(best):
                best = hit
        return best

    def _is_about(self, subject: str, pieces: Sequence[Piece], strict: bool) -> bool:
        said_of = [self._about[piece.start] | self._about[piece.end - 1] for piece in pieces]
        if strict:
            number = self._sentence_of[pieces[0].start]
            here = subject in self._named[number] or self._reading.sentences[number].leans
            return here and all(one == frozenset({subject}) for one in said_of)
        imply = self._may_imply and not (self._nobody and self._is_plain(pieces))
        return all(subject in one if one else imply for one in said_of)

    def _is_of_another(self, subject: str, pieces: Sequence[Piece]) -> bool:
        """Whether all of it is said of somebody else."""
        return all(one and subject not in one for one in (self._about[piece.start] for piece in pieces))

    def _is_plain(self, pieces: Sequence[Piece]) -> bool:
        """Whether one plain word is all that was found: too little where the answer names none of several subjects."""
        (first, *others) = pieces
        return (
            not others and first.end - first.start == 1 and is_english(self._reading.tokens[first.start].word)
        )

    def _acts_in_order(self, pieces: Sequence[Piece]) -> bool:
        """Active order ("a calls b") or its passive turn ("b is called by a")."""
        words = [token.word for token in self._reading.tokens]
        if all(one.end <= after.start for one, after in itertools.pairwise(pieces)):
            between = words[pieces[0].end : pieces[-1].end]
            behind = words[pieces[-1].end : pieces[-1].end + 2]
            by = _is_by_somebody(between) or (behind[:1] == ["by"] and _is_by_somebody(behind))
            return not by or not _passive(between)
        backward = all(one.start >= after.end for one, after in itertools.pairwise(pieces))
        return backward and _is_by_somebody(words[pieces[-1].end : pieces[0].end])

    def _stands(self, pieces: Sequence[Piece], start: int) -> bool | None:
        """True if asserted as the pattern wants it, False if denied, None if reported or taken back."""
        if any(lo <= start < hi for lo, hi in self._reading.retracted):
            return None
        over: list[tuple[Scope, list[Piece]]] = []
        for scope in self._reading.scopes:
            reached = [
                piece for piece in pieces if scope.reach[0] < piece.end and piece.start < scope.reach[1]
            ]
            if not reached or (scope.alone and len(pieces) > 1):
                continue
            if any(scope.cue[0] >= piece.start and scope.cue[1] <= piece.end for piece in pieces):
                continue
            if scope.reported:
                return None
            over.append((scope, reached))
        wants_denial = any(piece.denied for piece in pieces)
        if wants_denial:
            turned = sum(any(piece.denied for piece in reached) for _, reached in over)
            return True if turned % 2 else None
        if len(over) == 2 and not {id(one) for one in over[0][1]} & {id(one) for one in over[1][1]}:
            return False  # two clauses, each denied: they do not cancel each other
        return len(over) % 2 == 0 and self._sentence_of[start] not in self._doubtful


def _rank(hit: Hit) -> tuple[bool, int, int]:
    """Asserted before denied, short before long, early before late."""
    return hit.asserted, hit.start - hit.end, -hit.start


def _passive(between: Sequence[str]) -> bool:
    return bool({"is", "are", "was", "were", "be", "been", "being", "gets", "get"} & set(between)) or any(
        re.search(r"(ed|en|un)$", word) for word in between
    )


def _is_by_somebody(words: Sequence[str]) -> bool:
    """Whether a "by" names who does it, as it does not in "by default"."""
    return any(one == "by" and after not in _MANNERS for one, after in itertools.pairwise((*words, "")))
