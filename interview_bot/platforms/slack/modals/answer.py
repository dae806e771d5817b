"""The form for a longer text: the message's words on top, one field, and the turn that it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import slackblocks as kit

from interview_bot.platforms.slack.words import Words

Json = Mapping[str, Any]

CALLBACK = "ib:answer"
FIELD = "ib:answer:field"
LONGEST_ANSWER = 3_000
"""Slack's own limit for a text field; a longer answer is typed in the conversation."""

INPUT = "answer"
_REPEATED = {"header", "section", "rich_text"}
_MOST_REPEATED = 20


def answer_form(body: Json, turn: str | None, words: Words, *, other: str = "") -> dict[str, Any]:
    """The view to open for a press on a button that asks for text; `other`: the button's label, if it is no answer."""
    field = kit.PlainTextInput(
        action_id=INPUT, multiline=True, min_length=1, max_length=LONGEST_ANSWER, focus_on_load=True
    )
    label = words.word("slack.form-other" if other else "slack.form-field")
    asked = kit.InputBlock(kit.PlainText(label), field, block_id=FIELD)
    view = kit.ModalView(
        kit.PlainText(other[:24] or words.word("slack.form-title")),
        [asked],
        submit=kit.PlainText(words.word("slack.form-send")),
        close=kit.PlainText(words.word("slack.form-cancel")),
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
