"""Cards as Block Kit: inside Slack's limits, the same blocks each time, nothing in them that could ping anyone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, cast

import slackblocks as kit

from interview_bot.chat.charts import rows_of, share
from interview_bot.chat.messages import Bar, Card, Chart, Choice, Line
from interview_bot.platforms.slack.pieces import (
    Piece,
    chunks,
    clean,
    cut,
    escaped,
    fit,
    joined,
    length,
    pieces,
)

MOST_BLOCKS = 50
MOST_TEXT = 9_900
"""Of all texts in a message's blocks; Slack refuses legal blocks from about 13,200 on (bolt-js #2509)."""
MOST_IN_LINES = 9_300
MOST_FALLBACK = 3_000
LONGEST_SECTION = 3_000
LONGEST_HEADING = 150
LONGEST_LABEL = 75
LONGEST_VALUE = 2_000
MOST_LINES = 300
ACTION = "ib:"
"""What the action_id of every button of ours begins with."""

SIGNS = {"met": "✓ ", "partial": "◐ ", "missed": "○ ", "wrong": "✗ "}
"""The sign before a verdict; the word is in the sentence, so that neither colour nor picture alone means anything."""

_BUTTONS_IN_A_ROW = 25
_BARS = 20
_BAR_LABEL = 20
_CHART_TITLE = 50
_UNIT = "%"
"""What the legend says; the title, which would be cut there, stands above."""

Json = dict[str, Any]
Part = tuple[str, list[Piece]]


class Shown(NamedTuple):
    """What Slack is given: the fallback for notifications and screen readers, and the blocks."""

    text: str
    blocks: list[Json]


def render(cards: Sequence[Card], *, mark: str = "", charts: bool = True) -> Shown:
    """Cards as one message.

    Args:
        cards: what to say, in order.
        mark: makes block_ids differ between messages and edits, as Slack asks.
        charts: whether bar charts may be Slack's own; else they are drawn with text.
    """
    room = MOST_IN_LINES - sum(_fixed_length(card) for card in cards)
    parts = [_parts(card, charts) for card in cards]
    sized = fit([part for of_card in parts for part in of_card][:MOST_LINES], max(1_000, room))
    lengths = [len(of_card) for of_card in parts]
    text = _fallback(cards, parts)
    blocks = _all_blocks(cards, lengths, sized, charts, compact=False)
    if len(blocks) <= MOST_BLOCKS:
        shown = _plain_json(blocks, mark)
        if _text_in(shown) <= MOST_TEXT:
            return Shown(text, shown)
    blocks = _all_blocks(cards, lengths, sized, charts, compact=True)
    return Shown(text, _plain_json(blocks[:MOST_BLOCKS], mark))


def _plain_json(blocks: list[kit.Block], mark: str) -> list[Json]:
    """The blocks as Slack wants them, each with an id that is the same every time.

    A block checks itself when it is made. `kit.Message` would turn each into JSON four times over: 3 ms for a result card.
    """
    for number, block in enumerate(blocks):
        block.block_id = f"{ACTION}{mark}:{number}"
    return [block._resolve() for block in blocks]  # pyright: ignore[reportPrivateUsage]


def _text_in(node: object) -> int:
    """Characters in all texts of some blocks, with their entities."""
    if isinstance(node, dict):
        return sum(
            len(value) if key == "text" and isinstance(value, str) else _text_in(value)
            for key, value in cast("Json", node).items()
        )
    return sum(_text_in(child) for child in cast("list[Any]", node)) if isinstance(node, list) else 0


def _all_blocks(
    cards: Sequence[Card], lengths: Sequence[int], sized: Sequence[Part], charts: bool, *, compact: bool
) -> list[kit.Block]:
    """The blocks of all cards; `sized` holds their lines one after another, so many of each card as `lengths` says."""
    blocks: list[kit.Block] = []
    start = 0
    for card, length_of_card in zip(cards, lengths, strict=True):
        end = start + length_of_card
        blocks += _Sheet(compact).laid(sized[start:end])
        blocks += _chart_blocks(card, charts)
        blocks += _button_blocks(card.choices)
        start = end
    return blocks


def _fallback(cards: Sequence[Card], parts: Sequence[Sequence[Part]]) -> str:
    rows = [
        "".join(piece.text for piece in part)
        for card, of_card in zip(cards, parts, strict=True)
        for _, part in (_parts(card, charts=False) if card.chart else of_card)
    ]
    return escaped("\n".join(rows).strip(), MOST_FALLBACK) or "…"


def _parts(card: Card, charts: bool) -> list[Part]:
    parts: list[Part] = [(line.style, _said(line)) for line in card.lines]
    if card.chart and not _is_native(card.chart, charts):
        parts.append(("text", [Piece(clean(card.chart.title), bold=True)]))
        parts.append(("code", [Piece("\n".join(map(clean, rows_of(card.chart))))]))
    return [(style, part) for style, part in parts if any(not piece.text.isspace() for piece in part)]


def _said(line: Line) -> list[Piece]:
    sign = SIGNS.get(line.style)
    return joined([*([Piece(sign)] if sign else []), *pieces(line)])


