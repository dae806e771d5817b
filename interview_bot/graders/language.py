"""Finds what a text asserts, denies, reports, takes back or only mentions: sentences, clauses, and scopes."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import NamedTuple

from interview_bot.graders.text import FUNCTION_WORDS, Clean, Token, tokens

SENTENCE_ENDS = frozenset({".", "!", "?", ";", "\n"})
_CUTS = frozenset({",", ":", "(", ")"})
_TURNS = frozenset(
    """but however because since so while whereas although though which therefore hence instead unless until
    when whenever before after if where as otherwise yet except still rather""".split()
)
_NOT = frozenset({"not", "never", "neither", "nor", "nobody", "nothing", "nowhere", "hardly", "barely"})
_SHORT_NOT = frozenset({"no", "without", "none", "zero", "lack", "absenc", "minus"})
_SOFT_AFTER_NOT = frozenset(
    """only just mere mere simpli sure certain forget worri mention surpris least bad too so
    even much exact quit entir complet perfect""".split()
)
_CUES: tuple[tuple[str, ...], ...] = (
    ("fail", "to"), ("refus", "to"), ("unabl", "to"), ("instead", "of"), ("rather", "than"), ("as", "oppos", "to"),
    ("far", "from"), ("prevent",), ("avoid",), ("cease",), ("ceas",), ("free", "of"),
    ("get", "rid", "of"), ("do", "away", "with"), ("forget", "to"), ("it", "is", "wrong", "that"),
    ("wrong", "that"), ("fals", "that"), ("untru", "that"), ("incorrect", "that"), ("wrong", "to"),
    ("myth", "that"), ("opposit", "of"),
)  # fmt: skip
_REPORTS: tuple[tuple[str, ...], ...] = (
    ("peopl", "think"), ("peopl", "say"), ("peopl", "believ"), ("peopl", "assum"), ("mani", "think"),
    ("mani", "believ"), ("mani", "say"), ("mani", "assum"), ("some", "say"), ("some", "think"), ("some", "believ"),
    ("often", "think"), ("often", "believ"), ("often", "assum"), ("often", "hear"), ("folk", "think"),
    ("folk", "say"), ("folk", "assum"), ("everyon", "think"), ("everybodi", "think"), ("might", "think"),
    ("may", "think"), ("could", "think"), ("would", "think"), ("would", "expect"), ("might", "expect"),
    ("use", "to", "think"), ("use", "to", "believ"), ("misconcept",), ("myth",), ("common", "mistak"),
    ("contrari", "to"), ("mistaken", "think"), ("mistaken", "believ"), ("suppos", "that"), ("claim", "that"),
    ("belief", "that"), ("believ", "wrong"), ("wrong", "think"), ("wrong", "believ"), ("wrong", "assum"),
    ("not", "as", "if"), ("as", "if"),
)  # fmt: skip
_FALSE_AFTER = frozenset(
    {"fals", "wrong", "incorrect", "untru", "myth", "nonsens", "mistaken", "misconcept", "bs"}
)
_TRUE_WORDS = frozenset({"true", "correct", "case", "right", "accur", "real"})
_TAKEN_BACK: tuple[tuple[str, ...], ...] = (
    ("actual", "no"), ("no", "wait"), ("wait", "no"), ("scratch", "that"), ("strike", "that"), ("correct", ":"),
    ("sorri", ","), ("i", "mean"), ("i", "meant"), ("i", "mix", "that"), ("i", "mix", "those"), ("on", "second", "think"),
    ("on", "second", "thought"), ("that", "is", "wrong"), ("that", "is", "not", "right"), ("let", "i", "correct"),
    ("let", "me", "correct"), ("let", "me", "rephras"), ("hmm", "no"), ("no", "sorri"), ("err", "no"), ("uh", "no"),
    ("other", "way", "around"), ("other", "way", "round"), ("that", "is", "backward"),
)  # fmt: skip
_ALL = frozenset({"all", "everyth", "none", "anyth", "abov", "whole"})
_MENTIONS = frozenset(
    """import relat relev involv concern topic keyword key term word concept relationship associ
    mention interest rememb hear studi learn discuss cover""".split()
)
_MENTION_VERBS = frozenset({"involv", "relat", "concern", "mention"})
_LINKING = frozenset({"be", "is", "are", "was", "were"})


class Scope(NamedTuple):
    """Words that a cue turns round: the cue's own tokens and the tokens it reaches, as half-open ranges."""

    cue: tuple[int, int]
    reach: tuple[int, int]
    reported: bool = False


class Sentence(NamedTuple):
    """A range of tokens; `idle` says why nothing in it is asserted, empty where it is."""

    start: int
    end: int
    idle: str = ""


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
    sentences = [Sentence(start, end, _idle(words[start:end], prompt)) for start, end in bounds]
    scopes = [scope for start, end in bounds for scope in _scopes(words, start, end)]
    return Reading(words, sentences, scopes, list(_retractions(words, bounds)), cleaned.cut)


