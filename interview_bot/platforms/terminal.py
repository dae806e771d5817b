"""The terminal: reads answers from standard input, shows cards as coloured or plain text."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import NamedTuple, TextIO
from uuid import uuid4

from prompt_toolkit import PromptSession
from prompt_toolkit.history import InMemoryHistory
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.text import Text

from interview_bot.chat.charts import rows_of
from interview_bot.chat.messages import Card, Line, Message, Reply, fill
from interview_bot.core.interview import Who
from interview_bot.core.ports import Outgoing, Sent

ADDRESS = {"platform": "terminal"}
_SIGNS = {"met": "+", "partial": "~", "missed": "-", "wrong": "!"}
_COLOURS = {
    "met": "green",
    "partial": "yellow",
    "missed": "red",
    "wrong": "bold red",
    "note": "dim",
    "quote": "cyan",
}
_COMMAND = re.compile(r"/[a-z][a-z-]*(\s|$)", re.IGNORECASE)
"""How a command begins; "/proc/meminfo is the host's" is an answer."""
_HOW = "Write your answer; an empty line sends it. /hint, /skip, /stop and /help work too; Ctrl-C pauses."


class Screen:
    """Shows cards; plain text where the output is no terminal."""

    def __init__(self, *, plain: bool = False, console: Console | None = None) -> None:
        """Show on standard output, or on a console of one's own; `plain` leaves colours and width away."""
        self.plain = console is None and (plain or not sys.stdout.isatty())
        self._console = console or Console(highlight=False)

    def show(self, card: Card) -> None:
        """Show one card.

        Raises:
            KeyboardInterrupt: nobody reads the output any more (`| head`); the interview pauses as after Ctrl-C.
        """
        if self.plain:
            try:
                sys.stdout.write("\n".join(_plain_rows(card)) + "\n\n")
                sys.stdout.flush()
            except BrokenPipeError:
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                raise KeyboardInterrupt from None
            return
        for line in card.lines:
            self._console.print(_rich(line))
        if card.chart and card.chart.bars:
            self._console.print(Text(card.chart.title, style="bold"))
            for row in rows_of(card.chart):
                self._console.print(Text(f"  {row}"), soft_wrap=True)
        self._console.print()

    async def say(self, outgoing: Outgoing) -> Sent:
        """The outbox's voice: an edit is shown anew, for nothing can be taken back from a screen."""
        self.show(Card.model_validate(outgoing.card))
        return Sent(str(outgoing.id), outgoing.address)


def _plain_rows(card: Card) -> Iterator[str]:
    for line in card.lines:
        text = fill(line)
        if line.style == "heading":
            yield f"== {text} =="
        elif line.style in {"quote", "code"}:
            yield "\n".join(f"    {row}" for row in text.split("\n"))
        else:
            yield f"{_SIGNS[line.style]} {text}" if line.style in _SIGNS else text
    if card.chart:
        yield card.chart.title
        for row in rows_of(card.chart, "#", "."):
            yield f"  {row}"


def _rich(line: Line) -> Padding | Text:
    if line.style == "heading":
        return Padding(Text(fill(line), style="bold reverse"), (1, 0, 0, 0))
    if line.style in {"quote", "code"}:
        return Padding(Text(fill(line), style=_COLOURS.get(line.style, "")), (0, 0, 0, 4))
    sign = f"{_SIGNS[line.style]} " if line.style in _SIGNS else ""
    shown = Text.from_markup(_markup(line), style=_COLOURS.get(line.style, ""))
    return Text(sign, style=_COLOURS.get(line.style, "")) + shown


def _markup(line: Line) -> str:
    """The light markup of a sentence as rich's, what fills its blanks as text."""
    parts = line.text.split("*")
    marked = "".join(f"[bold]{part}[/bold]" if number % 2 else part for number, part in enumerate(parts))
    return marked.format_map({name: escape(text) for name, text in line.blanks.items()})


class Typed(NamedTuple):
    """What was typed: an answer, or a command after `/`."""

    text: str
    is_command: bool


class Keyboard:
    """Reads answers: from a terminal until an empty line, from a pipe until a line that holds only a full stop."""

    def __init__(self, source: TextIO | None = None) -> None:
        """Read from standard input, or from another source."""
        self._source = source or sys.stdin
        self.is_terminal = self._source.isatty()
        self._session: PromptSession[str] | None = None

    async def read(self) -> Typed | None:
        """The next answer or command; None at the end of the input."""
        rows: list[str] = []
        while True:
            row = await self._row("> " if not rows else "  ")
            if row is None:
                return Typed("\n".join(rows), False) if rows else None
            if not rows and _COMMAND.match(row):
                return Typed(row[1:].strip(), True)
            if row.strip() == "." or (self.is_terminal and rows and not row.strip()):
                return Typed("\n".join(rows), False)
            if rows or row.strip() or not self.is_terminal:
                rows.append(row)

    async def _row(self, prompt: str) -> str | None:
        if not self.is_terminal:
            row = await asyncio.to_thread(self._source.readline)
            return row.rstrip("\r\n") if row else None
        if self._session is None:
            self._session = PromptSession(history=InMemoryHistory())
        try:
            return await self._session.prompt_async(prompt)
        except EOFError:
            return None


async def converse(
    receive: Callable[[Message], Awaitable[Reply]],
    work: Callable[[], Awaitable[None]],
    is_open: Callable[[], Awaitable[bool]],
    screen: Screen,
    who: Who,
    first: str,
) -> None:
    """Hold one sitting: say the first command, then read until the interview is over or the input ends.

    Args:
        receive: the bot.
        work: does everything that is due, so that cards appear.
        is_open: whether the interview still goes on.
        screen: where cards are shown.
        who: the person at the terminal.
        first: the command that opens the sitting.
    """
    keyboard = Keyboard()

    async def tell(text: str, *, command: bool) -> None:
        said = Message(
            who, f"terminal:{uuid4().hex}", "" if command else text, text if command else None, None, ADDRESS
        )
        reply = await receive(said)
        for card in reply.cards:
            screen.show(card)
        await work()

    await work()
    await tell(first, command=True)
    if keyboard.is_terminal and await is_open():
        screen.show(Card(lines=(Line(text="{how}", blanks={"how": _HOW}, style="note"),)))
    while await is_open():
        typed = await keyboard.read()
        if typed is None:
            return
        await tell(typed.text, command=typed.is_command)
