"""Finds what a sentence denies or only reports: the words of denial, and how far each of them reaches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from interview_bot.graders.text import SENTENCE_ENDS, Token

_TURNS = frozenset(
    """but however because since so while whereas although though which therefore hence instead unless until
    when whenever before after if once where as otherwise yet except besides still rather""".split()
)
_NOT = frozenset({"not", "never", "neither", "nor", "nobody", "nothing", "nowhere", "hardly", "barely"})
_LACKING = frozenset({"without", "lack", "absenc", "minus"})
_SHORT_NOT = frozenset({"no", "none", "zero"}) | _LACKING
_SOFT_AFTER_NOT = frozenset(
    """only just mere mere simpli sure certain forget worri mention surpris least bad too so
    even much exact quit entir complet perfect""".split()
)
_CUES: tuple[tuple[str, ...], ...] = (
    ("fail", "to"), ("refus", "to"), ("unabl", "to"), ("instead", "of"), ("rather", "than"), ("as", "oppos", "to"),
    ("far", "from"), ("prevent",), ("avoid",), ("cease",), ("ceas",), ("free", "of"),
    ("get", "rid", "of"), ("do", "away", "with"), ("forget", "to"),
    ("wrong", "that"), ("fals", "that"), ("untru", "that"), ("incorrect", "that"), ("wrong", "to"),
    ("opposit", "of"), ("no", "need", "to"), ("no", "reason", "to"), ("no", "way", "to"), ("mistak", "to", "say"), ("mistak", "to", "think"), ("mistak", "to", "believ"), ("wrong", "to", "say"),
)  # fmt: skip
_AIMS = frozenset({"prevent", "avoid"})
"""What is aimed at ends where the means begin: "to avoid duplicates one can number them"."""
_SHORT_CUES = frozenset({"instead", "rather", "far", "free", "get", "as", "do"})
_REPORTS: tuple[tuple[str, ...], ...] = (
    ("peopl", "think"), ("peopl", "thought"), ("mani", "thought"), ("everyon", "thought"), ("peopl", "say"), ("peopl", "believ"), ("peopl", "assum"), ("mani", "think"),
    ("mani", "believ"), ("mani", "say"), ("mani", "assum"), ("some", "say"), ("some", "think"), ("some", "believ"),
    ("other", "think"), ("other", "believ"), ("other", "say"), ("other", "assum"),
    ("often", "think"), ("often", "believ"), ("often", "assum"), ("often", "hear"), ("folk", "think"),
    ("folk", "say"), ("folk", "assum"), ("everyon", "think"), ("everybodi", "think"), ("might", "think"),
    ("may", "think"), ("could", "think"), ("would", "think"), ("would", "expect"), ("might", "expect"),
    ("use", "to", "think"), ("use", "to", "believ"), ("misconcept",), ("myth",), ("common", "mistak"),
    ("contrari", "to"), ("mistaken", "think"), ("mistaken", "believ"), ("suppos", "that"), ("claim", "that"),
    ("belief", "that"), ("believ", "wrong"), ("wrong", "think"), ("wrong", "believ"), ("wrong", "assum"),
    ("not", "as", "if"), ("as", "if"),
)  # fmt: skip
FALSE_WORDS = frozenset(
    {"fals", "wrong", "incorrect", "untru", "myth", "nonsens", "mistaken", "misconcept", "bs"}
)
TRUE_WORDS = frozenset({"true", "correct", "case", "right", "accur", "real"})
_LINKING = frozenset({"be", "is", "are", "was", "were"})
_AUXILIARY = frozenset(
    "is are was were has have had can could will would must should does do gets get".split()
)
_NEW_SUBJECT = frozenset(
    "it they this that these those you we i he she instead so then there only just each both".split()
)
_WENT = frozenset("died came went got took ran started stopped fell gave made said kept lost left".split())
_PRONOUNS = frozenset({"it", "they", "we", "you", "i", "he", "she"})
_POINTING = frozenset({"that", "this", "it", "which", "they", "these"})
_UNKNOWING = frozenset({"know", "rememb", "recal"})
_HARMLESS = frozenset({"problem", "issu", "concern", "troubl", "obstacl"})
_FAILING = frozenset({"help", "work", "fix", "solv", "exist", "abl", "matter", "improv", "cure", "suffic"})


class Scope(NamedTuple):
    """Words that a cue turns round: the cue's own tokens and the tokens it reaches, as half-open ranges."""

    cue: tuple[int, int]
    reach: tuple[int, int]
    reported: bool = False
    alone: bool = False
    """Reaches only what is named by itself: "X does not help" denies X, not what is said of X before."""


