"""Chooses the questions of a sitting: a mix of levels and kinds, topics in turn, nothing seen before if possible."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from random import Random
from typing import NamedTuple

from interview_bot.core.catalogue import Catalogue
from interview_bot.core.errors import NoQuestions
from interview_bot.core.questions import Listed

LONGEST_PLAN = 12
USUAL_LENGTH = 8
READ_KINDS = frozenset({"read-dockerfile", "read-output"})
_PLAN = ("warm-up", "warm-up", "flow", "scenario", "read", "working", "working", "senior")
"""The sitting of eight: two warm-ups, four at working level with a flow and a scenario, one to read, one senior."""


_LEANING = {1: {"senior": "working", "working": "warm-up"}, 3: {"warm-up": "working", "working": "senior"}}
"""What stands in the place of a slot of the usual mix."""


class Past(NamedTuple):
    """What is known of a candidate.

    `seen` are slugs that were answered, used only when the others run out; `lean` is the level that the mix leans to:
    2 is the usual one, 1 easier, 3 harder.
    """

    seen: Collection[str] = ()
    lean: int = 2


def plan(
    catalogue: Catalogue,
    word: str,
    number: int,
    dice: Random,
    *,
    level: int | None = None,
    past: Past | None = None,
) -> list[Listed]:
    """Pick `number` questions about a topic or track, easiest first, never two of one topic in a row if avoidable.

    Args:
        catalogue: what there is.
        word: a topic or a track.
        number: 1 to `LONGEST_PLAN`; fewer are picked if there are fewer.
        dice: the source of chance; the same seed picks the same questions.
        level: only questions of this level.
        past: what is known of the candidate; nothing if not given.

    Raises:
        UnknownTopic: there is no such topic or track.
        NoQuestions: none of that level.
    """
    seen, lean = past or Past()
    pool = [one for one in catalogue.about(word) if level is None or one.level == level]
    if not pool:
        raise NoQuestions(topic=word, level=str(level))
    shuffled = sorted(pool, key=lambda one: one.slug)
    dice.shuffle(shuffled)
    shuffled.sort(key=lambda one: one.slug in seen)
    picked: list[Listed] = []
    for usual in _slots(min(number, len(pool))):
        slot = _LEANING.get(lean, {}).get(usual, usual)
        picked.append(_best(slot, shuffled, picked, seen))
    return _apart(sorted(picked, key=lambda one: one.level))


def _slots(number: int) -> Sequence[str]:
    """The plan of eight, shortened or lengthened: a short sitting keeps one of each sort."""
    if number <= 3:
        return ("warm-up", "scenario", "flow")[:number]
    if number <= 5:
        return ("warm-up", "flow", "scenario", "read", "senior")[:number]
    return (*_PLAN[-number:], *("working", "senior", "warm-up", "scenario")[: max(0, number - 8)])


def _best(slot: str, pool: Sequence[Listed], picked: Sequence[Listed], seen: Collection[str]) -> Listed:
    """The first question that fits the slot, of a topic used least so far; any other if none fits."""
    taken = {one.slug for one in picked}
    left = [one for one in pool if one.slug not in taken]
    used = [one.topic for one in picked]
    return min(left, key=lambda one: (one.slug in seen, not _fits(slot, one), used.count(one.topic)))


def _fits(slot: str, question: Listed) -> bool:
    if slot == "warm-up":
        return question.level == 1
    if slot == "senior":
        return question.level == 3 or question.kind == "design"
    if slot == "read":
        return question.kind in READ_KINDS
    if slot in {"flow", "scenario"}:
        return question.kind == slot and question.level == 2
    return question.level == 2


def _apart(questions: list[Listed]) -> list[Listed]:
    """Keep the order of levels as far as two of one topic do not follow each other."""
    ordered: list[Listed] = []
    left = list(questions)
    while left:
        last = ordered[-1].topic if ordered else None
        topics = [one.topic for one in left]
        others = [one for one in left if one.topic != last]
        urgent = [one for one in others if topics.count(one.topic) * 2 > len(left)]
        following = next(iter(urgent or others), left[0])
        left.remove(following)
        ordered.append(following)
    return ordered
