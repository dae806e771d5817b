"""What a question is: a prompt, what to listen for, what is commonly believed wrongly, and where it is written down."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal, NamedTuple, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Level = Annotated[int, Field(ge=1, le=3)]
"""1 screening or junior, 2 working engineer, 3 senior."""

Kind = Literal[
    "concept", "compare", "flow", "scenario", "read-dockerfile", "read-output", "trade-off", "design"
]
KINDS: tuple[str, ...] = get_args(Kind)

Line = str | dict[str, str]
"""One thing to listen for: words, or `subject: words`. `docs/question-format.md` describes the words."""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,60}", text):
        raise ValueError("use letters, digits and dashes only, 61 at most")
    return text


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _wordings(value: object) -> object:
    """`a | b` is as good as a list of a and b."""
    return tuple(word.strip() for word in value.split("|")) if isinstance(value, str) else value


Lines = Annotated[tuple[Line, ...], BeforeValidator(_one_or_many)]
Wordings = Annotated[tuple[str, ...], BeforeValidator(_wordings)]
Text = Annotated[str, AfterValidator(_one_line), Field(min_length=1, max_length=2000)]
Name = Annotated[str, AfterValidator(_name)]


class Part(BaseModel):
    """A part of a question file: unknown keys are refused, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Criterion(Part):
    """One atomic thing an interviewer listens for.

    `heard` holds alternatives: any one of them earns the criterion, any one of `partly` earns half. Instead of
    `heard`, `any` of the named groups in `of` can be asked for: `any` groups heard is met, half of them is partial,
    and where fewer are heard, so is any one of `partly`.
    """

    id: Name
    weight: Annotated[int, Field(ge=1, le=3)] = 2
    point: Text
    why: Text | None = None
    probe: Text | None = None
    heard: Lines = ()
    partly: Lines = ()
    any: Annotated[int, Field(ge=1, le=20)] | None = None
    of: dict[Name, Lines] = {}

    @model_validator(mode="after")
    def _listens(self) -> Criterion:
        if bool(self.heard) == bool(self.of):
            raise ValueError(
                "give either `heard` (lines, any one is enough) or `any` with `of` (named groups)"
            )
        if self.of and (self.any is None or self.any > len(self.of)):
            raise ValueError(f"`any` says how many of the {len(self.of)} groups in `of` are enough")
        if self.any is not None and not self.of:
            raise ValueError("`any` needs `of`: the groups that count")
        return self


class Misconception(Part):
    """A false statement; it costs only when the candidate asserts it, and cancels the criteria it is `against`."""

    id: Name
    claim: Text
    correction: Text
    heard: Annotated[Lines, Field(min_length=1)]
    against: tuple[Name, ...] = ()


class Source(Part):
    """Where an official text says so: page title, section on that page, address."""

    title: Text
    section: Text | None = None
    url: Annotated[str, Field(pattern=r"^https://\S+$")] | None = None


class Listed(NamedTuple):
    """A question as it stands in a list: what is asked, and the points by criterion, without what is listened for."""

    slug: str
    topic: str
    track: str
    prompt: str
    kind: Kind
    level: Level
    points: tuple[tuple[str, str], ...]


class Question(Part):
    """One question as asked and graded.

    `slug`, `topic` and `track` come from the place of the file. With no `criteria`, they are derived from
    `reference` when the question is graded.
    """

    slug: Name
    topic: Name = "general"
    track: Name = "general"
    prompt: Annotated[str, Field(min_length=1, max_length=4000)]
    kind: Kind = "concept"
    level: Level = 2
    reviewed: date | None = None
    terms: dict[Name, Wordings] = {}
    criteria: tuple[Criterion, ...] = ()
    misconceptions: tuple[Misconception, ...] = ()
    hints: tuple[Text, ...] = ()
    reference: Annotated[str, Field(min_length=1, max_length=8000)]
    sources: tuple[Source, ...] = ()
    versions: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Question:
        for what, ids in (
            ("criterion", [criterion.id for criterion in self.criteria]),
            ("misconception", [misconception.id for misconception in self.misconceptions]),
        ):
            twice = sorted({one for one in ids if ids.count(one) > 1})
            if twice:
                raise ValueError(f"{what} id used twice: {', '.join(twice)}")
        known = {criterion.id for criterion in self.criteria}
        for misconception in self.misconceptions:
            lost = [one for one in misconception.against if one not in known]
            if lost:
                raise ValueError(f"misconception {misconception.id} is against unknown criterion {lost[0]}")
        return self

    def listed(self) -> Listed:
        """The question as it stands in a list."""
        points = tuple((one.id, one.point) for one in self.criteria)
        return Listed(self.slug, self.topic, self.track, self.prompt, self.kind, self.level, points)

    def criterion(self, criterion_id: str) -> Criterion | None:
        """The criterion of that id, or None."""
        return next((one for one in self.criteria if one.id == criterion_id), None)

    def misconception(self, misconception_id: str) -> Misconception | None:
        """The misconception of that id, or None."""
        return next((one for one in self.misconceptions if one.id == misconception_id), None)
