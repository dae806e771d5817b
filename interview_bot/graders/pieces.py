"""Chooses a piece for each item of a pattern: near each other, in order where that is asked for, none on top of another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

GAP_BETWEEN_ITEMS = 20
"""Tokens that may stand between two items of a pattern."""

GAP_TO_SMALL_WORDS = 5
"""Tokens that may stand between an item of small words only ("still", "in") and its neighbour."""


class Piece(NamedTuple):
    """Where one item of a pattern stands."""

    start: int
    end: int
    denied: bool
    light: bool = False
    """Made of small words only ("in", "only"): it must stand right beside another piece."""


def combinations(here: list[list[Piece]], ordered: bool, most: int = 200) -> Iterator[tuple[Piece, ...]]:
    """Choices of one piece for each item, near each other and not on top of each other."""
    chosen: list[Piece] = []
    tried = 0

    def extend(depth: int) -> Iterator[tuple[Piece, ...]]:
        nonlocal tried
        if depth == len(here):
            if ordered or all(_keeps_near(piece, chosen) for piece in chosen):
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
    """Whether a piece stands near one of those chosen and on top of none; in order, near the one before it."""
    if any(one.start < piece.end and piece.start < one.end for one in chosen):
        return False
    if ordered:
        before = chosen[-1]
        return _gap(piece, before) <= _most_between(piece, before)
    return min(_gap(piece, one) for one in chosen) <= GAP_BETWEEN_ITEMS


def _keeps_near(piece: Piece, chosen: Sequence[Piece]) -> bool:
    """Whether small words stand close to one of the others, whichever of them was found first."""
    others = [one for one in chosen if one is not piece]
    return not others or any(_gap(piece, one) <= _most_between(piece, one) for one in others)


def _most_between(piece: Piece, other: Piece) -> int:
    return GAP_TO_SMALL_WORDS if piece.light or other.light else GAP_BETWEEN_ITEMS


def _gap(piece: Piece, other: Piece) -> int:
    return max(piece.start - other.end, other.start - piece.end)
