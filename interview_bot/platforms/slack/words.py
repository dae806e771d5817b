"""The room's own sentences, in the language of whoever reads them."""

from __future__ import annotations

from collections.abc import Mapping

Texts = Mapping[str, Mapping[str, str]]
"""Sentences by language and key."""

ENGLISH = "en"


class Words:
    """The sentences of one language; English where there is none."""

    def __init__(self, texts: Texts, language: str = ENGLISH) -> None:
        """`de-AT` is `de`."""
        self._texts = texts.get(language.replace("_", "-").partition("-")[0].lower()) or texts[ENGLISH]

    def word(self, key: str) -> str:
        """One sentence.

        Raises:
            KeyError: there is no such sentence.
        """
        return self._texts[key]
