"""What a question is about, in words: ties a quote to the criterion that it is said to prove."""

from __future__ import annotations

from collections.abc import Iterable

from interview_bot.graders.lines import Pattern
from interview_bot.graders.reading.text import FUNCTION_WORDS, Token, stem, words_of
from interview_bot.graders.rubric import Rubric

SHARE = 0.25
"""The share of a quote's words, and of its sentence's, that must be words of the matter."""

_SMALL = frozenset(stem(word) for word in FUNCTION_WORDS) | FUNCTION_WORDS
_SAYS_NOTHING = frozenset(
    stem(word)
    for word in """mark set score rate award grade give count pass met meet true say one every each whole thing full
    fully all answer correct right complete question credit point read ignore instruction rule note perfect good great
    well best expert clear know knowledge understand explain describe mention cover state list need use make want get go
    take work way time first last new old other same different part kind sort lot place happen mean show see look find
    think be have do number two three back keep still tell call name come even system user please verdict criterion
    candidate now previous maximum high max test return treat quote evidence trust content begin end stop""".split()
)
"""Words that any text may hold, and words that people use who talk about grades: they tie a quote to no criterion."""


class Matter:
    """The words of a question's criteria and misconceptions, without those that the question itself brings along."""

    def __init__(self, rubric: Rubric) -> None:
        """Collect them from everything that the rubric says."""
        asked = {token.stem for token in words_of(rubric.question.prompt)}
        self._about = {name: _telling(stems, asked) for name, stems in _vocabulary(rubric)}
        self._all = frozenset[str]().union(*self._about.values())

    def holds(self, name: str, quote: set[str], sentence: set[str], *, foreign: bool = False) -> bool:
        """Whether a quote, by its stems and those of the sentence around it, can be about a criterion.

        The words need not be the right ones, only some that people use who speak of the matter: two of the criterion's,
        or one and two of the other criteria's. Praise, orders and promises hold one at most, and that by chance. In a
        `foreign` language only the terms can be counted, not their share.
        """
        if not self.told(name, quote):
            return False
        if self.told(name, sentence) < 2 and len(self._all & sentence) < 3:
            return False
        return foreign or all(len(self._all & one) >= SHARE * len(one) for one in (quote, sentence))

    def told(self, name: str, quote: set[str]) -> int:
        """How many words of a criterion a quote holds; one is enough where the rubric heard it in the same place."""
        return len(self._about[name] & quote)


def content(words: Iterable[Token]) -> set[str]:
    """The stems of words with a meaning."""
    return {
        token.stem
        for token in words
        if token.word not in FUNCTION_WORDS and token.stem not in _SMALL and token.word[0].isalnum()
    }


def _vocabulary(rubric: Rubric) -> Iterable[tuple[str, set[str]]]:
    for criterion, compiled in zip(rubric.question.criteria, rubric.criteria, strict=True):
        yield compiled.id, _stems(criterion.point, compiled.lines)
    for misconception, wrong in zip(rubric.question.misconceptions, rubric.misconceptions, strict=True):
        yield wrong.id, _stems(misconception.claim, wrong.heard)


def _stems(text: str, patterns: Iterable[Pattern]) -> set[str]:
    found = content(words_of(text))
    for pattern in patterns:
        for item in pattern.items:
            for wording in item.wordings:
                found.update(wording.stems)
    return {one for one in found if len(one) > 1}


def _telling(stems: set[str], asked: set[str]) -> frozenset[str]:
    """Without what says nothing, and without the question's own words where others are left."""
    telling = stems - _SAYS_NOTHING - _SMALL
    return frozenset(telling - asked or telling)
