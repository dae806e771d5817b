"""Finds what a sentence denies or only reports: the words of denial, and how far each of them reaches."""

from __future__ import annotations

from collections.abc import Iterable

from interview_bot.graders.reading.cues import in_a_name, is_impossible, is_in_vain
from interview_bot.graders.reading.phrases import OPENING, phrase_scope
from interview_bot.graders.reading.reach import (
    AUXILIARY,
    LACKING,
    NOT,
    SHORT_NOT,
    TURNS,
    Scope,
    clause_start,
    reach_of,
    to_consequence,
    to_main_clause,
    to_participle,
    to_reason,
    to_statement,
    to_turn,
)
from interview_bot.graders.reading.refuted import (
    FALSE_WORDS,
    LEFT_OUT,
    LINKING,
    TRUE_WORDS,
    backwards,
    called_false,
    closes,
    last_clause,
    left_out,
    then_true,
)
from interview_bot.graders.reading.text import FUNCTION_WORDS, Token

_SOFT_AFTER_NOT = frozenset(
    """only onli just mere simpli sure certain forget worri mention surpris least bad too so
    much exact quit entir complet perfect""".split()
)
_ONLY = frozenset({"only", "onli", "just", "mere"})
"""What is "not only" something is that; it is denied that there is no more."""
_HAVING = frozenset({"have", "with", "need", "get", "use", "contain"})
_NOBODY = frozenset({"nothing", "nobody", "none"})
_ALL = frozenset({"all", "everything"})
_EXCEPT = frozenset({"except", "but", "besides"})
_UNKNOWING = frozenset({"know", "rememb", "recal"})
_NO_DOUBT = frozenset({"doubt", "secret", "question", "wonder", "surpris", "matter", "coincid"})
"""What there is none of where something is sure: "there is no doubt that ..."."""
_MEANING = frozenset({"mean", "impli"})
_HAPPENING = frozenset({"happen", "occur"})
_NEEDED = frozenset({"needed", "required", "necessary"})
_HARMLESS = frozenset({"problem", "issu", "concern", "troubl", "obstacl"})
_STOPPING = frozenset({"stop", "prevent", "keep", "save", "hinder"})
_FAILING = frozenset({"help", "work", "fix", "solv", "exist", "abl", "matter", "improv", "cure", "suffic"})
_SIGNALS = OPENING | NOT | SHORT_NOT | FALSE_WORDS | LEFT_OUT | _EXCEPT | {"non"}
"""Stems and words at which something may be denied: most are not looked at twice."""


def scopes(words: list[Token], bounds: list[tuple[int, int]]) -> Iterable[Scope]:
    """What all sentences deny or report; a reported belief that is then called false is denied."""
    for number, (start, end) in enumerate(bounds):
        for scope in _scopes(words, start, end):
            following = bounds[number + 1] if number + 1 < len(bounds) else (end, end)
            if scope.reported and (
                called_false(words, scope.reach[1], end) or called_false(words, *following)
            ):
                yield scope._replace(reported=False)
            else:
                yield scope


def _scopes(words: list[Token], start: int, end: int) -> Iterable[Scope]:
    twice = _denied_twice(words, start, end)
    for index in range(start, end):
        token = words[index]
        if token.word not in _SIGNALS and token.stem not in _SIGNALS:
            continue
        if token.word == "non" and words[index + 1 : index + 2] and words[index + 1].word == "-":
            yield Scope((index, index + 1), (index + 1, min(end, index + 3)))
        if in_a_name(words, index):
            continue
        if index in twice:
            continue
        if token.word in NOT:
            yield from _not(words, start, index, end)
        elif token.stem in FALSE_WORDS and closes(words, start, index, end):
            yield from backwards(words, start, index)
        elif (
            scope := left_out(words, start, index)
            or phrase_scope(words, start, index, end)
            or _exception(words, start, index, end)
        ):
            yield scope
        elif (token.word in SHORT_NOT or token.stem in SHORT_NOT) and not _is_answer_no(words, index, end):
            yield from _no(words, start, index, end)


