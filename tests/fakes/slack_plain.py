"""A message or a view as the lines that a person reads."""

import html
from typing import Any

from .slack_checks import Json
from .slack_state import Message, View


def plain(shown: Message | View | Json) -> str:
    """Text, lists, tables and charts as lines; controls as `[Label]`; images as alt text.

    mrkdwn marks stay as they are, entities are decoded. A message without blocks is its `text`.
    """
    if isinstance(shown, View):
        shown = shown.body
    if isinstance(shown, Message):
        shown = {"text": shown.text, "blocks": shown.blocks, "attachments": shown.attachments}
    lines = [_text(shown["title"])] if shown.get("title") else []
    for block in shown.get("blocks") or []:
        lines += _block(block)
    if not shown.get("blocks"):
        lines.append(html.unescape(_text(shown.get("text"))))
    for attachment in shown.get("attachments") or []:
        lines += plain(attachment).splitlines()
    lines.append(" ".join(f"[{_text(shown[end])}]" for end in ("submit", "close") if shown.get(end)))
    return "\n".join(line for line in lines if line)


def _block(block: Json) -> list[str]:  # noqa: PLR0911  one line per kind of block
    kind = block.get("type")
    if kind == "section":
        accessory = block.get("accessory")
        fields = [_text(field) for field in block.get("fields") or []]
        return [_text(block.get("text")), *fields, _element(accessory) if accessory else ""]
    if kind in ("context", "actions", "context_actions"):
        return [" ".join(_element(element) for element in block["elements"])]
    if kind == "rich_text":
        return [line for element in block["elements"] for line in _rich(element)]
    if kind == "input":
        return [f"{_text(block['label'])}: {_element(block['element'])}"]
    if kind in ("table", "data_table"):
        rows = [" | ".join(_cell(cell) for cell in row) for row in block["rows"]]
        return [_text(block.get("caption")), *rows]
    if kind == "data_visualization":
        return [block["title"], *_chart(block["chart"])]
    if kind == "image":
        return [_text(block.get("title")), block["alt_text"]]
    return ["---"] if kind == "divider" else [_text(block.get("text") or block.get("title"))]


def _chart(chart: Json) -> list[str]:
    if chart["type"] == "pie":
        return [f"{segment['label']}: {segment['value']}" for segment in chart["segments"]]
    shown = [(one["name"], one["data"]) for one in chart["series"]]
    return [f"{name}: " + ", ".join(f"{p['label']} {p['value']}" for p in data) for name, data in shown]


def _element(element: Json) -> str:
    kind = element["type"]
    if kind in ("plain_text", "mrkdwn"):
        return _text(element)
    if kind == "image":
        return element["alt_text"]
    if kind in ("radio_buttons", "checkboxes", "overflow"):
        return " ".join(f"[{_text(option['text'])}]" for option in element["options"])
    chosen = (element.get("initial_option") or {}).get("text")
    label = element.get("text") or chosen or element.get("initial_value") or element.get("placeholder")
    return f"[{_text(label)}]"


def _rich(element: Json) -> list[str]:
    kind = element["type"]
    if kind == "rich_text_list":
        numbered = element.get("style") == "ordered"
        marks = (f"{n}." if numbered else "•" for n in range(1, len(element["elements"]) + 1))
        inset = "  " * element.get("indent", 0)
        return [
            f"{inset}{mark} {_inline(item)}" for mark, item in zip(marks, element["elements"], strict=True)
        ]
    mark = "> " if kind == "rich_text_quote" else ""
    return [mark + line for line in _inline(element).split("\n")]


def _inline(section: Json) -> str:
    return "".join(_piece(piece) for piece in section["elements"])


def _piece(piece: Json) -> str:
    known: dict[str, Any] = {
        "link": piece.get("text") or piece.get("url"),
        "emoji": f":{piece.get('name')}:",
        "user": f"<@{piece.get('user_id')}>",
        "channel": f"<#{piece.get('channel_id')}>",
        "broadcast": f"@{piece.get('range')}",
        "date": piece.get("fallback"),
    }
    return str(known.get(piece["type"], piece.get("text")) or "")


def _cell(cell: Json) -> str:
    if cell["type"] == "rich_text":
        return " ".join(line for element in cell["elements"] for line in _rich(element))
    return _text(cell) or str(cell.get("value", ""))


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return html.unescape(value.get("text") or "")
    return str(value or "")
