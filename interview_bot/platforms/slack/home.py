"""The App Home as a view: every card a part of one page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from interview_bot.chat.messages import Card
from interview_bot.platforms.slack.blocks import render

HOME = "home"
"""The surface that an address names, where what is said replaces the person's App Home."""

MOST_BLOCKS = 100


def home_view(cards: Sequence[Card]) -> dict[str, Any]:
    """The cards under each other with lines between them; charts are drawn with text, for Slack's own stand in messages only."""
    blocks: list[dict[str, Any]] = []
    for number, card in enumerate(cards):
        blocks += [{"type": "divider"}] if number else []
        blocks += render((card,), mark=f"home{number}", charts=False).blocks
    return {"type": "home", "blocks": blocks[:MOST_BLOCKS] or [{"type": "divider"}]}
