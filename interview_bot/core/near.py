"""Finds questions that are about the same as some words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from math import log

from interview_bot.core.questions import Listed

SHOWN = 5
_WORD = re.compile(r"[^\W_]+(?:[-.][^\W_]+)*")
_SHORTEST = 3
_HEAVY = 3
"""How often a word of the prompt or the topic counts, against one of what is listened for."""
_LEAST = 0.08
"""Of what a question could share with the words at best; below this it is chance."""


def nearest(text: str, questions: Iterable[Listed], most: int = SHOWN) -> list[Listed]:
    """The questions that share most rare words with a text, best first; none where nothing is shared."""
    asked = set(_words(text))
    bags = [(one, _bag(one)) for one in questions]
    known = Counter(word for _, bag in bags for word in bag)
    weight = {word: log(1 + len(bags) / number) for word, number in known.items()}
    best = sum(sorted((weight.get(word, 0.0) * _HEAVY for word in asked), reverse=True)[:8]) or 1.0
    found = [(sum(bag[word] * weight[word] for word in asked & bag.keys()), one) for one, bag in bags]
    kept = [(score, one) for score, one in found if score / best >= _LEAST]
    return [one for _, one in sorted(kept, key=lambda pair: (-pair[0], pair[1].slug))[:most]]


def _bag(question: Listed) -> Counter[str]:
    """Each word once, with its weight."""
    told = set(_words(" ".join(point for _, point in question.points)))
    head = set(_words(f"{question.prompt} {question.topic} {question.slug.replace('-', ' ')}"))
    return Counter(dict.fromkeys(told, 1) | dict.fromkeys(head, _HEAVY))


def _words(text: str) -> Iterable[str]:
    """Words without their plural, in small letters."""
    for word in _WORD.findall(text.lower()):
        if len(word) >= _SHORTEST and word not in _EMPTY:
            yield word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 4 else word


_EMPTY = frozenset(
    "the and for are but not you all any can had her was one our out has him his how its may new now old see two who "
    "what when where which why with from this that they them then than have been were will would could should does did "
    "your into onto over under about there their here just like more most some such only very also because while".split()
)
