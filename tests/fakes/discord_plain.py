"""Reads Discord's components as a person would: markup taken away, escapes undone."""

import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
_TOKEN = re.compile(
    r"\\(?P<escaped>[^0-9A-Za-z\s])|(?P<fence>```\n?)|(?P<link><(?P<url>https?://[^>]+)>)|(?P<sign>\*\*|[*_`])"
)


def walk(node: Any) -> Iterator[Json]:
    """Every component, outer ones first."""
    if isinstance(node, list):
        for one in node:
            yield from walk(one)
    elif isinstance(node, dict):
        if "type" in node:
            yield node
        for key in ("components", "component", "accessory"):
            yield from walk(node.get(key))


def plain(body: Json) -> str:
    """The text of a message or modal."""
    texts = [one["content"] for one in walk(body.get("components")) if one["type"] == 10]
    return "\n".join([*([body["content"]] if body.get("content") else []), *map(read, texts)])


def read(markdown: str) -> str:
    """Markdown without its signs."""
    rows: list[str] = []
    listing = False
    for row in markdown.split("\n"):
        if row.startswith("```"):
            listing = not listing
        elif listing:
            rows.append(row)
        else:
            rows.append(_TOKEN.sub(_shown, re.sub(r"^(?:-# |#{1,3} |> )", "", row)))
    return "\n".join(rows).replace("\u2060", "")


def _shown(match: re.Match[str]) -> str:
    return match["escaped"] or match["url"] or ""


def labels(body: Json) -> dict[str, Json]:
    """The buttons of a message by label."""
    return {one["label"]: one for one in walk(body.get("components")) if one["type"] == 2}
