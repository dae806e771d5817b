"""A line of a card as Discord's Markdown; what fills a blank is never read as markup, link mask or mention."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from string import Formatter
from typing import NamedTuple

from interview_bot.chat.messages import Line

CUT = "…"
SIGNS = {"met": "✓ ", "partial": "◐ ", "missed": "○ ", "wrong": "✗ "}
"""The sign before a verdict; the word is in the sentence, so that the sign alone means nothing."""

_UNSEEN = re.compile(
    # Control characters, half characters, what turns the direction of writing, what is there but not seen.
    r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u180e]"
    # Joiners shape emoji and some scripts; beside ASCII they only hide something.
    r"|(?<=[\x00-\x7f])[\u200c\u200d]+|[\u200c\u200d]+(?=[\x00-\x7f])"
)
_SPECIAL = re.compile(r"[\\*_~`|<>\[\]#]")
_PING = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s<>|\"`\\]*[^\s<>|\"`\\.,;:!?)\]]")
_LIST = re.compile(r"^(\s*)([-+]|\d+(?=\.))(?=[\s.])", re.MULTILINE)
_WITHOUT_LINKS = {"quote", "code"}


class _Piece(NamedTuple):
    """Some text that looks alike, escaped already."""

    text: str
    bold: bool
    italic: bool


def clean(text: str) -> str:
    """Text without what cannot be seen or turns the direction of writing."""
    return _UNSEEN.sub("", text)


def escaped(text: str) -> str:
    """Text that Discord shows as it is: no markup, no link, no mention."""
    plain = _SPECIAL.sub(r"\\\g<0>", clean(text))
    return _PING.sub("@\u2060", plain).replace("://", "\\://")


def shown(line: Line, longest: int | None = None) -> str:
    """A line as Markdown; what fills its blanks is cut to `longest` characters each."""
    blanks = {name: _cut(value, longest) for name, value in line.blanks.items()}
    if line.style == "code":
        # Nothing is markup in a listing but its end.
        listing = clean(line.text.format_map(blanks)).replace("``", "`\u2060`")
        return f"```\n{listing}\n```"
    looks = groupby(_pieces(line, blanks), key=lambda piece: piece[1:])
    text = "".join(_marked("".join(one.text for one in alike), *look) for look, alike in looks)
    rows = _LIST.sub(_unlisted, text).strip().split("\n")
    if line.style == "heading":
        return f"## {' '.join(rows)}"
    if line.hidden:
        rows = [f"||{row}||" for row in rows if row.strip()]
    start = {"note": "-# ", "quote": "> "}.get(line.style, "")
    return SIGNS.get(line.style, "") + "\n".join(start + row for row in rows if row or not start)


def _unlisted(match: re.Match[str]) -> str:
    """A list would be drawn anew by Discord, with its own numbers."""
    return f"{match[1]}\\{match[2]}" if not match[2].isdecimal() else f"{match[1]}{match[2]}\\"


def _cut(text: str, longest: int | None) -> str:
    return text if longest is None or len(text) <= longest else text[: max(0, longest - 1)].rstrip() + CUT


def _pieces(line: Line, blanks: dict[str, str]) -> Iterator[_Piece]:
    bold = italic = False
    before = ""
    for literal, blank, _, _ in Formatter().parse(line.text):
        for number, char in enumerate(literal):
            after = literal[number + 1 : number + 2] or ("x" if blank else "")
            inside, outside = (before, after) if italic else (after, before)
            if char == "*":
                bold = not bold
            elif char == "_" and not outside.isalnum() and inside and not inside.isspace():
                italic = not italic
            else:
                yield _Piece(escaped(char), bold, italic)
            before = char
        if blank is not None:
            yield _Piece(_filled(blanks[blank], links=line.style not in _WITHOUT_LINKS), bold, italic)
            before = "x"


def _filled(text: str, *, links: bool) -> str:
    if not links:
        return escaped(text)
    parts, end = "", 0
    text = clean(text)
    for match in _LINK.finditer(text):
        parts += f"{escaped(text[end : match.start()])}<{match[0]}>"
        end = match.end()
    return parts + escaped(text[end:])


def _marked(text: str, bold: bool, italic: bool) -> str:
    """Signs stand directly at the words, or Discord shows them."""
    core = text.strip()
    if not core or not (bold or italic):
        return text
    signs = "**" * bold + "_" * italic
    lead, _, trail = text.partition(core)
    return f"{lead}{signs}{core}{signs[::-1]}{trail}"
