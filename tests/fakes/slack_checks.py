"""What Slack refuses in a message or a view: limits, shapes and ids, told in Slack's own words.

Nothing here keeps state. `check_message` and `check_view` return or raise `Rejected`.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View as ViewModel

from .slack_charts import chart_problems, is_chart_or_table

Json = dict[str, Any]
Surface = Literal["message", "modal", "home"]

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE_TEXT_IN_BLOCKS = 13_200  # undocumented, see bolt-js issue 2509
POSTED_TEXT = 40_000
UPDATED_TEXT = 4_000  # chat.update answers msg_too_long long before chat.postMessage does
VIEW_BYTES = 250_000
ID_LENGTH = 255

_MALFORMED = (SlackObjectFormationError, AttributeError, KeyError, TypeError, ValueError)


class Rejected(Exception):
    """A call that Slack refuses: `error` is Slack's word, `messages` the lines of `response_metadata`."""

    def __init__(self, error: str, messages: Iterable[str] = (), **extra: str) -> None:
        super().__init__(error)
        self.error = error
        self.messages = list(messages)
        self.extra = extra

    def answer(self) -> Json:
        """The body of Slack's refusal."""
        body: Json = {"ok": False, "error": self.error, **self.extra}
        if self.messages:
            body["response_metadata"] = {"messages": self.messages}
        return body


class Cap(NamedTuple):
    """At least `least` and at most `most` characters (of a text) or items (of a list) in one field."""

    field: str
    most: int
    least: int = 0


_SELECT = (Cap("options", 100, 1), Cap("option_groups", 100, 1), Cap("placeholder", 150))
_PICKER = (Cap("placeholder", 150),)
_AXIS_CHART = (Cap("series", 6, 1),)
CAPS: dict[str, tuple[Cap, ...]] = {
    "section": (Cap("text", 3000), Cap("fields", 10, 1)),
    "field": (Cap("text", 2000),),
    "header": (Cap("text", 150),),
    "context": (Cap("elements", 10, 1),),
    "actions": (Cap("elements", 25, 1),),
    "context_actions": (Cap("elements", 5, 1),),
    "input": (Cap("label", 2000), Cap("hint", 2000)),
    "image": (Cap("image_url", 3000), Cap("alt_text", 2000), Cap("title", 2000)),
    "markdown": (Cap("text", 12_000),),
    "table": (Cap("rows", 100, 1), Cap("column_settings", 20)),
    "button": (Cap("text", 75), Cap("value", 2000), Cap("url", 3000), Cap("accessibility_label", 75)),
    "static_select": _SELECT,
    "multi_static_select": _SELECT,
    "external_select": _PICKER,
    "users_select": _PICKER,
    "channels_select": _PICKER,
    "conversations_select": _PICKER,
    "datepicker": _PICKER,
    "timepicker": _PICKER,
    "plain_text_input": _PICKER,
    "number_input": _PICKER,
    "overflow": (Cap("options", 5, 1),),
    "checkboxes": (Cap("options", 10, 1),),
    "radio_buttons": (Cap("options", 10, 1),),
    "option": (Cap("text", 75), Cap("value", 150), Cap("description", 75), Cap("url", 3000)),
    "option_group": (Cap("label", 75), Cap("options", 100, 1)),
    "confirmation": (Cap("title", 100), Cap("text", 300), Cap("confirm", 30), Cap("deny", 30)),
    "data_table": (Cap("rows", 201, 2),),
    "data_visualization": (Cap("title", 50),),
    "pie": (Cap("segments", 6, 1),),
    "bar": _AXIS_CHART,
    "area": _AXIS_CHART,
    "line": _AXIS_CHART,
    "segment": (Cap("label", 20),),
    "series": (Cap("name", 20),),
    "point": (Cap("label", 20),),
    "axis": (Cap("categories", 20, 1), Cap("x_label", 50), Cap("y_label", 50)),
    "modal": (Cap("title", 24), Cap("submit", 24), Cap("close", 24)),
}
_VIEW_CAPS = (Cap("private_metadata", 3000), Cap("callback_id", ID_LENGTH), Cap("external_id", ID_LENGTH))
_ROLES = {
    "options": "option",
    "initial_options": "option",
    "initial_option": "option",
    "option_groups": "option_group",
    "fields": "field",
    "confirm": "confirmation",
    "segments": "segment",
    "series": "series",
    "data": "point",
    "axis_config": "axis",
}
_PLAIN_ONLY = {
    ("header", "text"),
    ("button", "text"),
    ("image", "title"),
    ("input", "label"),
    ("input", "hint"),
    ("modal", "title"),
    ("modal", "submit"),
    ("modal", "close"),
}
_ONLY_IN_MESSAGES = {
    "markdown",
    "context_actions",
    "table",
    "data_table",
    "data_visualization",
    "plan",
    "task_card",
}
_MOST_OF_A_TYPE = {"table": 1, "data_visualization": 2}  # in one message


