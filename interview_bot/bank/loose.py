"""Finds lines that hear what was not said: criteria that the references of quite other questions meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from interview_bot.bank.check import Grade
from interview_bot.bank.files import Loaded
from interview_bot.bank.finding import Finding
from interview_bot.core.grades import Verdict
from interview_bot.core.questions import Question

MOST_ELSEWHERE = 2
"""References of other topics that may meet a criterion: some facts do belong to several."""


def too_loose(loaded: Iterable[Loaded], bank: Sequence[Question], grade: Grade) -> Iterator[Finding]:
    """Advice on each criterion and misconception that is heard in more references of other topics than may be.

    One question of each topic in `bank` speaks for it. The lines have to be sound.
    """
    spoken = {(one.track, one.topic): one for one in sorted(bank, key=lambda one: one.slug, reverse=True)}
    for one in loaded:
        others = [
            other for place, other in spoken.items() if place != (one.question.track, one.question.topic)
        ]
        if one.question.criteria:
            yield from _heard_elsewhere(one, others, grade)


def _heard_elsewhere(one: Loaded, others: Iterable[Question], grade: Grade) -> Iterator[Finding]:
    heard: dict[str, list[str]] = {}
    asserted: dict[str, list[str]] = {}
    for other in others:
        told = grade(one.question, other.reference)
        for name, found in told.verdicts.items():
            if found.verdict is Verdict.MET:
                said = " ... ".join(other.reference[span.start : span.end] for span in found.evidence)
                heard.setdefault(name, []).append(f'"{said[:60]}" by `{found.rule}`')
        for wrong in told.misconceptions:
            asserted.setdefault(wrong.id, []).append(other.slug)
    for number, criterion in enumerate(one.question.criteria):
        found = heard.get(criterion.id, [])
        if len(found) > MOST_ELSEWHERE:
            yield Finding(
                one.at("criteria", number),
                f"`{criterion.id}` is heard in {len(found)} references of other topics, the first time in {found[0]}:"
                " give the line another item or a subject",
                advice=True,
            )
    for number, misconception in enumerate(one.question.misconceptions):
        slugs = asserted.get(misconception.id, [])
        if slugs:
            yield Finding(
                one.at("misconceptions", number),
                f"`{misconception.id}` is heard in the right answer to {', '.join(slugs)}",
                advice=True,
            )
