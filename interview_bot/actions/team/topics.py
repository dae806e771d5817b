"""Lists what there is to ask."""

from __future__ import annotations

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.messages import Card, Reply


async def topics(ask: Ask, desk: Desk) -> Reply:
    """Every topic with its track and number of questions."""
    lines = [ask.said.line("command.topics-title", "heading")]
    lines += [
        ask.said.line("command.topic", topic=one.name, track=one.track, questions=one.questions)
        for one in desk.catalogue.topics()
    ]
    lines.append(ask.said.line("command.topics-how", "note", start=f"{desk.prefix}{desk.start}docker"))
    return Reply((Card(lines=tuple(lines)),))
