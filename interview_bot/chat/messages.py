"""What passes between a platform and the bot: a Message comes in, Cards go out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from interview_bot.core.interview import Who

Style = Literal["heading", "text", "quote", "code", "note", "met", "partial", "missed", "wrong"]


class Message(NamedTuple):
    """Something a person did: typed words, pressed a button, or sent a modal.

    `delivery` is the platform's own key for this very delivery; the same key twice is one message.
    `command` is the words after `/mock-interview` (also what a button stands for); without it, `text` is an answer.
    `turn` is the turn that a button or modal belongs to, where the platform knows it. `address` is where its interview is held, `place` the channel in which it was
    said (None: no channel).
    """

    who: Who
    delivery: str
    text: str = ""
    command: str | None = None
    turn: str | None = None
    address: Mapping[str, str] = {}
    place: Mapping[str, str] | None = None
    may_manage: bool = True
    """Whether the sender may manage the team; a platform that knows better says no."""


class Part(BaseModel):
    """A part of a card; never changes."""

    model_config = ConfigDict(frozen=True)


class Line(Part):
    """A sentence with blanks. `text` may hold `*bold*` and `_italic_`; what fills a blank is never markup."""

    text: str
    blanks: dict[str, str] = {}
    style: Style = "text"
    hidden: bool = False
    """Whether it is covered until somebody wants to see it, where a platform can do that."""


class Choice(Part):
    """A button, carrying the command that it stands for; `asks` opens a form for a longer text first."""

    label: str
    command: str
    turn: str | None = None
    asks: bool = False
    style: Literal["plain", "primary", "danger"] = "plain"


@dataclass(frozen=True, slots=True)
class Bar:
    """One value of a chart: 0 to 1, but in a calendar the number of answers of a day.

    Not a model: a calendar has 182 of them, and each would be proved.
    """

    label: str
    value: float


class Chart(Part):
    """Something to see: bars by name, a line over time, or a calendar whose labels are ISO dates.

    `about` says in one sentence what it shows, for those who do not see it; without it the values are told.
    """

    title: str
    bars: tuple[Bar, ...]
    kind: Literal["bars", "trend", "days"] = "bars"
    about: str = ""
    rows: tuple[str, ...] = ()
    """A calendar's names of the days, from Monday on."""


class Picture(NamedTuple):
    """A chart as it is shown where pictures can be: `alt` is its text for those who do not see it."""

    png: bytes
    svg: str
    alt: str


Draw = Callable[[Chart], Picture | None]
"""Draws a chart; None where this machine cannot, and text has to do."""


class Card(Part):
    """What the bot says, before a platform gives it its form."""

    lines: tuple[Line, ...]
    choices: tuple[Choice, ...] = ()
    waits: bool = False
    """Whether something is being done meanwhile, and the card is edited then."""
    chart: Chart | None = None


class Reply(NamedTuple):
    """What the asker alone sees at once; what belongs to the conversation goes through the outbox instead."""

    cards: tuple[Card, ...] = ()
    data: Mapping[str, Any] | None = None
    """The same facts for scripts and forms, where a command has any."""
    refused: bool = False
    """Whether nothing was done, and the cards say why."""


def fill(line: Line) -> str:
    """A line as plain text, its light markup dropped; for notifications and terminals."""
    return unmark(line.text).format_map(line.blanks)


def unmark(template: str) -> str:
    """A template without its `*bold*` and `_italic_` signs."""
    return template.replace("*", "").replace(" _", " ").replace("_ ", " ")


def plain(card: Card) -> str:
    """A card as plain text, one line each."""
    return "\n".join(fill(line) for line in card.lines)


def described(chart: Chart) -> str:
    """What a chart shows, in words."""
    told = chart.about or ", ".join(f"{bar.label} {round(100 * bar.value)}" for bar in chart.bars)
    return f"{chart.title}: {told}"
