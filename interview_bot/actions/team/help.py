"""Says what can be typed."""

from __future__ import annotations

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.messages import Card, Reply


async def help_(ask: Ask, desk: Desk) -> Reply:
    """All commands on one card."""
    lines = [ask.said.line("command.help-title", "heading")]
    for key in ("start", "hint", "progress", "topics"):
        lines.append(ask.said.line(f"command.help-{key}", prefix=desk.prefix))
    return Reply((Card(lines=tuple(lines)),))
