"""The form for a longer answer: the question on top, one field, and the turn that it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import slackblocks as kit

from interview_bot.platforms.slack.pieces import clean

Json = Mapping[str, Any]

CALLBACK = "ib:answer"
FIELD = "ib:answer:field"
LONGEST_ANSWER = 3_000
"""Slack's own limit for a text field; a longer answer is typed in the conversation."""

_INPUT = "answer"
_REPEATED = {"header", "section", "rich_text"}
_MOST_REPEATED = 20
_LONGEST_ERROR = 300


class Labels(NamedTuple):
    """The sentences that the room itself says; at most 24 characters for title, submit and close."""

    title: str = "Your answer"
    field: str = "Answer in your own words"
    submit: str = "Send"
    close: str = "Cancel"
    not_saved: str = "This is not saved: I cannot reach my database. Your text stays here; please press Send again in a moment."
    try_again: str = "I could not save that just now. Nothing has changed; please try again in a minute."
    no_form: str = "The form could not be opened. Press the button again, or write your answer here."


def form(body: Json, turn: str | None, labels: Labels) -> dict[str, Any]:
    """The view to open for a press on a button that asks for text."""
    field = kit.PlainTextInput(
        action_id=_INPUT, multiline=True, min_length=1, max_length=LONGEST_ANSWER, focus_on_load=True
    )
    asked = kit.InputBlock(kit.PlainText(labels.field), field, block_id=FIELD)
    view = kit.ModalView(
        kit.PlainText(labels.title),
        [asked],
        submit=kit.PlainText(labels.submit),
        close=kit.PlainText(labels.close),
        private_metadata=turn,
        callback_id=CALLBACK,
    ).to_dict()
    # As Slack gave them: slackblocks cannot read blocks back.
    view["blocks"] = [*_question(body.get("message") or {}), *view["blocks"]]
    return view


def _question(message: Json) -> list[dict[str, Any]]:
    """The words of the message that the button stands on; none for an ephemeral one, which Slack does not repeat."""
    blocks: list[dict[str, Any]] = message.get("blocks") or []
    kept = [
        {key: value for key, value in block.items() if key not in {"block_id", "accessory"}}
        for block in blocks
        if block.get("type") in _REPEATED
    ][:_MOST_REPEATED]
    if kept or not message.get("text"):
        return kept
    return [{"type": "section", "text": {"type": "plain_text", "text": message["text"][:LONGEST_ANSWER]}}]


def filled_in(body: Json) -> str:
    """What was typed into the submitted form."""
    return body["view"]["state"]["values"][FIELD][_INPUT].get("value") or ""


def complaint(text: str) -> dict[str, str]:
    """The errors that keep the form open, with all that was typed."""
    words = clean(text).strip()
    return {FIELD: words if len(words) <= _LONGEST_ERROR else words[: _LONGEST_ERROR - 1] + "…"}
