"""Shows a lead what most of the team misses; from a number of people on at which nobody can be recognised."""

from __future__ import annotations

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.messages import Card, Reply
from interview_bot.core.errors import NotAllowed
from interview_bot.core.mastery import ENOUGH_PEOPLE

SHOWN = 10


async def team(ask: Ask, desk: Desk) -> Reply:
    """`team`: points that more than half missed, of those that at least five people were asked about."""
    if not ask.message.may_manage:
        raise NotAllowed
    async with desk.storage.begin() as work:
        missed = await work.memory.missed_by_most(ask.message.who.team)
    told: list[tuple[str, str]] = []
    for point in missed:
        question = desk.catalogue.listed.get(point.slug)
        if question and (said := dict(question.points).get(point.criterion)):
            told.append((question.topic, said))
    lines = [ask.said.line("command.team-title", "heading")]
    lines += [
        ask.said.line("command.team-point", "missed", topic=topic, point=point)
        for topic, point in told[:SHOWN]
    ]
    if not told:
        lines.append(ask.said.line("command.team-nothing"))
    lines.append(ask.said.line("command.team-note", "note", people=ENOUGH_PEOPLE))
    data = {"missed": [{"topic": topic, "point": point} for topic, point in told]}
    return Reply((Card(lines=tuple(lines)),), data)
