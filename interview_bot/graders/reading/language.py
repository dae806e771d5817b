"""Reads an answer as sentences: what each asserts, denies, reports, takes back or only mentions."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from interview_bot.graders.reading.cues import cues_by_word, stands_at, starting
from interview_bot.graders.reading.denial import scopes
from interview_bot.graders.reading.idle import idle
from interview_bot.graders.reading.reach import Scope
from interview_bot.graders.reading.refuted import FALSE_WORDS, TRUE_WORDS
from interview_bot.graders.reading.text import SENTENCE_ENDS, Clean, Token, carries_sense, tokens

_TAKEN_BACK: tuple[tuple[str, ...], ...] = (
    ("actual", "no"), ("no", "wait"), ("wait", "no"), ("scratch", "that"), ("strike", "that"), ("correct", ":"),
    ("sorri", ","), ("i", "meant"), ("i", "mix", "that"), ("i", "mix", "those"), ("on", "second", "think"),
    ("on", "second", "thought"), ("that", "is", "wrong"), ("that", "is", "not", "right"), ("let", "i", "correct"),
    ("let", "me", "correct"), ("let", "me", "rephras"), ("hmm", "no"), ("no", "sorri"), ("err", "no"), ("uh", "no"),
    ("other", "way", "around"), ("other", "way", "round"), ("that", "is", "backward"), (",", "no", ","), ("-", "no", ","), ("well", "no"),
)  # fmt: skip
_BACK_BY_WORD = cues_by_word(_TAKEN_BACK)
_ALL = frozenset({"all", "everyth", "none", "anyth", "abov", "whole"})
_SAID = frozenset({"this", "that", "it", "abov", "what", "say", "write", "answer", "those", "these"})
_LEANING = frozenset(
    "it this that these those they which so then and or also same there he she its their instead thus".split()
)
_LONGEST_FRAGMENT = 6
_ARROWS = frozenset({"->", "=>", "→"})
_CONTRASTING = frozenset({"but", "while", "whereas", "though", "although", "unlike", "however"})
_SHORTENED = frozenset("versus src dest dst ack adv nr max min fig cf addr seq conn".split())
"""Words that are often written short with a full stop behind."""
FEWEST_WORDS, FEWEST_SENTENCES, MOST_DENIED = 5, 4, 0.8
"""When an answer denies throughout: tokens of a sentence that counts, such sentences, and the share with a "not"."""


class Sentence(NamedTuple):
    """A range of tokens.

    `idle` says why nothing in it is asserted, empty where it is; `leans` tells that it speaks on from the one before.
    """

    start: int
    end: int
    idle: str = ""
    leans: bool = False


class Reading(NamedTuple):
    """A text as a grader sees it."""

    tokens: list[Token]
    sentences: list[Sentence]
    scopes: list[Scope]
    retracted: list[tuple[int, int]]
    cut: bool


def read(cleaned: Clean, prompt: frozenset[tuple[str, str]] = frozenset()) -> Reading:
    """Read normalised text; `prompt` holds the question's pairs of stems, to recognise it when it is copied."""
    words = tokens(cleaned)
    bounds = list(_sentences(words))
    sentences = [
        Sentence(
            start,
            end,
            idle(words[start:end], prompt, _first_word(words, end)),
            number > 0 and _leans(words, start, end),
        )
        for number, (start, end) in enumerate(bounds)
    ]
    return Reading(
        words, sentences, list(scopes(words, bounds)), list(_retractions(words, bounds)), cleaned.cut
    )


def _first_word(words: list[Token], start: int) -> str:
    return next((token.word for token in words[start : start + 3] if token.word[0].isalnum()), "")


