"""What a person can do with blocks: find a button or a menu by its label, fill in inputs."""

import html
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from .slack_checks import Json
from .slack_state import View, controls

_VALUE_FIELDS = {
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "static_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
}
_INITIAL_FIELDS = {"value": "initial_value"} | {
    field: field.replace("selected", "initial") for field in _VALUE_FIELDS.values() if field != "value"
}


class Control(NamedTuple):
    """One thing to act on, in its block."""

    block: Json
    element: Json

    @property
    def label(self) -> str:
        """The words on it: a button's text, a menu's placeholder, an input's label."""
        for holder, key in ((self.element, "text"), (self.block, "label"), (self.element, "placeholder")):
            text = holder.get(key)
            if isinstance(text, dict) and (key != "text" or self.element["type"] == "button"):
                return html.unescape(text["text"])
        return str(self.element["action_id"])


def controls_of(blocks: list[Json]) -> list[Control]:
    """Everything to act on, in reading order."""
    return [Control(block, element) for block in blocks for element in controls(block)]


def find_control(blocks: list[Json], wanted: str) -> Control:
    """The one control with this action_id or label; LookupError tells what there is instead."""
    all_controls = controls_of(blocks)
    found = [c for c in all_controls if wanted in (c.element["action_id"], c.label)]
    if len(found) != 1:
        there = [f"{c.label} ({c.element['action_id']})" for c in all_controls]
        raise LookupError(f"{len(found)} controls match {wanted!r}; there are {there}")
    return found[0]


def action_of(control: Control, choice: object, action_ts: str) -> Json:
    """The entry in `actions` of a block_actions payload."""
    element = control.element
    action: Json = {"type": element["type"], "action_id": element["action_id"], "action_ts": action_ts}
    action["block_id"] = control.block["block_id"]
    if element["type"] == "button":
        copied = ("text", "value", "style", "url")
        return action | {key: element[key] for key in copied if key in element}
    return action | entered(element, choice)


def entered(element: Json, value: object) -> Json:
    """One element's state after `value` was typed or chosen (an option by its text or its value)."""
    kind = element["type"]
    field = _VALUE_FIELDS.get(kind)
    if field is None:
        raise LookupError(f"this fake cannot fill in a {kind}")
    if field == "selected_option":
        return {"type": kind, field: _option(element, value)}
    if field == "selected_options":
        several = value if isinstance(value, list | tuple | set) else [value]
        return {"type": kind, field: [_option(element, one) for one in several]}
    return {"type": kind, field: str(value)}


def state_of(blocks: list[Json], values: Mapping[str, object] | None = None) -> Json:
    """`state.values`: what was entered, else what was there initially. Keys: block_id, action_id or label."""
    left = dict(values or {})
    state: Json = {}
    for control in controls_of(blocks):
        element = control.element
        if element["type"] == "button":
            continue
        names = (control.block["block_id"], element["action_id"], control.label)
        name = next((n for n in names if n in left), None)
        filled = _untouched(element) if name is None else entered(element, left.pop(name))
        state.setdefault(control.block["block_id"], {})[element["action_id"]] = filled
    if left:
        raise LookupError(f"nothing to fill in for {sorted(left)}; there are {[*_names(blocks)]}")
    return state


def submitted(view: View, values: Mapping[str, object]) -> Json:
    """`state.values` of a submit; ValueError where Slack's client would not let the person submit."""
    state = state_of(view.blocks, values)
    for block in view.blocks:
        if block.get("type") == "input":
            filled = state[block["block_id"]][block["element"]["action_id"]]
            _refuse_bad_input(block, filled)
    return state


def _refuse_bad_input(block: Json, filled: Json) -> None:
    element = block["element"]
    value = filled.get(_VALUE_FIELDS.get(element["type"], "value"))
    if not value:
        if not block.get("optional"):
            raise ValueError(f"{block['block_id']}: Slack's client asks to complete this required field")
        return
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if element["type"] == "plain_text_input" and not least <= len(value) <= most:
        raise ValueError(f"{block['block_id']}: Slack's client wants {least} to {most} characters")


def _untouched(element: Json) -> Json:
    field = _VALUE_FIELDS.get(element["type"], "value")
    initial = element.get(_INITIAL_FIELDS.get(field, ""))
    return {
        "type": element["type"],
        field: ([] if field == "selected_options" else None) if initial is None else initial,
    }


def _option(element: Json, wanted: object) -> Json:
    groups = element.get("option_groups") or []
    options = [*(element.get("options") or []), *(o for group in groups for o in group["options"])]
    for option in options:
        if wanted in (option.get("value"), html.unescape(option["text"]["text"])):
            return option
    raise LookupError(f"no option {wanted!r}; there are {[option['text']['text'] for option in options]}")


def _names(blocks: list[Json]) -> Iterator[str]:
    for control in controls_of(blocks):
        yield f"{control.block['block_id']}/{control.element['action_id']} ({control.label})"
