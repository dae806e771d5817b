"""Cards as Components V2: inside Discord's limits, the same components each time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence

import discord
from discord import ui

from interview_bot.chat.charts import rows_of
from interview_bot.chat.messages import Card, Chart, Draw, Line, Picture
from interview_bot.platforms.discord.buttons import Press
from interview_bot.platforms.discord.text import SIGNS, escaped, shown

MOST_TEXT = 3_900
"""Characters in all texts of a message; Discord takes 4,000."""
MOST_PARTS = 20
"""Texts in a message; with their containers and buttons they stay within Discord's 40 components."""
MOST_BUTTONS = 15
BUTTONS_IN_A_ROW = 5
LONGEST_ALT = 1_024

_CAPS = (1_000, 400, 160, 120, 80, 40, 20, 8)
"""How far what fills the blanks is cut, one after the other, until a message fits."""
_COLOUR = 0x5865F2


Pictures = Mapping[int, Picture]
"""Pictures of charts, by the number of the card that they belong to."""


async def draw_all(cards: Sequence[Card], draw: Draw | None) -> Pictures:
    """Draw the charts of some cards beside the event loop; none where this machine cannot draw."""
    if draw is None:
        return {}
    drawn = {at: await asyncio.to_thread(draw, card.chart) for at, card in enumerate(cards) if card.chart}
    return {at: picture for at, picture in drawn.items() if picture}


def file_name(at: int) -> str:
    """What the picture of a card's chart is called among the attachments."""
    return f"chart-{at}.png"


def layout(cards: Sequence[Card], pictures: Pictures | None = None) -> ui.LayoutView:
    """Cards as one message; wants a running event loop. discord.py does not remember the view: buttons find their way by id.

    A chart with a picture shows it, and whoever sends the message attaches it as `file_name`; others are drawn with text.
    """
    shown_ones = pictures or {}
    texts = _fitting(
        [
            card.model_copy(update={"chart": None}) if at in shown_ones else card
            for at, card in enumerate(cards)
        ]
    )
    view = ui.LayoutView(timeout=None)
    room = MOST_BUTTONS
    for number, (card, parts) in enumerate(zip(cards, texts, strict=True)):
        box: ui.Container[ui.LayoutView] = ui.Container(accent_colour=_COLOUR)
        for part in parts:
            box.add_item(ui.TextDisplay(part))
        if number in shown_ones:
            gallery: ui.MediaGallery[ui.LayoutView] = ui.MediaGallery()
            described = shown_ones[number].alt[:LONGEST_ALT]
            gallery.add_item(media=f"attachment://{file_name(number)}", description=described)
            box.add_item(gallery)
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
    """Rows that belong together as one text: a verdict with its quotes, a heading alone, a note never in a quote."""
    parts: list[str] = []
    fresh = True
    before = ""
    for line, text in rows:
        starts = (
            line is None or line.style in {"heading", *SIGNS} or (before, line.style) == ("quote", "note")
        )
        before = line.style if line else ""
        if parts and not fresh and not starts:
            parts[-1] += f"\n{text}"
        else:
            parts.append(text)
        fresh = line is None or line.style == "heading"
    return parts


def _drawn(chart: Chart) -> str:
    bars = "\n".join(rows_of(chart)).replace("`", " ")
    return f"**{escaped(chart.title)}**\n```\n{bars}\n```"


def components(cards: Sequence[Card], pictures: Pictures | None = None) -> list[dict[str, object]]:
    """The same as Discord's REST interface takes it."""
    return layout(cards, pictures).to_components()


V2 = discord.MessageFlags(components_v2=True).value
"""The flag without which Discord refuses these components."""