def cues_by_word(cues: Iterable[tuple[str, ...]]) -> dict[str, list[tuple[str, ...]]]:
    """Cues of several stems by their first, since most words begin none."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for cue in cues:
        found.setdefault(cue[0], []).append(cue)
    return found


_REPORTS_BY_WORD, _CUES_BY_WORD = map(cues_by_word, (_REPORTS, _CUES))


def starting(cues: dict[str, list[tuple[str, ...]]], token: Token) -> list[tuple[str, ...]]:
    """The cues that may begin at a token."""
    return cues.get(token.stem, []) + (cues.get(token.word, []) if token.word != token.stem else [])


def stands_at(words: list[Token], index: int, cue: tuple[str, ...]) -> bool:
    """Whether the cue's stems or words stand in a row from `index` on."""
    if index + len(cue) > len(words):
        return False
    return all(
        words[index + offset].stem == part or words[index + offset].word == part
        for offset, part in enumerate(cue)
    )


def scopes(words: list[Token], bounds: list[tuple[int, int]]) -> Iterable[Scope]:
    """What all sentences deny or report; a reported belief that is then called false is denied."""
    for number, (start, end) in enumerate(bounds):
        for scope in _scopes(words, start, end):
            following = bounds[number + 1] if number + 1 < len(bounds) else (end, end)
            if scope.reported and (
                _called_false(words, scope.reach[1], end) or _called_false(words, *following)
            ):
                yield scope._replace(reported=False)
            else:
                yield scope


def _called_false(words: list[Token], start: int, end: int) -> bool:
    """Whether a clause opens with a verdict on what was just said: "but that is a myth", "This is not true"."""
    opening = [token for token in words[start : min(end, start + 9)] if token.word not in {",", "but", "and"}]
    if not opening or opening[0].word not in _POINTING:
        return False
    stems = [token.stem for token in opening[1:7]]
    denied = "not" in stems or "never" in stems
    return bool(FALSE_WORDS & set(stems)) != (denied and bool(TRUE_WORDS & set(stems)))


def _scopes(words: list[Token], start: int, end: int) -> Iterable[Scope]:
    for index in range(start, end):
        token = words[index]
        if _in_a_name(words, index):
            continue
        if token.word in _NOT:
            yield from _not(words, start, index, end)
        elif phrase := _phrase_scope(words, index, end):
            yield phrase
        elif (token.word in _SHORT_NOT or token.stem in _SHORT_NOT) and not _is_answer_no(words, index, end):
            reach = min(_reach(words, index + 1, end), index + 5)
            if token.word in _LACKING or token.stem in _LACKING:
                verbs = (at for at in range(index + 2, reach) if words[at].word in _AUXILIARY)
                reach = _to_participle(words, index, next(verbs, reach), end)
            yield Scope((index, index + 1), (index + 1, reach))
            if _is_called_harmless(words, start, index, end):
                yield Scope((index, index + 1), (_clause_start(words, start, index), index), alone=False)
        elif token.stem in FALSE_WORDS and _closes(words, start, index, end):
            yield from _backwards(words, start, index)


def _in_a_name(words: list[Token], index: int) -> bool:
    """Whether a word is part of a hyphenated name: "no-cache", "vector-avoid-wait"."""
    hyphens = words[index + 1 : index + 2] + (
        [words[index]] if index and words[index - 1].word == "-" else []
    )
    return any(not one.apart and (one.word == "-" or one is words[index]) for one in hyphens)


def _to_participle(words: list[Token], index: int, reach: int, end: int) -> int:
    """How far a "without" reaches that a participle ends: "without the header being changed"."""
    being = (at for at in range(index + 1, min(end, index + 8)) if words[at].word in {"being", "having"})
    return max(reach, *(min(end, at + 2) for at in being), reach)


def _not(words: list[Token], start: int, index: int, end: int) -> Iterable[Scope]:
    following = words[index + 1].stem if index + 1 < end else ""
    hyphenated = following == "-" and not words[index + 1].apart
    if following in _SOFT_AFTER_NOT or hyphenated:
        return
    reach = _reach(words, index + 1, end)
    if following in _UNKNOWING and {"i", "we"} & {
        token.word for token in words[max(start, index - 3) : index]
    }:
        yield Scope((index, index + 2), (index + 2, _to_turn(words, index + 2, end)), reported=True)
        return
    if words[index].word == "nothing" and any(one.word == "than" for one in words[index : index + 4]):
        return
    if _denies_whole(words, start, index, end):
        yield Scope((index, index + 1), (index + 1, _to_turn(words, index + 1, end)))
        return
    yield Scope((index, index + 1), (index + 1, reach))
    if following in TRUE_WORDS or _then_true(words, index + 1, end):
        yield from _backwards(words, start, index)
    elif any(one.stem in _FAILING for one in words[index + 1 : min(end, index + 3)]):
        lo = _clause_start(words, start, index)
        conditional = lo > start and words[lo - 1].word in _TURNS
        if index > lo and not conditional and words[lo].word not in _TURNS:
            yield Scope((index, index + 1), (lo, index), alone=True)


def _clause_start(words: list[Token], start: int, index: int) -> int:
    """Where the clause begins that a token stands in."""
    while index > start and words[index - 1].word not in _TURNS | {",", "and", ":"}:
        index -= 1
    return index


