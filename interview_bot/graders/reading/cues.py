"""Finds short rows of words that signal something, and those that signal a denial."""

from __future__ import annotations

from collections.abc import Iterable

from interview_bot.graders.reading.text import Token

DENIALS: tuple[tuple[str, ...], ...] = (
    ("fail", "to"), ("refus", "to"), ("unabl", "to"), ("instead", "of"), ("rather", "than"), ("as", "oppos", "to"),
    ("far", "from"), ("no", "such", "thing", "as"), ("disagre", "that"), ("disagre", "with"), ("anyth", "but"), ("prevent",), ("avoid",), ("cease",), ("ceas",), ("free", "of"),
    ("get", "rid", "of"), ("do", "away", "with"), ("forget", "to"),
    ("wrong", "that"), ("fals", "that"), ("untru", "that"), ("incorrect", "that"), ("wrong", "to"),
    ("doubt", "that"), ("doubt", "they"), ("doubt", "it"), ("opposit", "of"), ("no", "need", "to"), ("no", "reason", "to"), ("no", "way", "to"), ("mistak", "to"), ("wrong", "to", "say"),
    ("pointless", "to"), ("useless", "to"), ("silli", "to"), ("stupid", "to"), ("wast", "to"), ("waste", "to"), ("no", "point", "in"), ("no", "sens", "in"),
)  # fmt: skip
_POSSIBLE = frozenset({"possibl", "feasibl"})
_HOLDING = frozenset({"keep", "stop", "hinder", "block", "save", "protect", "bar"})
_SERVING = frozenset("is are was were be been being get gets ,".split())
"""What stands before a "used to" that tells a purpose."""
_PERSONS = frozenset("i you he she it we they".split())
"""What stands before a "used to" that tells of the past alone."""


TURNING = frozenset({"stop", "used", "from", "too", "save", "spare"})
"""Stems and words that `denied_from` looks at."""


def cues_by_word(cues: Iterable[tuple[str, ...]]) -> dict[str, list[tuple[str, ...]]]:
    """Cues of several stems by their first, since most words begin none."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for cue in cues:
        found.setdefault(cue[0], []).append(cue)
    return found


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


def denied_from(words: list[Token], start: int, index: int, end: int) -> int:
    """How many words of a turn of phrase stand before what it denies, 0 where none begins.

    What is ended, past, held off, too much or spared.
    """
    if _is_ended(words, index, end) or _is_held_off(words, start, index, end):
        return 1
    if _is_past(words, index, end):
        return 2
    return 3 if _is_too_much(words, index, end) else _spares(words, index, end)


def _is_ended(words: list[Token], index: int, end: int) -> bool:
    """Whether something that was done is done no longer: "they stopped sharing it"; "it stops running containers"."""
    if words[index].stem != "stop" or index + 1 >= end:
        return False
    doing = words[index + 1].word
    return _is_doing(doing) and doing != "running"


def _spares(words: list[Token], index: int, end: int) -> int:
    """How many words stand before what need not be done: "it saves rebuilding", "that spares you copying"; 0 if none."""
    if words[index].stem not in {"save", "spare"}:
        return 0
    over = 2 if index + 1 < end and words[index + 1].word in _PERSONS | {"us"} else 1
    return over if index + over < end and _is_doing(words[index + over].word) else 0


def _is_held_off(words: list[Token], start: int, index: int, end: int) -> bool:
    """Whether something is kept from happening: "it keeps the signal from reaching the program"."""
    if words[index].word != "from" or index + 1 >= end or not _is_doing(words[index + 1].word):
        return False
    before = words[max(start, index - 7) : index]
    held = next((at for at, one in enumerate(before) if one.stem in _HOLDING), None)
    return held is not None and not {"not", "never", "without"} & {one.word for one in before[:held]}


def _is_too_much(words: list[Token], index: int, end: int) -> bool:
    """Whether something is "too big to fit"."""
    return words[index].word == "too" and index + 2 < end and words[index + 2].word == "to"


def _is_doing(word: str) -> bool:
    return word.endswith("ing") and len(word) > 4


def _is_past(words: list[Token], index: int, end: int) -> bool:
    """Whether something is said to have been so once: "they used to share it, but not any more"."""
    if [one.word for one in words[index : index + 2]] != ["used", "to"]:
        return False
    if index + 2 >= end or not words[index + 2].word.isalpha():
        return False  # "it used to, now it is another"
    if index and words[index - 1].word in _SERVING:
        return False
    if index and words[index - 1].word in _PERSONS:
        return True
    return bool({"anymore", "longer", "more"} & {one.word for one in words[index + 2 : end]})


def is_in_vain(words: list[Token], index: int, end: int) -> bool:
    """Whether something "does not change anything"."""
    after = [token.word for token in words[index + 1 : min(end, index + 4)]]
    return bool(after) and (
        after[0] in {"change", "do"} and after[1:2] in (["anything"], ["much"], ["nothing"])
    )


def in_a_name(words: list[Token], index: int) -> bool:
    """Whether a word is part of a hyphenated name or the value of an option: "no-cache", "restart=no"."""
    if index and words[index - 1].word == "=" and not words[index].apart:
        return True
    hyphens = words[index + 1 : index + 2] + (
        [words[index]] if index and words[index - 1].word == "-" else []
    )
    return any(not one.apart and (one.word == "-" or one is words[index]) for one in hyphens)


def is_impossible(words: list[Token], index: int, end: int) -> bool:
    """Whether what stands before is said not to be possible; "not possible to ..." looks forward."""
    if index + 1 >= end or words[index + 1].stem not in _POSSIBLE:
        return False
    return index + 2 >= end or words[index + 2].word not in {"to", "that", "for"}
