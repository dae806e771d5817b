"""Hears an answer: which points its sentences make by the lines of the rubric, and which false beliefs they state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import NamedTuple

from interview_bot.core.grades import Heard, Span, Verdict
from interview_bot.graders.compiled import CompiledCriterion, CompiledMisconception, Rubric
from interview_bot.graders.lines import Pattern
from interview_bot.graders.reading.language import Reading, denies_throughout
from interview_bot.graders.search import Hit, Search

FEWEST_DENIED = 3
"""Points that an answer must deny before the denials are held against the rest of it."""

FEWEST_TO_STRAY = 25
"""Tokens, of the sentences in which something was heard, from which on an answer is taken for talk about something
else if nothing in it tells otherwise. Other sentences do not count: padding changes nothing."""

DENIED_SHARE = 0.75
"""How many points it must deny for each that it states."""

WANTED_FOR_EACH = 2
"""How many words must speak for a point for each false belief that the answer asserts. Who is wrong about a thing also uses its
words: of 374 labelled answers, what was heard beside one such belief was said indeed in a third of the cases, beside two in none."""


class Hearing(NamedTuple):
    """What the lines heard."""

    verdicts: dict[str, Heard]
    misconceptions: list[tuple[CompiledMisconception, list[Hit]]]
    """The false beliefs that are asserted, and where."""
    closed: bool
    """Whether the answer denies throughout or talks about something else: there is nothing more to hear."""


def hear(rubric: Rubric, search: Search, reading: Reading) -> Hearing:
    """Hear one answer, prepared by `search`."""
    misconceptions = [
        (one, hits) for one in rubric.misconceptions if (hits := _asserted(search, one.heard, strict=True))
    ]
    denies = denies_throughout(reading)
    if denies:
        search.doubt()
    verdicts = {one.id: _verdict(search, one, reading) for one in rubric.criteria}
    if denies:
        verdicts |= _denied_points(search, rubric.criteria, verdicts)
    strays = not misconceptions and _strays(search, rubric.criteria, verdicts)
    if strays:
        verdicts = {one.id: Heard(Verdict.MISSED) for one in rubric.criteria}
    for misconception, hits in misconceptions:
        for criterion in misconception.against:
            verdicts[criterion] = _cancelled(verdicts[criterion], hits[-1], reading)
    if misconceptions:
        wanted = WANTED_FOR_EACH * len(misconceptions)
        verdicts |= {
            one.id: Heard(Verdict.MISSED, (), f"only in passing: {verdicts[one.id].rule}")
            for one in rubric.criteria
            if verdicts[one.id].verdict is not Verdict.MISSED and _said(search, one) < wanted
        }
    return Hearing(verdicts, misconceptions, closed=denies or strays)


def _strays(search: Search, criteria: Sequence[CompiledCriterion], verdicts: Mapping[str, Heard]) -> bool:
    """Whether nothing that was heard is more than a plain word that any talk may hold by chance."""
    if any(one.wanted > 1 and verdicts[one.id].verdict is not Verdict.MISSED for one in criteria):
        return False
    heard = [hit for one in criteria for line in one.lines for hit in search.hits(line) if hit.asserted]
    told = {search.sentence_of(hit) for hit in heard}
    long = sum(one.end - one.start for one in told) >= FEWEST_TO_STRAY
    return long and not any(search.is_telling(hit) for hit in heard)


def _said(search: Search, criterion: CompiledCriterion) -> int:
    """How many different words that carry sense speak for a criterion."""
    return len(
        {stem for line in criterion.whole for hit in search.hits(line) if hit.asserted for stem in hit.stems}
    )


def _denied_points(
    search: Search, criteria: Iterable[CompiledCriterion], verdicts: Mapping[str, Heard]
) -> dict[str, Heard]:
    """Where an answer denies nearly as many points as it states, the points that it denies anywhere are missed.

    An answer that was turned round sentence by sentence denies most of them, and what is left of its points is chance.
    """
    denied: dict[str, Hit] = {}
    for one in criteria:
        hits = [hit for line in one.whole for hit in search.hits(line) if not hit.asserted]
        if hits:
            denied[one.id] = hits[0]
    stated = sum(heard.verdict is not Verdict.MISSED for heard in verdicts.values())
    if len(denied) < FEWEST_DENIED or len(denied) < DENIED_SHARE * stated:
        return {}
    return {
        name: Heard(Verdict.MISSED, (), f"contradicted: {hit.pattern.line}")
        for name, hit in denied.items()
        if verdicts[name].verdict is not Verdict.MISSED
    }


def _verdict(search: Search, criterion: CompiledCriterion, reading: Reading) -> Heard:
    counted = _count(search, criterion, reading) if criterion.groups else Heard(Verdict.MISSED)
    if counted.verdict is not Verdict.MISSED:
        return counted
    for verdict, patterns in ((Verdict.MET, criterion.heard), (Verdict.PARTIAL, criterion.partly)):
        hits = [hit for pattern in patterns for hit in search.hits(pattern)]
        asserted = [hit for hit in hits if hit.asserted]
        if not asserted:
            continue
        if denial := _taken_back(search, hits, asserted):
            return Heard(Verdict.MISSED, (), f"contradicted: {denial.pattern.line}")
        # What needed the most to be heard says the most, and the first of those is where it was said.
        best = min(asserted, key=lambda hit: (-len(hit.pattern.items), hit.start, hit.end - hit.start))
        return Heard(verdict, (span_of(reading, best),), best.pattern.line)
    return counted


def _taken_back(search: Search, hits: Sequence[Hit], asserted: Sequence[Hit]) -> Hit | None:
    """What denies later what was asserted, if anything does."""
    last = max(asserted, key=lambda hit: hit.start)
    denied = [
        hit for hit in hits if not hit.asserted and hit.start > last.end and search.takes_back(last, hit)
    ]
    return denied[-1] if denied else None


def _count(search: Search, criterion: CompiledCriterion, reading: Reading) -> Heard:
    """Any k of n: distinct groups heard; wrong extra items do not cancel right ones."""
    spans: list[Span] = []
    names: list[str] = []
    for name, patterns in criterion.groups:
        hits = [hit for pattern in patterns for hit in search.hits(pattern)]
        asserted = sorted((hit for hit in hits if hit.asserted), key=lambda hit: (hit.start, hit.end))
        if asserted and not _taken_back(search, hits, asserted):
            names.append(name)
            spans.append(span_of(reading, asserted[0]))
    rule = f"{len(names)} of {criterion.wanted}: {', '.join(names)}"
    if len(names) >= criterion.wanted:
        return Heard(Verdict.MET, tuple(spans), rule)
    if names and len(names) >= ceil(criterion.wanted / 2):
        return Heard(Verdict.PARTIAL, tuple(spans), rule)
    return Heard(Verdict.MISSED, (), rule if names else "")


def _asserted(search: Search, patterns: Iterable[Pattern], strict: bool = False) -> list[Hit]:
    hits = [hit for pattern in patterns for hit in search.hits(pattern, strict) if hit.asserted]
    return sorted(hits, key=lambda hit: (hit.start, hit.end))


def _cancelled(heard: Heard, hit: Hit, reading: Reading) -> Heard:
    """A misconception said after the criterion takes its credit back; said before, it was corrected."""
    at = reading.tokens[hit.end - 1].end
    if heard.verdict is Verdict.MISSED or not heard.evidence or heard.evidence[-1].start >= at:
        return heard
    return Heard(Verdict.MISSED, (), f"contradicted: {hit.pattern.line}")


def span_of(reading: Reading, hit: Hit) -> Span:
    """Where a hit stands in the original text."""
    return Span(reading.tokens[hit.start].start, reading.tokens[hit.end - 1].end)