def check_message(args: Json, *, text_limit: int = POSTED_TEXT) -> None:
    """Raise `Rejected` unless Slack would accept the `text`, `blocks` and `attachments` of a message."""
    text = args.get("text") or ""
    blocks = _block_list(args.get("blocks"))
    attached = _attached_blocks(args.get("attachments"))
    if not text and (blocks or attached or not args.get("attachments")):
        raise Rejected("no_text", ["[ERROR] a message needs a top-level `text`, also beside blocks"])
    if len(text) > text_limit:
        raise Rejected("msg_too_long")
    for group in (blocks, attached):
        problems = block_problems(group, surface="message", most=MESSAGE_BLOCKS)
        if problems:
            raise Rejected("invalid_blocks", problems)
    if _text_length(blocks) + _text_length(attached) > MESSAGE_TEXT_IN_BLOCKS:
        raise Rejected("msg_blocks_too_long")


def check_view(view: object, *, allowed: Iterable[str] = ("modal",)) -> Json:
    """The view as a dict; raises `Rejected` unless Slack would accept it as one of the `allowed` types."""
    if not isinstance(view, dict):
        raise Rejected("invalid_arguments", ["[ERROR] must be a JSON object [json-pointer:/view]"])
    if len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES:
        raise Rejected("view_too_large")
    kind = str(view.get("type"))
    if kind not in allowed:
        raise Rejected("invalid_arguments", [f"[ERROR] unsupported type: {kind} [json-pointer:/view/type]"])
    problems = list(_view_problems(view, kind))
    if problems:
        raise Rejected("invalid_arguments", problems)
    return view


def block_problems(blocks: list[Any], *, surface: Surface, most: int, at: str = "/blocks") -> list[str]:
    """Everything Slack would refuse in a list of blocks, one line each with a JSON pointer."""
    problems: list[str] = []
    if len(blocks) > most:
        problems.append(_said(f"no more than {most} items allowed", at))
    for number, block in enumerate(blocks):
        where = f"{at}/{number}"
        found = list(_one_block_problems(block, surface, where))
        problems += found or _model_problems(block, where)
    ids = Counter(b["block_id"] for b in blocks if isinstance(b, dict) and b.get("block_id"))
    problems += [_said(f"block_id already exists: {i}", at) for i, times in ids.items() if times > 1]
    types = Counter(b.get("type") for b in blocks if isinstance(b, dict))
    problems += [_said(f"too many {t} blocks", at) for t, m in _MOST_OF_A_TYPE.items() if types[t] > m]
    return problems


def _block_list(blocks: object) -> list[Any]:
    if blocks in (None, ""):
        return []
    if not isinstance(blocks, list):
        raise Rejected("invalid_blocks_format")
    return blocks


def _attached_blocks(attachments: object) -> list[Any]:
    if attachments in (None, ""):
        return []
    if not isinstance(attachments, list) or not all(isinstance(a, dict) for a in attachments):
        raise Rejected("invalid_attachments")
    if len(attachments) > 100:
        raise Rejected("too_many_attachments")
    return [block for a in attachments for block in _block_list(a.get("blocks"))]


def _view_problems(view: Json, kind: str) -> Iterator[str]:
    blocks = view.get("blocks")
    if not isinstance(blocks, list) or not blocks:
        yield _said("missing required field: blocks", "/view")
        return
    yield from _cap_problems(view, (*CAPS.get(kind, ()), *_VIEW_CAPS), "/view")
    yield from _plain_only_problems(view, kind, "/view")
    surface: Surface = "home" if kind == "home" else "modal"
    yield from block_problems(blocks, surface=surface, most=VIEW_BLOCKS, at="/view/blocks")
    if kind == "modal":
        yield from _modal_problems(view, blocks)
    try:
        ViewModel(**view).to_dict()
    except _MALFORMED as refusal:
        yield _said(str(refusal), "/view")


def _modal_problems(view: Json, blocks: list[Any]) -> Iterator[str]:
    if not view.get("title"):
        yield _said("missing required field: title", "/view")
    if not view.get("submit") and any(isinstance(b, dict) and b.get("type") == "input" for b in blocks):
        yield _said("missing required field: submit, as there is an input block", "/view")