def _denied_twice(words: list[Token], start: int, end: int) -> tuple[int, ...]:
    """Where two denials say what something needs: "without DNS, they could not ...", "you cannot ... without DNS"."""
    if start == end:
        return ()
    turn = to_turn(words, start + 1, end)
    if never := _never_without(words, start, turn):
        return never
    unable = next((at for at in range(start + 1, turn) if _is_unable(words, at)), turn)
    if words[start].word == "without":
        return (start, unable) if unable < turn else ()
    return tuple(
        at
        for at in range(unable + 1, min(turn, unable + 8))
        if words[at].word == "without" and clause_start(words, start, at) <= unable
    )


def _never_without(words: list[Token], start: int, end: int) -> tuple[int, ...]:
    """An order to do something always with another: "never run it without a limit"."""
    for index in range(start, end):
        if words[index].word == "never":
            return next(
                ((index, at) for at in range(index + 2, min(end, index + 6)) if words[at].word == "without"),
                (),
            )
    return ()


def _is_unable(words: list[Token], at: int) -> bool:
    """Whether something is said not to be possible or not to work: "cannot", "is not possible"."""
    before = words[at - 1].word if at else ""
    able = words[at + 1].stem if at + 1 < len(words) else ""
    return words[at].word == "not" and (before in {"can", "could", "would"} or able in {"possibl", "work"})


def _no(words: list[Token], start: int, index: int, end: int) -> Iterable[Scope]:
    """What a "no" or a "without" reaches: a few words, and not the verb of a clause that it only stands in."""
    word = words[index]
    after = words[index + 1] if index + 1 < end else word
    if (word.word == "no" and after.stem in _NO_DOUBT) or after.word in AUXILIARY:
        return  # "no doubt", "a minus is that ..."
    if (
        after.word in {"more", "less", "other"}
        and words[index + 2 : index + 3]
        and words[index + 2].word == "than"
    ):
        return  # "no more than the kernel"
    if after.word == "way" and index + 2 < end and words[index + 2].word in {"around", "round"}:
        return
    if after.stem == "reason":
        yield Scope((index, index + 1), (index + 1, to_turn(words, index + 1, end)))
        return
    reach = min(reach_of(words, index + 1, end), index + 5)
    lacking = word.word in LACKING or word.stem in LACKING
    if lacking or _is_had(words, start, index):
        reach = next((at for at in range(index + 2, reach) if words[at].word in AUXILIARY), reach)
    if lacking:
        reach = to_participle(words, index, reach, end)
        if index == start:
            reach = to_main_clause(words, index, reach)
    yield Scope((index, index + 1), (index + 1, reach))
    if _is_called_harmless(words, start, index, end):
        yield Scope((index, index + 1), (clause_start(words, start, index), index), alone=False)


def _is_behind_its_noun(words: list[Token], start: int, index: int, end: int) -> bool:
    """Whether a "not" only describes the noun before it: "networks not used by any container, and images"."""
    if index <= start or index + 1 >= end or not words[index + 1].word.endswith("ed"):
        return False
    before = words[index - 1].word
    return before.isalpha() and before not in FUNCTION_WORDS


def _not(words: list[Token], start: int, index: int, end: int) -> Iterable[Scope]:
    following = words[index + 1].stem if index + 1 < end else ""
    if _denies_nothing(words, index, end):
        if following in _ONLY:
            yield Scope((index, index + 1), (index + 1, index + 2))
        return
    if _leaves_open(words, start, index, end):
        open_to = to_statement(words, index + 2, to_turn(words, index + 2, end))
        yield Scope((index, index + 2), (index + 2, open_to), reported=True)
        return
    if _denies_whole(words, start, index, end):
        yield Scope((index, index + 1), (index + 1, to_turn(words, index + 1, end)))
        return
    reach = _reach_of_not(words, start, index, end)
    yield Scope((index, index + 1), (index + 1, reach))
    if words[index].word == "nothing" and _is_object(words, start, index):
        yield Scope((index, index + 1), (index - 1, index))
    if following in TRUE_WORDS or then_true(words, index + 1, end):
        yield from backwards(words, start, index)
    elif is_impossible(words, index, end):
        yield from backwards(words, last_clause(words, start, index), index)
    elif any(
        one.stem in _FAILING | _HAPPENING or one.word in _NEEDED
        for one in words[index + 1 : min(end, index + 3)]
    ) or is_in_vain(words, index, end):
        lo = clause_start(words, start, index)
        conditional = lo > start and words[lo - 1].word in TURNS
        if index > lo and not conditional and words[lo].word not in TURNS:
            # "Converting images is not needed": all of what is done, where a thing is only what it is called.
            whole = words[lo].word.endswith("ing") or following in _HAPPENING
            yield Scope((index, index + 1), (lo, index), alone=not whole)


