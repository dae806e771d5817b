"""A line of a card as pieces of text with a look; what fills a blank is never read as markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from string import Formatter
from typing import NamedTuple

from interview_bot.chat.messages import Line

CUT = "…"
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_MENTION = re.compile(r"<(?=[!@#])")
_LINK = re.compile(r"https?://[^\s<>|\"]*[^\s<>|\".,;:!?)\]]")
_SIGN = re.compile(r"([*_])")
_WITHOUT_LINKS = {"quote", "code"}
_SHORTEST_QUOTE = 40


class Piece(NamedTuple):
    """Some text that looks alike; with `url` it is a link."""

    text: str
    bold: bool = False
    italic: bool = False
    url: str | None = None


class _Token(NamedTuple):
    """A sign of a template, what stands between two signs, or a whole blank."""

    text: str
    is_blank: bool = False


def clean(text: str) -> str:
    """Text without control characters, in which nothing looks like a mention in mrkdwn.

    Pieces and plain text are not parsed by Slack; the invisible word joiner holds even where something else
    (a bridge, an export, a client's preview) reads them as mrkdwn.
    """
    return _MENTION.sub("<\u2060", _UNSAFE.sub("", text))


def escaped(text: str, most: int) -> str:
    """Text for Slack's plain text objects: entities escaped, at most `most` characters with them."""
    if len(whole := _entities(clean(text))) <= most:
        return whole
    shown, room = "", most - len(CUT)
    for char in clean(text):
        entity = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}.get(char, char)
        if len(shown) + len(entity) > room:
            break
        shown += entity
    return shown + CUT


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def pieces(line: Line) -> list[Piece]:
    """The line's words with their look: `*bold*` and `_italic_` of the template, links from the blanks."""
    tokens = _tokens(line)
    found: list[Piece] = []
    bold = italic = False
    for number, token in enumerate(tokens):
        before = tokens[number - 1] if number else None
        after = tokens[number + 1] if number + 1 < len(tokens) else None
        if not token.is_blank and token.text == "*":
            bold = not bold
        elif not token.is_blank and token.text == "_" and _turns(italic, before, after):
            italic = not italic
        elif token.is_blank and line.style not in _WITHOUT_LINKS:
            found += [piece._replace(bold=bold, italic=italic) for piece in _linked(token.text)]
        else:
            found.append(Piece(token.text, bold, italic))
    return joined(found)


def _tokens(line: Line) -> list[_Token]:
    tokens: list[_Token] = []
    for literal, blank, _, _ in Formatter().parse(line.text):
        tokens += [_Token(part) for part in _SIGN.split(clean(literal)) if part]
        if blank is not None:
            tokens.append(_Token(clean(line.blanks[blank]), is_blank=True))
    return tokens


def _turns(italic: bool, before: _Token | None, after: _Token | None) -> bool:
    """Whether a `_` is a sign; inside a word (`snake_case`) it is a character."""
    outside, inside = (after, before) if italic else (before, after)
    at_outside, at_inside = (0, -1) if italic else (-1, 0)  # what touches the sign
    in_word = outside is not None and (outside.is_blank or outside.text[at_outside].isalnum())
    if in_word or inside is None:
        return False
    return not (inside.text if inside.is_blank else inside.text[at_inside]).isspace()


def _linked(text: str) -> Iterable[Piece]:
    end = 0
    for match in _LINK.finditer(text):
        yield Piece(text[end : match.start()])
        yield Piece(match[0], url=match[0])
        end = match.end()
    yield Piece(text[end:])


def joined(parts: Iterable[Piece]) -> list[Piece]:
    """Neighbours that look alike as one piece, empty ones dropped."""
    whole: list[Piece] = []
    for piece in parts:
        if whole and whole[-1][1:] == piece[1:] and not piece.url:
            whole[-1] = whole[-1]._replace(text=whole[-1].text + piece.text)
        elif piece.text:
            whole.append(piece)
    return whole


def length(parts: Iterable[Piece]) -> int:
    """Characters in all pieces."""
    return sum(len(piece.text) for piece in parts)


def cut(parts: Sequence[Piece], most: int) -> list[Piece]:
    """The first `most` characters, the last of them an ellipsis if anything is missing."""
    if length(parts) <= most:
        return list(parts)
    return [*chunks(parts, max(1, most - 1))[0], Piece(CUT)]


def chunks(parts: Sequence[Piece], most: int) -> list[list[Piece]]:
    """The pieces in portions of at most `most` characters; a link is not split."""
    portions: list[list[Piece]] = [[]]
    room = most
    for piece in parts:
        rest = piece._replace(url=None) if piece.url and len(piece.text) > room else piece
        while len(rest.text) > room:
            portions[-1] += joined([rest._replace(text=rest.text[:room])])
            portions.append([])
            rest, room = rest._replace(text=rest.text[room:]), most
        portions[-1] += joined([rest])
        room -= len(rest.text)
    return portions


def fit(parts: Sequence[tuple[str, list[Piece]]], most: int) -> list[tuple[str, list[Piece]]]:
    """Styled lines shortened until they hold `most` characters in all: quotes first, then the longest."""
    quotes = [length(line) for style, line in parts if style == "quote"]
    others = [length(line) for style, line in parts if style != "quote"]
    shortest = min(_SHORTEST_QUOTE, most // (2 * max(1, len(quotes))))
    quote_cap = max(shortest, _water_level(quotes, most - sum(others)))
    left = most - sum(min(one, quote_cap) for one in quotes)
    cap = max(1, _water_level(others, left))
    return [(style, cut(line, quote_cap if style == "quote" else cap)) for style, line in parts]


def _water_level(lengths: Sequence[int], most: int) -> int:
    """The greatest length to which all must be cut so that they hold `most` in all."""
    left = most
    for number, one in enumerate(sorted(lengths)):
        share = left // (len(lengths) - number)
        if one > share:
            return share
        left -= one
    return max(lengths, default=0)