def _sentences(words: list[Token]) -> Iterable[tuple[int, int]]:
    start = 0
    for index, token in enumerate(words):
        if token.word not in SENTENCE_ENDS or (token.word == "\n" and _wrapped(words, index)):
            continue
        if token.word == "." and _stray(words, index):
            continue
        if index > start:
            yield start, index + 1
        start = index + 1
    if start < len(words):
        yield start, len(words)


def _stray(words: list[Token], index: int) -> bool:
    """A full stop that ends nothing: `COPY . .`, `./run`, `.dockerignore`."""
    after = words[index + 1] if index + 1 < len(words) else None
    apart = index == 0 or words[index - 1].end < words[index].start
    return after is not None and after.word != "\n" and (apart or after.start == words[index].end)


def _wrapped(words: list[Token], index: int) -> bool:
    """A line break inside a sentence: words on both sides and no list sign after it."""
    before = words[index - 1].word if index else "\n"
    after = words[index + 1].word if index + 1 < len(words) else "\n"
    return before in {",", "and", "or", "the", "a", "of", "to"} and after[0].isalpha()


def _idle(words: list[Token], prompt: frozenset[tuple[str, str]]) -> str:
    """Why a sentence asserts nothing: it asks, repeats the question, lists keywords or only mentions them."""
    if words[-1].word == "?":
        return "question"
    plain = [token for token in words if token.word[0].isalnum()]
    stems = [token.stem for token in plain]
    pairs = list(itertools.pairwise(stems))
    if len(pairs) >= 3 and sum(pair in prompt for pair in pairs) >= 0.75 * len(pairs):
        return "copied"
    content = [token for token in plain if token.word not in FUNCTION_WORDS and not token.word[0].isdigit()]
    if is_bag(words, plain, content):
        return "keywords"
    if len(content) <= 12 and _only_mentions(plain):
        return "mention"
    return ""


def is_bag(words: list[Token], plain: list[Token], content: list[Token]) -> bool:
    """Keywords in a row: long runs of content words with hardly a function word, sign or arrow between them."""
    if len(plain) < 7:
        return False
    signs = sum(token.word in {"->", "=>", "→", ">", "+", "=", "/", "(", ":", '"'} for token in words)
    glue = len(plain) - len(content) + signs
    longest = run = 0
    for token in words:
        run = run + 1 if token.word[0].isalpha() and token.word not in FUNCTION_WORDS else 0
        longest = max(longest, run)
    commas = sum(token.word == "," for token in words)
    return (longest >= 7 and glue < 0.2 * len(plain)) or (
        commas >= 5 and len(plain) <= 1.35 * (commas + 1) and glue < 0.1 * len(plain)
    )


def _only_mentions(plain: list[Token]) -> bool:
    """A word of mentioning as the predicate, nothing said: "X is important", "it relates to X and Y"."""
    for index, token in enumerate(plain):
        after = [one.word for one in plain[index + 1 : index + 3]]
        relates = token.stem in {"relat", "concern"} and after[:1] == ["to"]
        explained = {"that", "because", "to", "since", "how", "not"} & set(after[:1])
        if token.stem not in _MENTIONS or (explained and not relates):
            continue
        around = plain[max(0, index - 3) : index] + plain[index + 1 : index + 3]
        if token.stem in _MENTION_VERBS or any(
            one.word in _LINKING or one.stem in _LINKING for one in around
        ):
            return True
    return False


def _by_word(cues: Iterable[tuple[str, ...]]) -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for cue in cues:
        found.setdefault(cue[0], []).append(cue)
    return found


_REPORTS_BY_WORD, _CUES_BY_WORD, _BACK_BY_WORD = map(_by_word, (_REPORTS, _CUES, _TAKEN_BACK))


def _starting(cues: dict[str, list[tuple[str, ...]]], token: Token) -> list[tuple[str, ...]]:
    """The cues that may begin at a token: most words begin none."""
    return cues.get(token.stem, []) + (cues.get(token.word, []) if token.word != token.stem else [])


def _at(words: list[Token], index: int, cue: tuple[str, ...]) -> bool:
    if index + len(cue) > len(words):
        return False
    return all(
        words[index + offset].stem == part or words[index + offset].word == part
        for offset, part in enumerate(cue)
    )


def _scopes(words: list[Token], start: int, end: int) -> Iterable[Scope]:
    index = start
    while index < end:
        token = words[index]
        if token.word in _NOT:
            following = words[index + 1].stem if index + 1 < end else ""
            if following not in _SOFT_AFTER_NOT:
                yield Scope((index, index + 1), (index + 1, _reach(words, index + 1, end)))
                if following in _TRUE_WORDS or _then_true(words, index + 1, end):
                    yield from _backwards(words, start, index)
        elif (token.word in _SHORT_NOT or token.stem in _SHORT_NOT) and not _is_answer_no(words, index, end):
            yield Scope((index, index + 1), (index + 1, min(_reach(words, index + 1, end), index + 5)))
        elif token.stem in _FALSE_AFTER and _closes(words, start, index, end):
            yield from _backwards(words, start, index)
        else:
            yield from _phrase_scopes(words, index, end)
        index += 1