def _one_block_problems(block: object, surface: Surface, where: str) -> Iterator[str]:
    if not isinstance(block, dict):
        yield _said("must be an object", where)
        return
    if surface != "message" and block.get("type") in _ONLY_IN_MESSAGES:
        yield _said(f"unsupported type: {block['type']}", f"{where}/type")
    action_ids: Counter[str] = Counter()
    for node, role, pointer in _nodes(block, str(block.get("type")), where):
        yield from _cap_problems(node, CAPS.get(role, ()), pointer)
        yield from _plain_only_problems(node, role, pointer)
        yield from _text_problems(node, pointer)
        yield from _cap_problems(node, (Cap("action_id", ID_LENGTH), Cap("block_id", ID_LENGTH)), pointer)
        action_ids.update([node["action_id"]] if node.get("action_id") else [])
    yield from (
        _said(f"action_id already exists: {i}", where) for i, times in action_ids.items() if times > 1
    )


def _nodes(node: Json, role: str, pointer: str) -> Iterator[tuple[Json, str, str]]:
    """Every object in a block, with what it is (its type, or its role where it has none) and its place."""
    yield node, role, pointer
    for key, value in node.items():
        for child, where in _objects(value, f"{pointer}/{key}"):
            yield from _nodes(child, _role(child, key), where)


def _objects(value: object, pointer: str) -> Iterator[tuple[Json, str]]:
    if isinstance(value, dict):
        yield value, pointer
    elif isinstance(value, list):
        for number, child in enumerate(value):
            yield from _objects(child, f"{pointer}/{number}")


def _role(node: Json, key: str) -> str:
    if key == "confirm" and "type" in node:  # the "confirm" text inside a confirmation
        return str(node["type"])
    return _ROLES.get(key) or str(node.get("type"))


def _cap_problems(node: Json, caps: Iterable[Cap], pointer: str) -> Iterator[str]:
    for cap in caps:
        value = node.get(cap.field)
        if isinstance(value, dict):
            value = value.get("text")
        if not isinstance(value, str | list):
            continue
        where = f"{pointer}/{cap.field}"
        if len(value) < cap.least:
            yield _said(f"must have at least {cap.least} items", where)
        if len(value) > cap.most and isinstance(value, str):
            yield _said(f"must be less than {cap.most + 1} characters", where)
        elif len(value) > cap.most:
            yield _said(f"no more than {cap.most} items allowed", where)


def _plain_only_problems(node: Json, role: str, pointer: str) -> Iterator[str]:
    for owner, field in _PLAIN_ONLY:
        value = node.get(field) if owner == role else None
        if isinstance(value, dict) and value.get("type") != "plain_text":
            yield _said("must be a plain_text object", f"{pointer}/{field}")


def _text_problems(node: Json, pointer: str) -> Iterator[str]:
    if node.get("type") not in ("plain_text", "mrkdwn"):
        return
    text = node.get("text")
    if not isinstance(text, str) or not text:
        yield _said("must be more than 0 characters", f"{pointer}/text")
    elif len(text) > 3000:
        yield _said("must be less than 3001 characters", f"{pointer}/text")


def _model_problems(block: Json, where: str) -> list[str]:
    """What slack_sdk's own models refuse, and what they drop because Slack knows no such key or type."""
    try:
        if is_chart_or_table(block):
            return [_said(problem, where + place) for problem, place in chart_problems(block)]
        parsed = Block.parse(block)
        if parsed is None:
            return [_said(f"unsupported type: {block.get('type')}", f"{where}/type")]
        return list(_dropped(block, parsed.to_dict(), where))
    except _MALFORMED as refusal:
        return [_said(str(refusal), where)]


def _dropped(given: object, kept: object, pointer: str) -> Iterator[str]:
    if isinstance(given, dict) and isinstance(kept, dict):
        for key, value in given.items():
            if key not in kept and value not in (None, "", [], {}):
                yield _said(f"invalid additional property: {key}", pointer)
            elif key in kept:
                yield from _dropped(value, kept[key], f"{pointer}/{key}")
    elif isinstance(given, list) and isinstance(kept, list):
        for number, (one, other) in enumerate(zip(given, kept, strict=False)):
            yield from _dropped(one, other, f"{pointer}/{number}")
    elif isinstance(given, dict) and kept is None:
        yield _said(f"unsupported type: {given.get('type')}", pointer)


def _text_length(node: object) -> int:
    if isinstance(node, list):
        return sum(_text_length(child) for child in node)
    if isinstance(node, dict):
        own = len(node["text"]) if isinstance(node.get("text"), str) else 0
        return own + sum(_text_length(child) for child in node.values())
    return 0


def _said(problem: str, pointer: str) -> str:
    return f"[ERROR] {problem} [json-pointer:{pointer}]"
