"""Searches one reading of an answer for patterns: what is asserted, what is denied, and of whom it is said."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from interview_bot.graders.language import SENTENCE_ENDS, Reading, Scope
from interview_bot.graders.lines import Expression, Item, Pattern, Phrase, expression
from interview_bot.graders.text import FUNCTION_WORDS, Clean, is_english

GAP_IN_PHRASE = 2
"""Tokens that may stand between two words of a phrase."""

GAP_BETWEEN_ITEMS = 12
"""Tokens that may stand between two items of a pattern."""

_COMPARING = frozenset(
    {"than", "unlike", "versus", "oppose", "compare", "contrast", "of", "like", "to", "with"}
)
_FRONTING = frozenset({"with", "in", "on", "for", "inside", "regarding", "as", "using", "by", "about"})
_RELATIVE = frozenset({"which", "that", "who", "where", "whose"})
_CLAUSE = frozenset(
    {",", "(", ")", ":", "and", "but", "while", "whereas", "because", "so", "since", "though", "although"}
)


class Hit(NamedTuple):
    """A pattern found: token range, and whether the words around it assert it."""

    start: int
    end: int
    asserted: bool
    pattern: Pattern


class Piece(NamedTuple):
    """Where one item of a pattern stands."""

    start: int
    end: int
    denied: bool
    light: bool = False
    """Made of small words only ("in", "only"): it must stand right beside another piece."""


class Search:
    """One answer, prepared for many patterns over the same vocabulary."""

    def __init__(
        self,
        cleaned: Clean,
        reading: Reading,
        subjects: Mapping[str, tuple[Phrase, ...]],
        known: Mapping[str, str],
    ) -> None:
        """Index the answer; `known` maps the words of the patterns to their stems, for misspelt words."""
        self._reading = reading
        self._cleaned = cleaned
        self._stems = [token.stem for token in reading.tokens]
        self._at: dict[str, list[int]] = defaultdict(list)
        self._found: dict[Phrase, list[tuple[int, int]]] = {}
        self._lower = cleaned.text.lower()
        self.misspelt = 0
        self._sentence_of = [0] * len(self._stems)
        for number, sentence in enumerate(reading.sentences):
            self._sentence_of[sentence.start : sentence.end] = [number] * (sentence.end - sentence.start)
        self._index(known)
        self._about = self._follow_subjects(subjects)

    def _index(self, known: Mapping[str, str]) -> None:
        vocabulary = frozenset(known.values())
        spellings = list(known)
        words = self._reading.tokens
        for index, token in enumerate(words):
            self._at[token.stem].append(index)
            if token.word != token.stem:
                self._at[token.word].append(index)
            if not token.word.isalpha() or token.stem in vocabulary:
                continue
            if index + 1 < len(words):
                joined = token.word + words[index + 1].stem
                if joined in vocabulary:
                    self._at[joined].append(index)
            if len(token.word) >= 5 and token.word not in FUNCTION_WORDS and not is_english(token.word):
                most = 2 if len(token.word) >= 9 else 1
                nearest = process.extractOne(token.word, spellings, scorer=OSA.distance, score_cutoff=most)
                if nearest and len(nearest[0]) >= 4:
                    self._at[known[nearest[0]]].append(index)
                    self.misspelt += 1

    def _follow_subjects(self, subjects: Mapping[str, tuple[Phrase, ...]]) -> list[frozenset[str]]:
        """For each token the subjects it may be said of; empty where nobody was named yet."""
        about: list[frozenset[str]] = [frozenset()] * len(self._stems)
        if not subjects:
            return about
        mentions: dict[int, tuple[int, str]] = {}
        for name, phrases in subjects.items():
            for phrase in phrases:
                for start, end in self.places(phrase):
                    if start not in mentions or end > mentions[start][0]:
                        mentions[start] = (end, name)
        current: frozenset[str] = frozenset()
        for sentence in self._reading.sentences:
            current = self._follow(sentence.start, sentence.end, mentions, current, about)
        return about

    def _follow(
        self,
        start: int,
        end: int,
        mentions: dict[int, tuple[int, str]],
        current: frozenset[str],
        about: list[frozenset[str]],
    ) -> frozenset[str]:
        words = self._reading.tokens
        clause = start
        named_here = False
        aside: frozenset[str] = frozenset()
        for index in range(start, end):
            if words[index].word in _CLAUSE:
                clause = index + 1
                named_here = False
                aside = frozenset()
            mention = mentions.get(index)
            if mention and self._leads(index, clause, mention[0]):
                name = frozenset({mention[1]})
                if not named_here:
                    for earlier in range(clause, index):
                        about[earlier] = about[earlier] | name if about[earlier] else about[earlier]
                both = named_here and words[index - 1].word in {"and", "or", "/"}
                current = current | name if both else name
                aside = frozenset()
                named_here = True
            elif mention:
                aside = frozenset({mention[1]})
            about[index] = current | aside if current else current
        return current

    def _leads(self, index: int, clause: int, end: int) -> bool:
        """Whether a name opens what is said of it, rather than being compared with or acted on."""
        words = self._reading.tokens
        before = words[index - 1] if index else None
        while before is not None and before.word in {
            "a",
            "an",
            "the",
            "each",
            "every",
            "real",
            "normal",
            "full",
        }:
            index -= 1
            before = words[index - 1] if index else None
        if before is None or index <= clause:
            return True
        after = [token.word for token in words[end : end + 2]]
        followed = bool(after) and (after[0] in _RELATIVE or (after[0] == "," and after[-1] in _RELATIVE))
        if before.word in _FRONTING and index - clause <= 2:
            return True
        return followed or before.word not in _COMPARING | _FRONTING

    def places(self, phrase: Phrase) -> list[tuple[int, int]]:
        """Token ranges where the phrase stands; small words may stand between its words."""
        found = self._found.get(phrase)
        if found is None:
            found = self._found[phrase] = list(self._places(phrase.stems))
        return found

    def _places(self, stems: tuple[str, ...]) -> Iterator[tuple[int, int]]:
        for start in self._starts(stems[0]):
            at = start
            for wanted in stems[1:]:
                following = self._next(at, wanted)
                if following is None:
                    break
                at = following
            else:
                yield start, at + 1

    def _starts(self, wanted: str) -> Iterable[int]:
        if wanted.endswith("*"):
            beginning = wanted[:-1]
            return sorted({at for one, ats in self._at.items() if one.startswith(beginning) for at in ats})
        return self._at.get(wanted, ())

    def _next(self, at: int, wanted: str) -> int | None:
        words = self._reading.tokens
        starts = self._starts(wanted)
        content = 0
        for index in range(at + 1, min(at + 2 + GAP_IN_PHRASE, len(words))):
            if index in starts:
                return index
            word = words[index].word
            if word in SENTENCE_ENDS or word in {",", ":"} or word in {"not", "no", "without", "never"}:
                return None
            if word[0].isalnum() and word not in FUNCTION_WORDS:
                content += 1
            if content > 1:
                return None
        return None

    def hits(self, pattern: Pattern, strict: bool = False) -> Iterator[Hit]:
        """Every sentence where the pattern stands, asserted or denied, in the order of the answer.

        `strict` asks that the words be said of the pattern's subject and of nobody else.
        """
        options = [list(self._pieces(item)) for item in pattern.items]
        if not all(options):
            return
        inside = [self._by_sentence(pieces) for pieces in options]
        for number in sorted(number for number in inside[0] if all(number in one for one in inside)):
            if self._reading.sentences[number].idle:
                continue
            here = [one[number] for one in inside]
            best = self._best(pattern, here, strict)
            if best is not None:
                yield best

    def _by_sentence(self, pieces: Iterable[Piece]) -> dict[int, list[Piece]]:
        found: dict[int, list[Piece]] = defaultdict(list)
        for piece in pieces:
            found[self._sentence_of[piece.start]].append(piece)
        return found

    def _pieces(self, item: Item) -> Iterator[Piece]:
        for wording in item.wordings:
            for start, end in self.places(wording):
                light = all(one.word in FUNCTION_WORDS for one in self._reading.tokens[start:end])
                yield Piece(start, end, item.denied, light)
        for source in item.expressions:
            for start, end in self._expression_places(source):
                yield Piece(start, end, item.denied)

    def _expression_places(self, source: Expression) -> Iterator[tuple[int, int]]:
        """Token ranges under the matches of an author's expression."""
        offsets = [(token.start, token.end) for token in self._reading.tokens]
        origin = self._cleaned.origin
        for match in expression(source.source).finditer(self._lower):
            if match.end() == match.start():
                continue
            lo, hi = origin[match.start()], origin[match.end() - 1]
            inside = [index for index, (start, end) in enumerate(offsets) if start <= hi and end > lo]
            if inside:
                yield inside[0], inside[-1] + 1

    def _best(self, pattern: Pattern, here: list[list[Piece]], strict: bool) -> Hit | None:
        best: Hit | None = None
        for pieces in _combinations(here, pattern.ordered):
            if pattern.ordered and not self._acts_in_order(pieces):
                continue
            if pattern.subject and not self._is_about(pattern.subject, pieces, strict):
                continue
            start, end = min(piece.start for piece in pieces), max(piece.end for piece in pieces)
            stands = self._stands(pieces, start)
            if stands is None:
                continue
            hit = Hit(start, end, stands, pattern)
            if best is None or _rank(hit) > _rank(best):
                best = hit
        return best

    def _is_about(self, subject: str, pieces: Sequence[Piece], strict: bool) -> bool:
        said_of = [self._about[piece.start] | self._about[piece.end - 1] for piece in pieces]
        if strict:
            return all(one == frozenset({subject}) for one in said_of)
        return all(not one or subject in one for one in said_of)

    def _acts_in_order(self, pieces: Sequence[Piece]) -> bool:
        """Active order ("a calls b") or its passive turn ("b is called by a")."""
        active = all(one.end <= after.start for one, after in itertools.pairwise(pieces))
        words = [token.word for token in self._reading.tokens]
        if active:
            between = words[pieces[0].end : pieces[-1].start + 1]
            return "by" not in between or not _passive(between)
        backward = all(one.start >= after.end for one, after in itertools.pairwise(pieces))
        return backward and "by" in words[pieces[-1].end : pieces[0].start]

    def _stands(self, pieces: Sequence[Piece], start: int) -> bool | None:
        """True if asserted as the pattern wants it, False if denied, None if reported or taken back."""
        if any(lo <= start < hi for lo, hi in self._reading.retracted):
            return None
        over: list[tuple[Scope, list[Piece]]] = []
        for scope in self._reading.scopes:
            reached = [
                piece for piece in pieces if scope.reach[0] < piece.end and piece.start < scope.reach[1]
            ]
            if not reached or any(
                scope.cue[0] >= piece.start and scope.cue[1] <= piece.end for piece in pieces
            ):
                continue
            if scope.reported:
                return None
            over.append((scope, reached))
        wants_denial = any(piece.denied for piece in pieces)
        if wants_denial:
            turned = sum(any(piece.denied for piece in reached) for _, reached in over)
            return True if turned % 2 else None
        return len(over) % 2 == 0