def _closes(words: list[Token], start: int, index: int, end: int) -> bool:
    """Whether "... is false" looks back; "it is false that ..." looks forward."""
    onward = index + 1 < end and words[index + 1].word in {"that", "to"}
    return index > start and not onward and _linked(words, start, index)


def _phrase_scopes(words: list[Token], index: int, end: int) -> Iterable[Scope]:
    for cue in _starting(_REPORTS_BY_WORD, words[index]):
        if _at(words, index, cue):
            stop = next((at for at in range(index, end) if words[at].word in {"but", "however", "yet"}), end)
            yield Scope((index, index + len(cue)), (index + len(cue), stop), reported=True)
            return
    for cue in _starting(_CUES_BY_WORD, words[index]):
        if _at(words, index, cue):
            after = index + len(cue)
            reach = _reach(words, after, end)
            if cue[0] in {"instead", "rather", "far", "free", "get", "as", "do"}:
                reach = min(reach, after + 5)
            yield Scope((index, after), (after, reach))
            return


def _is_answer_no(words: list[Token], index: int, end: int) -> bool:
    """A "No, ..." answers the question and denies nothing that follows."""
    return words[index].word == "no" and index + 1 < end and words[index + 1].word in {",", ".", ":", "!"}


def _linked(words: list[Token], start: int, index: int) -> bool:
    near = words[max(start, index - 4) : index]
    if any(token.word in {"what", "which", "not", "never"} for token in words[max(start, index - 6) : index]):
        return False
    return any(token.stem in _LINKING or token.word in _LINKING for token in near)


def _then_true(words: list[Token], index: int, end: int) -> bool:
    near = [token.stem for token in words[index : min(end, index + 3)]]
    return bool(near) and near[-1] in _TRUE_WORDS


def _backwards(words: list[Token], start: int, index: int) -> Iterable[Scope]:
    """What stands before "... is false" is denied, back to the start of the sentence or its last turn."""
    lo = index
    while lo > start and words[lo - 1].word not in {"but", "because", "so"}:
        lo -= 1
    if index - lo > 3:
        yield Scope((index, index + 1), (lo, index))


def _reach(words: list[Token], index: int, end: int) -> int:
    """How far a denial carries: to the next turn of the sentence; through the commas of a plain list."""
    at = index
    while at < end:
        word = words[at].word
        if at > index and (word in _TURNS or word in _NOT):
            return at
        if word in SENTENCE_ENDS or word in {":", "(", ")", "->", "=>"}:
            return at
        if word == "," and not _list_goes_on(words, at, end):
            return at
        if word == "and" and at + 1 < end and words[at + 1].word in _NEW_SUBJECT:
            return at
        at += 1
    return end


_NEW_SUBJECT = frozenset(
    "it they this that these those you we i he she instead so then there only just each both".split()
)


def _list_goes_on(words: list[Token], comma: int, end: int) -> bool:
    for at in range(comma + 1, min(end, comma + 5)):
        word = words[at].word
        if word in {",", "or", "nor"}:
            return True
        if word == "and":
            rest = [token.word for token in words[at + 1 : min(end, at + 5)]]
            return any(one in SENTENCE_ENDS or one == "," for one in rest) and rest[0] not in _NEW_SUBJECT
        if word in _TURNS or word in _NEW_SUBJECT or word in SENTENCE_ENDS:
            return False
    return False


def _retractions(words: list[Token], bounds: list[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    for number, (start, end) in enumerate(bounds):
        if _takes_all_back(words[start:end]):
            yield 0, start
            continue
        for index in range(start, end):
            if any(_at(words, index, cue) for cue in _starting(_BACK_BY_WORD, words[index])):
                if index - start > 2:
                    yield start, index
                elif number:
                    yield bounds[number - 1]
                break


def _takes_all_back(sentence: list[Token]) -> bool:
    stems = {token.stem for token in sentence}
    if len(sentence) > 16 or stems & {"instruct", "rubric", "prompt", "grader", "criteria", "system"}:
        return False
    if not stems & _ALL and not {"opposit", "true"} <= stems and not {"opposit", "case"} <= stems:
        return False
    denied = bool(stems & _FALSE_AFTER) or (bool(stems & {"none", "not"}) and bool(stems & _TRUE_WORDS))
    dropped = bool(stems & {"forget", "ignor", "disregard"}) and bool(stems & {"say", "write", "abov"})
    return denied or dropped or "opposit" in stems