def denies_throughout(reading: Reading) -> bool:
    """Whether nearly every sentence of an answer is turned round by a "not", or of a second half that repeats the first.

    Of 995 labelled and human-graded answers three do so; of references turned round by a machine, all.
    """
    told = [one for one in reading.sentences if not one.idle and one.end - one.start >= FEWEST_WORDS]
    first, second = told[: len(told) // 2], told[len(told) // 2 :]
    return _mostly_turned(reading, told) or (
        _mostly_turned(reading, second) and _words_of(reading, second) <= _words_of(reading, first)
    )


def _mostly_turned(reading: Reading, told: list[Sentence]) -> bool:
    turned = sum(is_turned(reading, one) for one in told)
    return len(told) >= FEWEST_SENTENCES and turned >= MOST_DENIED * len(told)


def _words_of(reading: Reading, told: list[Sentence]) -> set[str]:
    """The stems of the sentences that carry sense."""
    return {
        token.stem
        for one in told
        for token in reading.tokens[one.start : one.end]
        if carries_sense(token.word)
    } - {"case"}


def is_turned(reading: Reading, sentence: Sentence) -> bool:
    """Whether a sentence denies something itself, rather than adding of another thing that it "does not"."""
    words = reading.tokens
    for scope in reading.scopes:
        at = scope.cue[0]
        if not sentence.start <= at < sentence.end or words[at].word != "not":
            continue
        before = {token.word for token in words[sentence.start : at]}
        reached = (token.word for token in words[scope.reach[0] : scope.reach[1]])
        if not before & _CONTRASTING and any(carries_sense(word) for word in reached):
            return True
    return False


def _sentences(words: list[Token]) -> Iterable[tuple[int, int]]:
    start = 0
    for index, token in enumerate(words):
        if token.word not in SENTENCE_ENDS or (token.word == "\n" and _wrapped(words, index)):
            continue
        if token.word == "." and _stray(words, index):
            continue
        if token.word == "?" and _asks_inside(words, start, index):
            continue
        if token.word == "?" and (quote := _open_quote(words, start, index)) > start + 1:
            yield start, quote
            start = quote
        if index > start:
            yield start, index + 1
        start = index + 1
    if start < len(words):
        yield start, len(words)


def _stray(words: list[Token], index: int) -> bool:
    """A full stop that ends nothing: `COPY . .`, `./run`, `.dockerignore`, `Src. address`."""
    after = words[index + 1] if index + 1 < len(words) else None
    if index and words[index - 1].word in _SHORTENED and after is not None and after.word != "\n":
        return True
    return after is not None and after.word != "\n" and words[index].apart


def _open_quote(words: list[Token], start: int, index: int) -> int:
    """Where the quotation begins that a question mark stands in, else `start`: `the calls "stop" and "who is it?"`."""
    quotes = [at for at in range(start, index) if words[at].word == '"']
    return quotes[-1] if len(quotes) % 2 else start


def _asks_inside(words: list[Token], start: int, index: int) -> bool:
    """A question mark in the middle of a chain: "GET manifest -> index? pick amd64 -> GET config"."""
    before, after = words[start:index], words[index + 1 : index + 9]
    return all(any(one.word in _ARROWS for one in side) for side in (before, after))


def _wrapped(words: list[Token], index: int) -> bool:
    """A line break inside a sentence: words on both sides and no list sign after it."""
    before = words[index - 1].word if index else "\n"
    after = words[index + 1].word if index + 1 < len(words) else "\n"
    return before in {",", "and", "or", "the", "a", "of", "to"} and after[0].isalpha()


def _leans(words: list[Token], start: int, end: int) -> bool:
    """Whether a sentence goes on from the one before: it opens with a pronoun, or is a mere fragment."""
    opening = [token.word for token in words[start : min(end, start + 6)]]
    if opening[0] == "it" and "that" in opening:  # "It is not true that ...": the pronoun stands for nothing
        return False
    if opening[0] in _LEANING:
        return True
    return words[start - 1].word != "\n" and sum(one.word[0].isalnum() for one in words[start:end]) <= (
        _LONGEST_FRAGMENT
    )


def _retractions(words: list[Token], bounds: list[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    for number, (start, end) in enumerate(bounds):
        if _takes_all_back(words[start:end]):
            yield 0, start
            continue
        for index in range(start, end):
            if any(stands_at(words, index, cue) for cue in starting(_BACK_BY_WORD, words[index])):
                if words[index].word == "other" and _is_excluded(words, start, index):
                    continue
                if words[index].word in {"sorry", ","} and _is_aside(words, start, index, end):
                    continue
                if index - start > 2:
                    yield start, index
                elif number:
                    yield bounds[number - 1]
                break


def _is_aside(words: list[Token], start: int, index: int, end: int) -> bool:
    """Whether somebody only pauses: "but sorry, the question", "Sorry, off topic", "And, no, that is all"."""
    after = words[index + 2].word if index + 2 < end else ""
    before = words[index - 1].word if index > start else ""
    paused = words[index].word == "sorry" and after in {"off", "where", "what", "lost", "that"}
    return paused or before in {"but", "and"}


def _is_excluded(words: list[Token], start: int, index: int) -> bool:
    """Whether "the other way round" holds as well, or not: "a calls b and not the other way round", "or the other ..."."""
    around = words[max(start, index - 3) : index] + words[index + 3 : index + 5]
    return any(one.word in {"not", "never", "or"} for one in around)


def _takes_all_back(sentence: list[Token]) -> bool:
    stems = {token.stem for token in sentence}
    if len(sentence) > 16 or stems & {"instruct", "rubric", "prompt", "grader", "criteria", "system"}:
        return False
    opposite = "opposit" in stems and bool(stems & {"true", "case"})
    if not opposite and not (stems & _ALL and stems & _SAID):
        return False
    pairs = set(pairwise(token.word for token in sentence))
    at_once = bool(pairs & {("right", "away"), ("right", "now")})
    denied = bool(stems & FALSE_WORDS) or (bool(stems & {"none", "not"}) and bool(stems & TRUE_WORDS))
    dropped = bool(stems & {"forget", "ignor", "disregard"}) and bool(stems & {"say", "write", "abov"})
    return (denied and not at_once) or dropped or opposite
