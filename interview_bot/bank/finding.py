"""What a check found."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """Something to mend: `file:line`, the text, and whether it is only advice."""

    at: str
    text: str
    advice: bool = False

    def __str__(self) -> str:
        """The line to print."""
        return f"{self.at}: {'advice: ' if self.advice else ''}{self.text}"
