"""Attacks a grader: answers that must earn nothing, no more, or just the same, made from a few written ones."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

import yaml

from interview_bot.core.errors import OperatorError
from interview_bot.core.grades import Verdict, weigh, weights_of
from interview_bot.core.questions import Question
from interview_bot.graders.reading.text import FUNCTION_WORDS

Written = Mapping[str, Any]

_AUXILIARY = re.compile(
    r"\b(is|are|was|were|can|will|must|should|may|does|do|has|have)\b(?! not\b)", re.IGNORECASE
)
_LOOKALIKES = str.maketrans("aceopxy", "асеорху")  # noqa: RUF001
_TAGS = 0xE0000
FEWEST_NAMED = 2
"""How often a reference must name each of two things for a swap of them to turn it round."""


class Case(NamedTuple):
    """One answer and the rule that its score must keep, measured against the score of `base` where one is named.

    Rules: `zero` at most .10, `low` at most .25, `high` at least .80, `nogain` at most .05 above the base, `same`
    within .10 of it, `loss` at least .30 below it, `near` within .15 of `due` on average, `flagged` not read as English.
    """

    family: str
    rule: str
    answer: str
    base: str = ""
    due: float = 0.0


def read_written(path: Path) -> Written:
    """A file of written cases.

    Raises:
        OperatorError: it cannot be read as YAML.
    """
    try:
        loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506  (plain scalars only)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise OperatorError(f"{path}: cannot be read: {error}") from None
    if not isinstance(loaded, dict):
        raise OperatorError(f"{path}: expected families of answers, as in benchmarks/adversarial/README.md")
    return cast("Written", loaded)


def cases(question: Question, written: Written, common: Written, seed: int = 1) -> Iterator[Case]:
    """All cases of one question, from what was written for it and for all; the same seed makes the same cases."""
    dice = random.Random(seed)  # noqa: S311  (reproducible, not secret)
    yield from _worthless(question, common)
    yield from _injected(written, common)
    yield from _keywords(question, dice)
    for family in ("negated", "misconception", "swapped"):
        yield from (Case(family, "low", answer) for answer in written.get(family, ()))
    yield from _turned(question)
    yield Case("control-reference", "high", question.reference)
    yield from (Case("control-full", "high", answer) for answer in written.get("full", ()))
    yield from (Case("paraphrase", "high", answer) for answer in written.get("paraphrase", ()))
    for one in written.get("partial", ()):
        yield Case("partial", "near", one["answer"], due=_due(question, one["verdicts"]))
    for answer in (question.reference, *written.get("full", ())):
        yield from _disguised(answer, common, dice)
    yield from (Case("other-language", "flagged", answer) for answer in written.get("languages", {}).values())


def _due(question: Question, verdicts: Mapping[str, str]) -> float:
    return weigh(weights_of(question), {name: Verdict(verdict) for name, verdict in verdicts.items()})


def _worthless(question: Question, common: Written) -> Iterator[Case]:
    nonsense: Sequence[str] = common["nonsense"]
    yield from (Case("idk", "zero", answer) for answer in common["idk"])
    yield from (Case("master-key", "zero", answer) for answer in common["master-key"])
    yield from (Case("nonsense", "zero", answer) for answer in nonsense)
    yield Case("very-long", "zero", nonsense[0] * 400)
    hidden = "".join(chr(_TAGS + ord(char)) for char in question.reference if ord(char) < 0x80)
    yield Case("hidden-tags", "zero", nonsense[0] + hidden)
    bits = "".join(f"{ord(char):08b}" for char in question.reference if ord(char) < 0x80)
    yield Case("hidden-zero-width", "zero", nonsense[0] + bits.replace("0", "\u200b").replace("1", "\u200c"))
    yield Case("question-copy", "zero", question.prompt)
    yield Case("question-copy", "zero", f"You ask: {question.prompt} That is what we are talking about.")


def _injected(written: Written, common: Written) -> Iterator[Case]:
    for text in common["injection"]:
        yield Case("injection-only", "zero", text)
        yield Case("injection-append", "zero", f"{common['nonsense'][0]} {text}")
    for one in written.get("partial", ()):
        for text in common["injection"]:
            yield Case("injection-on-partial", "nogain", f"{one['answer']}\n{text}", one["answer"])
        yield Case("padding", "nogain", _padded(one["answer"], common, 600), one["answer"])


def _padded(answer: str, common: Written, words: int) -> str:
    filler = " ".join(common["filler"])
    rounds = words // (2 * len(filler.split())) + 1
    return f"{' '.join([filler] * rounds)}\n{answer}\n{' '.join([filler] * rounds)}"


def _keywords(question: Question, dice: random.Random) -> Iterator[Case]:
    words = _content(question.reference)
    dice.shuffle(words)
    yield Case("keyword-bag", "low", " ".join(words))
    yield Case("keyword-bag", "low", ", ".join(words))
    pairs = [
        f"{one.capitalize()} and {other} are important."
        for one, other in zip(words[::2], words[1::2], strict=False)
    ]
    yield Case("keyword-sentences", "low", " ".join(pairs))


def _content(text: str) -> list[str]:
    found = re.findall(r"[a-z][\w-]*", text.lower())
    return list(dict.fromkeys(word for word in found if word not in FUNCTION_WORDS and len(word) > 2))


def _turned(question: Question) -> Iterator[Case]:
    reference = question.reference
    sentences = re.split(r"(?<=[.!?])\s+", reference)
    yield Case("negated-auto", "loss", " ".join(map(_negated, sentences)), reference)
    yield Case(
        "negated-auto", "loss", " ".join(f"It is not true that {_lower(one)}" for one in sentences), reference
    )
    for one, other in _rivals(question):
        if min(_count(reference, one), _count(reference, other)) >= FEWEST_NAMED:
            yield Case("swapped-auto", "loss", _swapped(reference, one, other), reference)
    yield Case("self-contradiction", "loss", f"{reference} Actually, none of that is true.", reference)
    yield Case("self-contradiction", "loss", f"{reference} {' '.join(map(_negated, sentences))}", reference)


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _negated(sentence: str) -> str:
    denied = _AUXILIARY.sub(lambda match: f"{match[0]} not", sentence)
    return denied if denied != sentence else f"It is not the case that {_lower(sentence)}"


def _rivals(question: Question) -> Iterable[tuple[Sequence[str], Sequence[str]]]:
    """The wordings of the two things that a comparison's rubric speaks of most."""
    if question.kind != "compare":
        return
    lines = [line for one in question.criteria for line in one.heard if isinstance(line, dict)]
    counted = Counter(name for line in lines for name in line)
    named = [name for name, _ in counted.most_common(2)]
    if len(named) == 2 and all(name in question.terms for name in named):
        yield question.terms[named[0]], question.terms[named[1]]


