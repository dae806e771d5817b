"""Finds the sentence for a key in a language's file; blanks are checked, and filled as text when it is shown."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from string import Formatter

from interview_bot.chat.messages import Line, Style

DEFAULT = "en"


@cache
def texts(language: str) -> dict[str, str]:
    """All sentences of a language by `section.key`; English where there is no such language."""
    folder = files("interview_bot.chat").joinpath("texts")
    file = folder.joinpath(f"{language}.toml")
    if not file.is_file():
        file = folder.joinpath(f"{DEFAULT}.toml")
    sections = tomllib.loads(file.read_text(encoding="utf-8"))
    return {f"{section}.{key}": text for section, keys in sections.items() for key, text in keys.items()}


def blanks_of(text: str) -> frozenset[str]:
    """The names of a sentence's blanks."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


class Wording:
    """The sentences of one language."""

    def __init__(self, language: str = DEFAULT) -> None:
        """Load the language; `de-AT` is `de`."""
        self._texts = texts(language.lower().replace("_", "-").split("-")[0])

    def line(self, key: str, style: Style = "text", **blanks: object) -> Line:
        """A line of a card.

        Raises:
            KeyError: there is no such sentence, or a blank is missing.
        """
        text = self._texts[key]
        return Line(text=text, blanks={name: str(blanks[name]) for name in blanks_of(text)}, style=style)

    def word(self, key: str) -> str:
        """A sentence without blanks, such as a button's label."""
        return self._texts[key]

    def knows(self, key: str) -> bool:
        """Whether there is such a sentence."""
        return key in self._texts
