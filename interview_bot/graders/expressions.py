"""Authors' regular expressions, run by RE2 in linear time whatever an answer holds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple, Protocol, cast

import re2

LONGEST = 256
"""Characters of an expression at most."""


class Place(Protocol):
    """Where an expression matched."""

    def start(self) -> int:
        """Its first character."""
        ...

    def end(self) -> int:
        """The character after its last."""
        ...


class Found(Protocol):
    """A compiled expression; the library's own type is private."""

    def finditer(self, text: str) -> Iterator[Place]:
        """Every match in a text."""
        ...


class Expression(NamedTuple):
    """An author's regular expression over the lower-case text, run by RE2 in linear time."""

    source: str


@cache
def expression(source: str) -> Found:
    """Compile an author's expression with RE2."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 22
    return cast("Found", re2.compile(source, options))