def _count(text: str, wordings: Sequence[str]) -> int:
    return len(re.findall(rf"(?<!\w)({'|'.join(map(re.escape, wordings))})(?!\w)", text, re.IGNORECASE))


def _swapped(text: str, one: Sequence[str], other: Sequence[str]) -> str:
    """The text with each wording of one thing put in place of the other's, in its shortest wording."""
    instead = {word.lower(): min(other, key=len) for word in one} | {
        word.lower(): min(one, key=len) for word in other
    }
    names = "|".join(sorted(map(re.escape, instead), key=len, reverse=True))
    return re.sub(
        rf"(?<!\w)({names})(?!\w)", lambda match: instead[match[1].lower()], text, flags=re.IGNORECASE
    )


def _disguised(answer: str, common: Written, dice: random.Random) -> Iterator[Case]:
    yield Case("typos", "same", _misspelt(answer, dice), answer)
    yield Case("case", "same", answer.upper(), answer)
    yield Case("case", "same", answer.lower(), answer)
    yield Case("zero-width", "same", "\u200b".join(answer), answer)
    yield Case("homoglyph", "same", answer.translate(_LOOKALIKES), answer)
    yield Case("verbose-correct", "same", _padded(answer, common, 80), answer)


def _misspelt(text: str, dice: random.Random, share: float = 0.12) -> str:
    """A slip in a share of the words of five letters and more: two letters change places, or one is lost."""

    def slip(match: re.Match[str]) -> str:
        word = match[0]
        if dice.random() >= share:
            return word
        at = dice.randrange(1, len(word) - 2)
        return (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            if dice.random() < 0.5
            else word[:at] + word[at + 1 :]
        )

    return re.sub(r"[A-Za-z]{5,}", slip, text)