def _rank(hit: Hit) -> tuple[bool, int, int]:
    """Asserted before denied, short before long, early before late."""
    return hit.asserted, hit.start - hit.end, -hit.start


def _passive(between: Sequence[str]) -> bool:
    return bool({"is", "are", "was", "were", "be", "been", "being", "gets", "get"} & set(between)) or any(
        re.search(r"(ed|en|un)$", word) for word in between
    )


def _combinations(here: list[list[Piece]], ordered: bool, most: int = 200) -> Iterator[tuple[Piece, ...]]:
    """Choices of one piece for each item, near each other and not on top of each other."""
    chosen: list[Piece] = []
    tried = 0

    def extend(depth: int) -> Iterator[tuple[Piece, ...]]:
        nonlocal tried
        if depth == len(here):
            yield tuple(chosen)
            return
        for piece in here[depth]:
            tried += 1
            if tried > most:
                return
            if not chosen or _fits(piece, chosen, ordered):
                chosen.append(piece)
                yield from extend(depth + 1)
                chosen.pop()

    yield from extend(0)


def _fits(piece: Piece, chosen: Sequence[Piece], ordered: bool) -> bool:
    near = chosen[-1:] if ordered else chosen
    gaps = [max(piece.start - one.end, one.start - piece.end) for one in near]
    if any(one.start < piece.end and piece.start < one.end for one in chosen):
        return False
    light = piece.light or all(one.light for one in near)
    return min(gaps) <= (GAP_IN_PHRASE if light else GAP_BETWEEN_ITEMS)
