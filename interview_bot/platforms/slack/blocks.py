"""Turns a card into Slack's blocks, within Slack's limits, with a plain text beside them for notifications."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from interview_bot.chat.messages import Card, Chart, Choice, Line, plain

Block = dict[str, Any]
HEADER, SECTION, BUTTON, BLOCKS, ALTOGETHER, FALLBACK = 150, 2800, 75, 50, 10_000, 3000
"""Characters in a header, a section and a button; blocks in a message; characters in all of them and beside them."""

ACTION = "ib"
_SIGNS = {"met": "✔", "partial": "◐", "missed": "✘", "wrong": "⚠"}
_MARKS = re.compile(r"([*_~`])")


class Shown(NamedTuple):
    """A card as Slack takes it."""

    text: str
    blocks: list[Block]


class Labels(NamedTuple):
    """The few sentences that are Slack's own."""

    answer: str = "Answer"
    send: str = "Send"
    close: str = "Close"
    your_answer: str = "Your answer"
    not_saved: str = (
        "Nothing was saved: my database does not answer. Your text is still here; send it again in a minute."
    )
    not_done: str = "Nothing was done: my database does not answer. Please try again in a minute."


def render(card: Card) -> Shown:
    """Blocks and fallback text of a card; what does not fit is cut at the end, with an ellipsis."""
    blocks = list(_body(card))[: BLOCKS - 1]
    if card.choices:
        blocks.append(_actions(card.choices))
    text = "\n".join(filter(None, (plain(card), chart_text(card.chart) if card.chart else "")))
    return Shown(escape(cut(text, FALLBACK)), blocks)


def _body(card: Card) -> Iterator[Block]:
    left = ALTOGETHER
    rows: list[str] = []
    for line in card.lines:
        text = mrkdwn(line)
        if left <= 0:
            break
        if line.style in {"heading", "note", "code"} and rows:
            yield from _sections(rows)
            rows = []
        text = cut(text, left)
        left -= len(text)
        if line.style == "heading":
            yield {"type": "header", "text": _plain_text(cut(_filled(line), HEADER))}
        elif line.style == "note":
            yield {"type": "context", "elements": [{"type": "mrkdwn", "text": cut(text, SECTION)}]}
        else:
            rows.append(text)
    if card.chart:
        rows.append(f"```{escape(cut(chart_text(card.chart), SECTION - 10))}```")
    yield from _sections(rows)


def _sections(rows: list[str]) -> Iterator[Block]:
    """As few sections as hold the rows."""
    text = ""
    for row in (cut(one, SECTION) for one in rows):
        if text and len(text) + len(row) + 1 > SECTION:
            yield _section(text)
            text = ""
        text = f"{text}\n{row}" if text else row
    if text:
        yield _section(text)


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _plain_text(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}


def _actions(choices: tuple[Choice, ...]) -> Block:
    return {"type": "actions", "elements": [_button(number, choice) for number, choice in enumerate(choices)]}


def _button(number: int, choice: Choice) -> Block:
    value = json.dumps({"command": choice.command, "turn": choice.turn, "asks": choice.asks})
    button: Block = {
        "type": "button",
        "action_id": f"{ACTION}:{number}",
        "text": _plain_text(cut(choice.label, BUTTON)),
        "value": value,
    }
    return button if choice.style == "plain" else {**button, "style": choice.style}


def mrkdwn(line: Line) -> str:
    """A line in Slack's markup: the sentence's own bold and italic stay, what fills its blanks is only text."""
    if line.style == "code":
        listing = escape(_filled(line)).replace("`", "'")
        return f"```{listing}```"
    text = escape(line.text).format_map({name: inert(text) for name, text in line.blanks.items()})
    if line.style == "quote":
        return "\n".join(f"> {row}" for row in text.split("\n"))
    text = re.sub(r"\*([^*]*\n[^*]*)\*", _bold_rows, text)
    return f"{_SIGNS[line.style]} {text}" if line.style in _SIGNS else text


def _bold_rows(match: re.Match[str]) -> str:
    """Slack's bold ends with its line."""
    return "\n".join(f"*{row}*" if row.strip() else row for row in match.group(1).split("\n"))


def _filled(line: Line) -> str:
    return line.text.replace("*", "").format_map(line.blanks)


def escape(text: str) -> str:
    """The three signs that Slack reads as its own: no mention, no link, no channel can be made of the rest."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def inert(text: str) -> str:
    """Text that is never markup: a zero-width space before each sign that Slack formats by."""
    return _MARKS.sub("\u200b\\1", escape(text))


def cut(text: str, most: int) -> str:
    """At most so many characters, with an ellipsis for what is gone."""
    return text if len(text) <= most else text[: most - 2] + " …"


def chart_text(chart: Chart) -> str:
    """A bar chart in characters, that a screen reader can read line by line."""
    width = max((len(bar.label) for bar in chart.bars), default=0)
    rows = [
        f"{bar.label:<{width}} {'█' * round(20 * bar.value):<20} {round(100 * bar.value):>3}"
        for bar in chart.bars
    ]
    return "\n".join([chart.title, *rows])


def answer_form(labels: Labels, question: list[Block], kept: str) -> Block:
    """The modal for a long answer, with the question repeated on top; `kept` comes back with the answer."""
    told = [_section(cut(text, SECTION)) for text in map(_told, question) if text][:4]
    field = {"type": "plain_text_input", "action_id": "text", "multiline": True, "max_length": 3000}
    return {
        "type": "modal",
        "callback_id": f"{ACTION}:answer",
        "private_metadata": kept,
        "title": _plain_text(cut(labels.answer, 24)),
        "submit": _plain_text(cut(labels.send, 24)),
        "close": _plain_text(cut(labels.close, 24)),
        "blocks": [
            *told,
            {
                "type": "input",
                "block_id": "answer",
                "label": _plain_text(labels.your_answer),
                "element": field,
            },
        ],
    }


def _told(block: Block) -> str:
    text = block.get("text")
    return (
        str(text.get("text", "")) if isinstance(text, dict) and block["type"] in {"header", "section"} else ""
    )
