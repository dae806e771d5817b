"""Boards and progress as tables in a terminal, from the same facts that scripts get."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from interview_bot.chat.messages import Card, fill
from interview_bot.chat.wording import Wording

BAR = 20


def show_board(console: Console, said: Wording, cards: Sequence[Card], data: Mapping[str, Any]) -> bool:
    """Show a leaderboard as a table, one's own line in bold; False if there is nothing to show."""
    ranks: list[dict[str, Any]] = data.get("board") or []
    own: dict[str, Any] | None = data.get("you")
    if not ranks:
        return False
    table = _table(said, ("place", "name", "points", "", "answered"), title=fill(cards[0].lines[0]))
    most = max(one["points"] for one in ranks) or 1
    shown = [*ranks, *([own] if own and own not in ranks else [])]
    for one in shown:
        cells = (str(one["place"]), one["name"] or one["candidate"], str(one["points"]))
        row = [Text(cell) for cell in (*cells, _bar(one["points"] / most), str(one["answered"]))]
        table.add_row(*row, style="bold" if one == own else "")
    console.print(table)
    _notes(console, cards[0])
    return True


def show_progress(console: Console, said: Wording, cards: Sequence[Card], data: Mapping[str, Any]) -> bool:
    """Show topics as a table, then the rest as it is; False if there is nothing to show."""
    if not data.get("topics"):
        return False
    table = _table(said, ("topic", "score", "", "answered", "known", "due"), title=fill(cards[0].lines[0]))
    for one in data["topics"]:
        known = f"{one['known']}/{one['criteria']}"
        cells = (
            one["topic"],
            str(round(100 * one["score"])),
            _bar(one["score"]),
            str(one["answered"]),
            known,
        )
        table.add_row(*(Text(cell) for cell in (*cells, str(one["due"]))))
    console.print(table)
    _notes(console, cards[0])
    return True


def _table(said: Wording, columns: Sequence[str], *, title: str) -> Table:
    table = Table(title=Text(title), title_justify="left", title_style="bold", header_style="dim")
    for name in columns:
        right = name in {"place", "points", "score", "answered", "known", "due"}
        heading = said.word(f"table.{name}") if name else ""
        table.add_column(Text(heading), justify="right" if right else "left", overflow="fold")
    return table


def _notes(console: Console, card: Card) -> None:
    for text in _told(card):
        console.print(Text(text, style="dim"))


def _told(card: Card) -> Iterator[str]:
    for line in card.lines:
        if line.style == "note":
            yield fill(line)


def _bar(share: float) -> str:
    return "█" * round(BAR * min(1.0, max(0.0, share)))
