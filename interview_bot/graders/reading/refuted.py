"""Finds what is said first and called false, impossible or needless afterwards: a denial that looks back."""

from __future__ import annotations

from collections.abc import Iterable

from interview_bot.graders.reading.reach import TURNS, Scope, clause_start
from interview_bot.graders.reading.reports import report_at
from interview_bot.graders.reading.text import Token

FALSE_WORDS = frozenset(
    {"fals", "wrong", "incorrect", "untru", "myth", "nonsens", "mistaken", "misconcept", "bs"}
)
LEFT_OUT = frozenset({"avoided", "unnecessary", "superfluous", "needless"})
TRUE_WORDS = frozenset({"true", "correct", "case", "right", "accur", "real"})
LINKING = frozenset({"be", "is", "are", "was", "were"})
_POINTING = frozenset({"that", "this", "it", "which", "they", "these"})
_BREAKS = frozenset({"but", "because", "so", "since", "although", "though", "whereas"})
"""Where a denial that looks back comes to an end."""


def called_false(words: list[Token], start: int, end: int) -> bool:
    """Whether a clause opens with a verdict on what was just said: "but that is a myth", "This is not true"."""
    opening = [token for token in words[start : min(end, start + 9)] if token.word not in {",", "but", "and"}]
    if not opening or opening[0].word not in _POINTING:
        return False
    stems = [token.stem for token in opening[1:7]]
    denied = "not" in stems or "never" in stems
    return bool(FALSE_WORDS & set(stems)) != (denied and bool(TRUE_WORDS & set(stems)))


def closes(words: list[Token], start: int, index: int, end: int) -> bool:
    """Whether "... is false" looks back; "it is false that ..." looks forward."""
    onward = index + 1 < end and words[index + 1].word in {"that", "to"}
    return index > start and not onward and _linked(words, start, index)


def _linked(words: list[Token], start: int, index: int) -> bool:
    near = words[max(start, index - 4) : index]
    first = max(start, index - 6)
    if any(
        words[at].word in {"what", "not", "never"}
        or (words[at].word == "which" and (at == start or words[at - 1].word != ","))
        for at in range(first, index)
    ):
        return False  # but for "..., which is wrong"
    return any(token.stem in LINKING or token.word in LINKING for token in near)


def then_true(words: list[Token], index: int, end: int) -> bool:
    """Whether a "not" is one of truth, with a word between at most: "is not quite true"."""
    near = [token.stem for token in words[index : min(end, index + 3)]]
    return bool(near) and near[-1] in TRUE_WORDS


def last_clause(words: list[Token], start: int, index: int) -> int:
    """Where the clause begins that was added last: "..., and a rollback is not possible"."""
    added = (
        at for at in range(index, start + 1, -1) if words[at - 2].word == "," and words[at - 1].word == "and"
    )
    return next(added, start)


def backwards(words: list[Token], start: int, index: int) -> Iterable[Scope]:
    """What stands before "... is false" is denied, back to the start of the sentence or its last turn."""
    lo = index
    while lo > start and words[lo - 1].word not in _BREAKS:
        lo -= 1
    if lo > start and words[lo].word in _POINTING and index - lo <= 4:  # "..., but that is a myth"
        if not any(
            report_at(words, at) for at in range(start, lo)
        ):  # where it is one, `scopes` turns the report round
            yield Scope((index, index + 1), (start, lo - 1))
    elif index - lo > 3:
        yield Scope((index, index + 1), (lo, index))


def left_out(words: list[Token], start: int, index: int) -> Scope | None:
    """What "is unnecessary", unless that is a condition: "if the copy is avoided, ..."."""
    if words[index].word not in LEFT_OUT or index == start or words[index - 1].stem not in LINKING:
        return None
    lo = clause_start(words, start, index)
    return None if words[max(start, lo - 1)].word in TURNS else Scope((index, index + 1), (lo, index))