def _is_called_harmless(words: list[Token], start: int, index: int, end: int) -> bool:
    """Whether what stands before is said to be none: "port conflicts are no problem"."""
    after = words[index + 1].stem if index + 1 < end else ""
    return (
        words[index].word == "no"
        and after in _HARMLESS
        and index > start
        and words[index - 1].stem in _LINKING
    )


def _denies_whole(words: list[Token], start: int, index: int, end: int) -> bool:
    """Whether all that follows is denied: "It is not true that ..."."""
    after = [token.word for token in words[index + 1 : min(end, index + 4)]]
    true = any(token.stem in TRUE_WORDS for token in words[index + 1 : min(end, index + 4)])
    return (
        true and "that" in after and any(token.word == "it" for token in words[max(start, index - 3) : index])
    )


def _to_turn(words: list[Token], index: int, end: int) -> int:
    return next((at for at in range(index, end) if words[at].word in {"but", "however", "yet", ";"}), end)


def _closes(words: list[Token], start: int, index: int, end: int) -> bool:
    """Whether "... is false" looks back; "it is false that ..." looks forward."""
    onward = index + 1 < end and words[index + 1].word in {"that", "to"}
    return index > start and not onward and _linked(words, start, index)


def _phrase_scope(words: list[Token], index: int, end: int) -> Scope | None:
    for cue in starting(_REPORTS_BY_WORD, words[index]):
        if stands_at(words, index, cue):
            stop = _to_turn(words, index, end)
            return Scope((index, index + len(cue)), (index + len(cue), stop), reported=True)
    for cue in starting(_CUES_BY_WORD, words[index]):
        if stands_at(words, index, cue):
            after = index + len(cue)
            reach = _to_turn(words, after, end) if cue[-1] == "that" else _reach(words, after, end)
            if cue[0] in _SHORT_CUES:
                reach = min(reach, after + 5)
            elif cue[0] in _AIMS:
                reach = _to_new_clause(words, after, reach)
            return Scope((index, after), (after, reach))
    return None


def _to_new_clause(words: list[Token], index: int, end: int) -> int:
    """Up to a new subject with its verb: a pronoun, or the word before an auxiliary."""
    for at in range(index + 1, end):
        if words[at].word in _PRONOUNS or (words[at].word == "one" and at + 1 < end):
            return at
        if words[at].word in _AUXILIARY:
            return max(index, at - 1)
    return end


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
    return bool(near) and near[-1] in TRUE_WORDS


def _backwards(words: list[Token], start: int, index: int) -> Iterable[Scope]:
    """What stands before "... is false" is denied, back to the start of the sentence or its last turn."""
    lo = index
    while lo > start and words[lo - 1].word not in {"but", "because", "so"}:
        lo -= 1
    if index - lo > 3:
        yield Scope((index, index + 1), (lo, index))


def _reach(words: list[Token], index: int, end: int) -> int:
    """How far a denial carries: to the next turn of the sentence; through the commas of a plain list."""
    conditional = _in_condition(words, index)
    for at in range(index, end):
        if words[at].word == "enough":
            return at + 1
        begun = at > index or (conditional and words[at].word in _PRONOUNS)
        if _stops(words, at, end) or (begun and _turns(words[at].word, conditional)):
            return at
    return end


def _stops(words: list[Token], at: int, end: int) -> bool:
    """Whether what was denied ends before this token whatever went before."""
    word = words[at].word
    if word == ",":
        return not _list_goes_on(words, at, end)
    if word == "and":
        return _opens_clause(words, at + 1, end)
    return word in SENTENCE_ENDS or word in {":", "(", ")", "->", "=>"}


def _turns(word: str, conditional: bool) -> bool:
    """Whether a word begins something else once something was denied."""
    return word in _TURNS or word in _NOT or word in _SHORT_NOT or (conditional and word in _PRONOUNS)


def _in_condition(words: list[Token], index: int) -> bool:
    """Whether an "if" stands shortly before: its clause ends where a pronoun takes up the main one."""
    before = [token.word for token in words[max(0, index - 10) : index]]
    cut = max((at for at, word in enumerate(before) if word in SENTENCE_ENDS | {","}), default=-1)
    return bool({"if", "when", "once", "unless", "where"} & set(before[cut + 1 :]))


def _opens_clause(words: list[Token], index: int, end: int) -> bool:
    """Whether a new subject follows an "and": a pronoun, or a name with its verb close behind."""
    if index < end and words[index].word in _NEW_SUBJECT:
        return True
    return any(token.word in _AUXILIARY for token in words[index + 1 : min(end, index + 4)])


def _list_goes_on(words: list[Token], comma: int, end: int) -> bool:
    if comma + 1 < end and (words[comma + 1].word in _WENT or words[comma + 1].word.endswith("ed")):
        return False  # a row of what somebody did, not of what was denied
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
