"""A submitted form as the command or the text that it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from interview_bot.platforms.slack.modals import answer, practise, team
from interview_bot.platforms.slack.pieces import clean

Json = Mapping[str, Any]

_LONGEST_ERROR = 300
_FIELDS = {
    answer.CALLBACK: answer.FIELD,
    practise.START: practise.TOPIC,
    practise.NEAR: practise.CHOICE,
    team.SUGGEST: team.PROMPT,
    team.SETTINGS: team.GRADER,
}
"""The field of each form at which trouble is told."""


class Filled(NamedTuple):
    """What was filled in: a command, or a text for a turn."""

    text: str = ""
    command: str | None = None
    turn: str | None = None


def filled_in(view: Json) -> Filled | None:
    """What a submitted view stands for; None if it is not one of ours."""
    values: Json = view["state"]["values"]
    callback = view.get("callback_id")
    if callback == answer.CALLBACK:
        return Filled(_value(values, answer.FIELD), turn=view.get("private_metadata") or None)
    if callback == practise.START:
        level, number = _value(values, practise.LEVEL), _value(values, practise.NUMBER)
        words = [_value(values, practise.TOPIC), f"level {level}" if level else "", number]
        return Filled(command=" ".join(word for word in words if word))
    if callback == practise.NEAR:
        return Filled(command=_value(values, practise.CHOICE))
    if callback == team.SUGGEST:
        parts = [_value(values, one) for one in (team.TOPIC, team.PROMPT, team.REFERENCE, team.SOURCES)]
        topic, prompt, reference, sources = parts
        return Filled(f"{topic} {prompt}\n--\n{reference}\n{sources}", turn="suggest.new")
    if callback == team.SETTINGS:
        return Filled(command=_settings(values))
    return None


def _settings(values: Json) -> str:
    """One command that sets all; what is empty is as the operator has it."""
    return " ".join(
        (
            "admin",
            f"reviewers {_value(values, team.REVIEWERS) or 'off'}",
            f"grader {_value(values, team.GRADER)}",
            f"budget {_value(values, team.BUDGET) or team.USUAL}",
            f"keep {_value(values, team.KEEP) or team.USUAL}",
        )
    )


def _value(values: Json, block: str) -> str:
    """What was typed or chosen in a block; each of ours has one field."""
    field: Json = next(iter((values.get(block) or {}).values()), {})
    option: Json = field.get("selected_option") or {}
    return str(option.get("value") or field.get("selected_conversation") or field.get("value") or "").strip(
        " "
    )


def complaint(view: Json, text: str) -> dict[str, str]:
    """The errors that keep a form open, with all that was typed."""
    words = clean(text).strip()
    shown = words if len(words) <= _LONGEST_ERROR else words[: _LONGEST_ERROR - 1] + "…"
    return {_FIELDS[str(view["callback_id"])]: shown}
