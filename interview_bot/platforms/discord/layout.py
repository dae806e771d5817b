"""Cards as Components V2: inside Discord's limits, the same components each time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import discord
from discord import ui

from interview_bot.chat.messages import Card, Chart, Line
from interview_bot.platforms.discord.buttons import Press
from interview_bot.platforms.discord.text import SIGNS, escaped, shown

MOST_TEXT = 3_900
"""Characters in all texts of a message; Discord takes 4,000."""
MOST_PARTS = 20
"""Texts in a message; with their containers and buttons they stay within Discord's 40 components."""
MOST_BUTTONS = 15
BUTTONS_IN_A_ROW = 5

_CAPS = (1_000, 400, 160, 120, 80, 40, 20, 8)
"""How far what fills the blanks is cut, one after the other, until a message fits."""
_COLOUR = 0x5865F2


def layout(cards: Sequence[Card]) -> ui.LayoutView:
    """Cards as one message; wants a running event loop. discord.py does not remember the view: buttons find their way by id."""
    texts = _fitting(cards)
    view = ui.LayoutView(timeout=None)
    room = MOST_BUTTONS
    for card, parts in zip(cards, texts, strict=True):
        box: ui.Container[ui.LayoutView] = ui.Container(accent_colour=_COLOUR)
        for part in parts:
            box.add_item(ui.TextDisplay(part))
        presses = [Press.standing_for(choice, room - at) for at, choice in enumerate(card.choices[:room])]
        room -= len(presses)
        for start in range(0, len(presses), BUTTONS_IN_A_ROW):
            row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
            for press in presses[start : start + BUTTONS_IN_A_ROW]:
                row.add_item(press)
            box.add_item(row)
        view.add_item(box)
    view.stop()
    return view


def _fitting(cards: Sequence[Card]) -> list[list[str]]:
    """The texts of each card: quotes are cut first, then whatever is long; at last rows are left out."""
    texts: list[list[str]] = []
    for quotes, others in ((None, None), *((cap, None) for cap in _CAPS), *((8, cap) for cap in _CAPS)):
        texts = [_grouped(list(_rows(card, quotes, others))) for card in cards]
        if sum(len(part) for parts in texts for part in parts) <= MOST_TEXT:
            break
    if sum(map(len, texts)) > MOST_PARTS:
        texts = [["\n".join(parts)] for parts in texts]
    room = MOST_TEXT
    for parts in texts:
        for number, part in enumerate(parts):
            parts[number] = part if len(part) <= room else _whole_rows(part, room)
            room -= len(parts[number])
    return [[part for part in parts if part] or ["…"] for parts in texts]


def _whole_rows(text: str, most: int) -> str:
    return text[: max(0, most - 2)].rpartition("\n")[0] + "\n…" if most > 1 else ""


def _rows(card: Card, quotes: int | None, others: int | None) -> Iterator[tuple[Line | None, str]]:
    for line in card.lines:
        text = shown(line, quotes if line.style == "quote" else others)
        if text.strip():
            yield line, text
    if card.chart:
        yield None, _drawn(card.chart)


def _grouped(rows: Sequence[tuple[Line | None, str]]) -> list[str]:
    """Rows that belong together as one text: a verdict with its quotes, a heading alone."""
    parts: list[str] = []
    fresh = True
    for line, text in rows:
        starts = line is None or line.style in {"heading", *SIGNS}
        if parts and not fresh and not starts:
            parts[-1] += f"\n{text}"
        else:
            parts.append(text)
        fresh = line is None or line.style == "heading"
    return parts


def _drawn(chart: Chart) -> str:
    bars = "\n".join(
        f"{bar.label[:18].replace('`', ' '):<18} {'█' * round(20 * bar.value)}{'░' * (20 - round(20 * bar.value))} {round(100 * bar.value):>3}"
        for bar in chart.bars[:20]
    )
    return f"**{escaped(chart.title)}**\n```\n{bars}\n```"


def components(cards: Sequence[Card]) -> list[dict[str, object]]:
    """The same as Discord's REST interface takes it."""
    return layout(cards).to_components()


V2 = discord.MessageFlags(components_v2=True).value
"""The flag without which Discord refuses these components."""
