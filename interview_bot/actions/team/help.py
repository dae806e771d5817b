"""Says what can be typed."""

from __future__ import annotations

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.messages import Card, Reply


async def help_(ask: Ask, desk: Desk) -> Reply:
    """All commands on one card."""
    lines = [ask.said.line("command.help-title", "heading")]
    keys = ("start", "hint", "review", "progress", "topics", "daily", "team", "suggest", "admin", "privacy")
    lines += [ask.said.line(f"command.help-{key}", prefix=desk.prefix, start=desk.start) for key in keys]
    return Reply((Card(lines=tuple(lines)),))
