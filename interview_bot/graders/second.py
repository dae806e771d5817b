"""A second hearing: a point that no line heard whole counts as made where the answer holds enough of its words.

Lines hear what their authors foresaw; strangers say the same in other sentences, though seldom in other words throughout. What a
sentence holds of the words in a point's lines is counted, and boosted trees that were fitted to labelled answers to many questions
(`benchmarks/second_hearing`; J. Friedman, "Greedy function approximation", 2001) tell whether the point is likelier made than not.
They know nothing of any question. What is denied, reported, taken back or idle is no evidence, and nothing is ever taken away.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from interview_bot.core.grades import Heard, Span, Verdict
from interview_bot.graders.compiled import Rubric
from interview_bot.graders.hearing import Hearing
from interview_bot.graders.reading.language import Reading, Sentence
from interview_bot.graders.search import Search

LONGEST = 220
"""Tokens up to which an answer gets a second hearing: in long talk words come together by chance."""


class Evidence(NamedTuple):
    """What speaks for one point."""

    most: int
    """Words of the point's lines in the sentence that speaks for it the loudest."""
    own: float
    """The same, each word divided among the points that it may speak for: 1 for a word of this point alone, 0 for one of all."""
    two: float
    """As `own`, in the two loudest sentences together."""
    share: float
    """Of the words of the point's own text, the share in one sentence, 0-1."""
    all: float
    """As `own`, in the whole answer."""
    length: int
    """Tokens of the answer's sentences."""
    known: int
    """Words that the point's lines know."""
    partial: int
    """1 where half of the point was heard."""
    weight: int
    """The point's weight, 1-3: what weighs more is said more often."""
    misconceptions: int
    """False beliefs that the answer asserts."""

    @property
    def convinces(self) -> bool:
        """Whether the point is likelier made than not."""
        model = _model()
        return model.start + sum(_leaf(tree, self) for tree in model.trees) > 0


class Open(NamedTuple):
    """A criterion that gets a second hearing, by its number, the sentence that speaks for it the loudest, and all that does."""

    number: int
    loudest: Sentence
    evidence: Evidence


def hear_again(rubric: Rubric, search: Search, reading: Reading, first: Hearing) -> dict[str, Heard]:
    """The points that no line heard whole but for which enough of their words speak."""
    made: dict[str, Heard] = {}
    for number, sentence, evidence in open_points(rubric, search, reading, first):
        if evidence.convinces:
            span = Span(reading.tokens[sentence.start].start, reading.tokens[sentence.end - 1].end)
            rule = f"second hearing: {evidence.most} of its words"
            made[rubric.criteria[number].id] = Heard(Verdict.MET, (span,), rule)
    return made


def open_points(rubric: Rubric, search: Search, reading: Reading, first: Hearing) -> Iterator[Open]:
    """The criteria of which something was said that no line heard whole.

    What the answer itself denies, turns the other way round, says of somebody else, or beside a false belief only in passing, gets
    no second hearing.
    """
    nothing = all(one.verdict is Verdict.MISSED for one in first.verdicts.values())
    length = sum(one.end - one.start for one in reading.sentences)
    said = {} if first.closed or nothing or length > LONGEST else search.said(rubric.words)
    everything = frozenset[str]().union(*said.values())
    for number, one in enumerate(rubric.criteria):
        heard = first.verdicts[one.id]
        if heard.verdict is Verdict.MET or heard.rule.startswith(("contradicted", "only in passing")):
            continue
        if search.swaps(one.whole):
            continue
        own = {sentence: sum(_of_lines(rubric, stems, number)) for sentence, stems in said.items()}
        loudest = sorted(own, key=lambda one: (-own[one], one))[:2]
        if not loudest or not own[loudest[0]]:
            continue
        best = loudest[0]
        two = said[best] | said[loudest[-1]]
        sentence = reading.sentences[best]
        yield Open(
            number,
            sentence,
            Evidence(
                most=len(_of_lines(rubric, said[best], number)),
                own=own[best],
                two=sum(_of_lines(rubric, two, number)),
                share=max(_share_of_point(rubric, stems, number) for stems in said.values()),
                all=sum(_of_lines(rubric, everything, number)),
                length=length,
                known=rubric.words.in_lines[number],
                partial=int(heard.verdict is Verdict.PARTIAL),
                weight=one.weight,
                misconceptions=len(first.misconceptions),
            ),
        )


def _of_lines(rubric: Rubric, stems: frozenset[str], number: int) -> list[float]:
    """For each stem that the lines of a criterion know, how much it is a word of this criterion alone, 0-1."""
    lines, bit = rubric.words.lines, 1 << number
    others = max(1, len(rubric.criteria) - 1)
    return [1 - (lines[one].bit_count() - 1) / others for one in stems if lines.get(one, 0) & bit]


def _share_of_point(rubric: Rubric, stems: frozenset[str], number: int) -> float:
    point, bit = rubric.words.point, 1 << number
    return sum(bool(point.get(one, 0) & bit) for one in stems) / max(1, rubric.words.in_point[number])


class Split(NamedTuple):
    """A question of a tree: up to `at` it goes on with `below`, else with `above`; a number is what is added."""

    asks: int
    at: float
    below: Split | float
    above: Split | float


class Model(NamedTuple):
    """Boosted trees: above 0, `start` and what each tree adds say that the point is likelier made than not."""

    start: float
    trees: tuple[Split | float, ...]


@cache
def _model() -> Model:
    text = files("interview_bot.graders").joinpath("second.json").read_text(encoding="utf-8")
    loaded = json.loads(text)
    return Model(loaded["start"], tuple(_tree(one) for one in loaded["trees"]))


def _tree(loaded: float | Sequence[Any]) -> Split | float:
    if isinstance(loaded, int | float):
        return loaded
    name, at, below, above = loaded
    return Split(Evidence._fields.index(name), at, _tree(below), _tree(above))


def _leaf(tree: Split | float, evidence: Evidence) -> float:
    while isinstance(tree, Split):
        tree = tree.below if evidence[tree.asks] <= tree.at else tree.above
    return tree
