"""What Discord refuses: shapes and limits of messages, modals and commands, and manners that we hold ourselves to.

With `DISCORD_OPENAPI` naming Discord's own description of its interface (`specs/openapi.json` of
discord/discord-api-spec), every body is held against that too.
"""

import json
import os
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from .discord_plain import walk
from .discord_state import EPHEMERAL, V2, Json

_NAME = re.compile(r"^[-_'\w]{1,32}$")
_UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
ROW, BUTTON, INPUT, TEXT, FILE, GALLERY, SEPARATOR, CONTAINER, LABEL = 1, 2, 4, 10, 13, 12, 14, 17, 18
_INSIDE = {
    None: {ROW, TEXT, FILE, GALLERY, SEPARATOR, CONTAINER},
    ROW: {BUTTON},
    CONTAINER: {ROW, TEXT, FILE, GALLERY, SEPARATOR},
}


class Rejected(Exception):
    """Discord's refusal: a status, a number, and words."""

    def __init__(self, status: int, code: int, words: str) -> None:
        super().__init__(f"{status} {code} {words}")
        self.status, self.code, self.words = status, code, words


def need(fact: Any, words: str, code: int = 50035) -> None:
    """Refuse a body of which something is not true."""
    if not fact:
        raise Rejected(400, code, f"Invalid Form Body: {words}")


def check_message(body: Json, *, ephemeral_allowed: bool = False, files: Iterable[str] = ()) -> None:
    """A message to post, edit or show."""
    known = {
        "content",
        "components",
        "flags",
        "allowed_mentions",
        "nonce",
        "enforce_nonce",
        "tts",
        "attachments",
    }
    need(body.keys() <= known, f"unknown or unwanted keys {sorted(body.keys() - known)}")
    need(body.get("allowed_mentions", {}).get("parse") == [], "allowed_mentions must mention nobody")
    flags = body.get("flags") or 0
    need(not flags & ~(EPHEMERAL | V2 | 4), f"flags {flags}")
    need(ephemeral_allowed or not flags & EPHEMERAL, "only an interaction's answer may be ephemeral")
    components, content = body.get("components") or [], body.get("content")
    if flags & V2:
        need(not content, "content beside Components V2")
        _check_components(components)
    else:
        need(
            not components or all(one["type"] == ROW for one in components), "V2 components without the flag"
        )
        need(content or components or files, "Cannot send an empty message", 50006)
        need(len(content or "") <= 2000, "content is longer than 2000")
    if "nonce" in body:
        need(len(str(body["nonce"])) <= 25, "nonce is longer than 25")


def _check_components(components: list[Json]) -> None:
    need(components, "no components")
    everything = list(walk(components))
    need(len(everything) <= 40, f"{len(everything)} components")
    texts = [one["content"] for one in everything if one["type"] == TEXT]
    need(sum(map(len, texts)) <= 4000, f"{sum(map(len, texts))} characters of text")
    need(all(text.strip() for text in texts), "an empty text")
    need(not any(_UNSEEN.search(text) for text in texts), "characters that nobody sees")
    names = [one["custom_id"] for one in everything if "custom_id" in one]
    need(len(set(names)) == len(names), "custom_id twice")
    need(all(1 <= len(name) <= 100 for name in names), "length of a custom_id")
    _check_nesting(None, components)


def _check_nesting(parent: int | None, components: list[Json]) -> None:
    for one in components:
        need(one["type"] in _INSIDE[parent], f"component {one['type']} inside {parent}")
        if one["type"] in {ROW, CONTAINER}:
            inside = one["components"]
            need(
                inside and len(inside) <= (5 if one["type"] == ROW else 40), "children of a row or container"
            )
            _check_nesting(one["type"], inside)
        if one["type"] == BUTTON:
            need(one["style"] in {1, 2, 3, 4} and one.get("custom_id"), "a button's style or custom_id")
            need(1 <= len(one.get("label") or "") <= 80, "a button's label")


def check_modal(data: Json) -> None:
    """A form to open."""
    need(1 <= len(data["title"]) <= 45, "title")
    need(1 <= len(data["custom_id"]) <= 100, "custom_id")
    need(1 <= len(data["components"]) <= 5, "1 to 5 components")
    for one in data["components"]:
        need(one["type"] in {LABEL, TEXT}, f"component {one['type']} in a modal")
        if one["type"] == LABEL:
            field = one["component"]
            need(1 <= len(one["label"]) <= 45, "label")
            need(field["type"] == INPUT and field["style"] in {1, 2}, "a text field")
            need(1 <= field.get("max_length", 4000) <= 4000, "max_length")
            need(1 <= len(field["custom_id"]) <= 100, "custom_id of a field")
        else:
            need(one["content"].strip(), "an empty text")


def check_commands(commands: list[Json]) -> None:
    """All commands of the application."""
    need(len({one["name"] for one in commands}) == len(commands) <= 100, "names of commands")
    for one in commands:
        _check_command(one)


def _check_command(one: Json) -> None:
    for name in (one["name"], *(one.get("name_localizations") or {}).values()):
        need(_NAME.match(name) and name == name.lower(), f"name {name!r}")
    for text in (one["description"], *(one.get("description_localizations") or {}).values()):
        need(1 <= len(text) <= 100, f"description of {one['name']}")
    options, choices = one.get("options") or [], one.get("choices") or []
    need(len(options) <= 25 and len(choices) <= 25, "more than 25 options or choices")
    need(not (choices and one.get("autocomplete")), "choices and autocomplete")
    for choice in choices:
        for text in (choice["name"], *(choice.get("name_localizations") or {}).values()):
            need(1 <= len(text) <= 100, f"name of a choice of {one['name']}")
    need(len({option["name"] for option in options}) == len(options), "an option twice")
    required = [bool(option.get("required")) for option in options]
    need(required == sorted(required, reverse=True), "a required option after another")
    for option in options:
        _check_command(option)


@cache
def _description() -> Json | None:
    named = os.environ.get("DISCORD_OPENAPI")
    return json.loads(Path(named).read_text(encoding="utf-8")) if named else None


def _ids_as_text(node: Any, parent: str = "") -> Any:
    """Discord takes these as numbers too; its description knows text alone."""
    if isinstance(node, list):
        return [_ids_as_text(one, parent) for one in node]
    if isinstance(node, dict):
        return {key: _ids_as_text(value, f"{parent}.{key}") for key, value in node.items()}
    is_id = parent.endswith(("recipient_id", "attachments.id"))
    return str(node) if is_id and isinstance(node, int) else node


def check_described(method: str, path: str, body: Any) -> None:
    """Hold a body against Discord's own description, where it is at hand."""
    description = _description()
    if description is None or body is None:
        return
    operation = description["paths"].get(path, {}).get(method.lower())
    need(operation, f"{method} {path} is in no description")
    told = _ids_as_text(body)
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    faults = [
        f"{'.'.join(map(str, fault.absolute_path))}: {fault.message[:200]}"
        for fault in Draft202012Validator({**schema, "components": description["components"]}).iter_errors(
            told
        )
    ]
    need(not faults, f"{method} {path}: {faults}")