class _Sheet:
    """Lays lines out: a heading as header, a note small, a verdict together with its quotes."""

    def __init__(self, compact: bool) -> None:
        """`compact`: in as few blocks as can be, for cards with very many lines."""
        self._compact = compact
        self._blocks: list[kit.Block] = []
        self._objects: list[kit.RichTextObject] = []
        self._section: list[Piece] = []
        self._size = 0
        self._verdict = ""

    def laid(self, parts: Sequence[Part]) -> list[kit.Block]:
        """The blocks of some lines."""
        for style, part in parts:
            self._lay(style, part)
        self._close()
        return self._blocks

    def _lay(self, style: str, part: list[Piece]) -> None:
        is_small = style == "note" and not any(piece.url for piece in part)
        if style == "heading" and not (self._compact and self._blocks):
            self._close()
            self._blocks.append(kit.HeaderBlock(kit.PlainText(_one_line(part, LONGEST_HEADING))))
        elif is_small and not self._compact:
            self._close()
            note = escaped("".join(piece.text for piece in part), LONGEST_SECTION)
            self._blocks.append(kit.ContextBlock([kit.PlainText(note)]))
        else:
            self._flow(style, part)

    def _flow(self, style: str, part: list[Piece]) -> None:
        """Add a line to the running text; what belongs to a verdict stays with it."""
        if not self._compact and (style in SIGNS or (style == "text" and self._verdict not in {"", "wrong"})):
            self._close()
        self._verdict = style if style in SIGNS else self._verdict
        looks = {"heading": {"bold": True}, "note": {"italic": True}}.get(style, {})
        for portion in chunks([piece._replace(**looks) for piece in part], LONGEST_SECTION):
            if self._size + length(portion) > LONGEST_SECTION:
                verdict = self._verdict
                self._close()
                self._verdict = verdict
            self._size += length(portion) + 1
            if style in {"quote", "code"}:
                self._end_section()
                boxed = kit.RichTextQuote if style == "quote" else kit.RichTextCodeBlock
                self._objects.append(boxed(_elements(portion)))
            else:
                # One section with line ends: not every client breaks between two sections.
                self._section += [Piece("\n"), *portion] if self._section else portion

    def _end_section(self) -> None:
        if self._section:
            self._objects.append(kit.RichTextSection(_elements(joined(self._section))))
        self._section = []

    def _close(self) -> None:
        self._end_section()
        if self._objects:
            self._blocks.append(kit.RichTextBlock(self._objects))
        self._objects, self._size, self._verdict = [], 0, ""


def _elements(parts: Sequence[Piece]) -> list[kit.RichTextElement]:
    return [
        kit.RichTextLink(piece.url, bold=piece.bold or None, italic=piece.italic or None)
        if piece.url
        else kit.RichText(piece.text, bold=piece.bold or None, italic=piece.italic or None)
        for piece in parts
    ]


def _one_line(part: Sequence[Piece], most: int) -> str:
    return escaped(" ".join("".join(piece.text for piece in part).split()), most)


def _button_blocks(choices: Sequence[Choice]) -> Iterator[kit.Block]:
    for start in range(0, len(choices), _BUTTONS_IN_A_ROW):
        row = choices[start : start + _BUTTONS_IN_A_ROW]
        yield kit.ActionsBlock([_button(number, choice) for number, choice in enumerate(row)])


def _button(number: int, choice: Choice) -> kit.Button:
    value: Json = {"command": choice.command, "turn": choice.turn} | ({"asks": True} if choice.asks else {})
    stands_for = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if len(stands_for) > LONGEST_VALUE:
        raise ValueError(
            f"a button cannot stand for {len(choice.command)} characters: {choice.command[:40]} …"
        )
    label = escaped(" ".join(choice.label.split()), LONGEST_LABEL) or CUT_LABEL
    style = None if choice.style == "plain" else choice.style
    return kit.Button(kit.PlainText(label), action_id=f"{ACTION}{number}", value=stands_for, style=style)


CUT_LABEL = "…"


def _is_native(chart: Chart, charts: bool) -> bool:
    # A single bar would be as wide as the whole picture.
    return charts and chart.kind != "days" and 1 < len(chart.bars) <= _BARS


def _chart_blocks(card: Card, charts: bool) -> Iterator[kit.Block]:
    if card.chart is None or not _is_native(card.chart, charts):
        return
    labels = _different([bar.label for bar in card.chart.bars])
    points = [kit.DataPoint(label, _percent(bar)) for label, bar in zip(labels, card.chart.bars, strict=True)]
    title = card.chart.title
    series = kit.objects.DataSeries(_UNIT, points)
    axis = kit.AxisConfig(labels)
    drawn = kit.LineChart([series], axis) if card.chart.kind == "trend" else kit.BarChart([series], axis)
    yield kit.DataVisualizationBlock(_short(title, _CHART_TITLE), drawn)


def _different(labels: Sequence[str]) -> list[str]:
    """Labels cut to Slack's length, numbered where they would be the same."""
    found: list[str] = []
    for label in labels:
        short, number = _short(label, _BAR_LABEL), 2
        while short in found:
            ending = f" {number}"
            short, number = _short(label, _BAR_LABEL - len(ending)) + ending, number + 1
        found.append(short)
    return found


def _short(text: str, most: int) -> str:
    words = " ".join(clean(text).split()) or CUT_LABEL
    return "".join(piece.text for piece in cut([Piece(words)], most))


def _percent(bar: Bar) -> int:
    return round(100 * share(bar))


def _fixed_length(card: Card) -> int:
    """Characters that are not lines and cannot be cut."""
    return sum(min(LONGEST_LABEL, len(choice.label) + 1) for choice in card.choices)
