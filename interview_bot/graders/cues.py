"""Finds short rows of words that signal something: a denial, a report, a correction."""

from __future__ import annotations

from collections.abc import Iterable

from interview_bot.graders.text import Token


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