def _reach_of_not(words: list[Token], start: int, index: int, end: int) -> int:
    following = words[index + 1].stem if index + 1 < end else ""
    reach = reach_of(words, index + 1, end)
    if _is_behind_its_noun(words, start, index, end):
        reach = next((at for at in range(index, reach) if words[at].word == ","), reach)
    if words[start].word in {"do", "never"} and index - start <= 1:
        reach = to_consequence(words, index + 1, reach)
    if _is_unable(words, index):
        reach = next((at for at in range(index + 1, reach) if words[at].word == "without"), reach)
    if following in _FAILING:
        return to_reason(words, index + 2, reach)
    if following in _STOPPING:  # "does not stop the kernel from killing it"
        return next((at for at in range(index + 2, reach) if words[at].word == "from"), reach)
    return reach


def _is_object(words: list[Token], start: int, index: int) -> bool:
    """Whether something is done to what stands here: "exec starts nothing"."""
    before = words[index - 1].word if index - start > 1 else ""
    return before.isalpha() and before not in FUNCTION_WORDS


def _leaves_open(words: list[Token], start: int, index: int, end: int) -> bool:
    """Whether what follows is neither said nor denied: "I do not know", "that does not mean that it was not applied"."""
    following = words[index + 1].stem if index + 1 < end else ""
    if following in _UNKNOWING:
        return bool({"i", "we"} & {token.word for token in words[max(start, index - 3) : index]})
    inside = words[index + 2 : to_turn(words, index + 1, end)]
    return following in _MEANING and any(one.word in NOT | SHORT_NOT for one in inside)


def _denies_nothing(words: list[Token], index: int, end: int) -> bool:
    """Whether a "not" only adds, names or praises: "not only", "no-cache", "nothing but", "it could not be faster"."""
    first, *more = [token.word for token in words[index + 1 : min(end, index + 4)]] or [""]
    if words[index].word in _NOBODY:
        return first in _EXCEPT or bool({"as", "than"} & {first, *more})
    hyphenated = first == "-" and not words[index + 1].apart
    topped = first == "be" and bool(more) and (more[0].endswith("er") or more[0] in {"more", "less"})
    compared = more[:1] == ["as"]  # "not quite as secure as"
    soft = index + 1 < end and words[index + 1].stem in _SOFT_AFTER_NOT
    return hyphenated or topped or (soft and not compared)


def _is_had(words: list[Token], start: int, index: int) -> bool:
    """Whether a "no" only says what somebody lacks: "signals that have no handler are ignored"."""
    return index > start and words[index - 1].stem in _HAVING


def _is_called_harmless(words: list[Token], start: int, index: int, end: int) -> bool:
    """Whether what stands before is said to be none: "port conflicts are no problem", "moving it makes no difference"."""
    after = words[index + 1].stem if index + 1 < end else ""
    return (
        words[index].word == "no"
        and index > start
        and (
            (after in _HARMLESS and words[index - 1].stem in LINKING)
            or (after == "differ" and words[index - 1].stem == "make")
        )
    )


def _denies_whole(words: list[Token], start: int, index: int, end: int) -> bool:
    """Whether all that follows is denied: "It is not true that ..."."""
    after = [token.word for token in words[index + 1 : min(end, index + 4)]]
    true = any(token.stem in TRUE_WORDS for token in words[index + 1 : min(end, index + 4)])
    return (
        true and "that" in after and any(token.word == "it" for token in words[max(start, index - 3) : index])
    )


def _exception(words: list[Token], start: int, index: int, end: int) -> Scope | None:
    """What is left out of "everything except the kernel"."""
    before = {one.word for one in words[max(start, index - 3) : index]}
    if words[index].word not in _EXCEPT or not _ALL & before:
        return None
    return Scope((index, index + 1), (index + 1, min(reach_of(words, index + 1, end), index + 5)))


def _is_answer_no(words: list[Token], index: int, end: int) -> bool:
    """A "No, ..." answers the question and denies nothing that follows."""
    if words[index].word != "no" or index + 1 >= end:
        return False
    after = words[index + 1]
    return after.word in {",", ".", ":", "!"} or (after.word == "-" and after.apart)
