"""Settings of a team, from the channel that they are about."""

from __future__ import annotations

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.messages import Card, Reply
from interview_bot.core.errors import NotHere, UnknownCommand


async def admin(ask: Ask, desk: Desk) -> Reply:
    """`admin`, `admin reviewers here`, `admin reviewers off`."""
    words = tuple(word.lower() for word in ask.words)
    who, place = ask.message.who, ask.message.place
    async with desk.storage.begin() as work:
        await work.meet(who)
        if not words:
            known = await work.challenges.reviewers(who.team)
            key = "admin.reviewers-somewhere" if known else "admin.reviewers-nowhere"
            today = desk.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
            spent = f"{await work.spent(who.team, today):.2f}"
            lines = (
                ask.said.line("admin.title", "heading"),
                ask.said.line(key),
                ask.said.line("admin.spent", spent=spent),
                ask.said.line("admin.how", "note", prefix=desk.prefix),
            )
            return Reply((Card(lines=lines),))
        if words == ("reviewers", "here"):
            if not place:
                raise NotHere
            await work.challenges.set_reviewers(who, place, desk.clock.now())
            return Reply((Card(lines=(ask.said.line("admin.reviewers-set"),)),))
        if words == ("reviewers", "off"):
            await work.challenges.set_reviewers(who, None, desk.clock.now())
            return Reply((Card(lines=(ask.said.line("admin.reviewers-nowhere"),)),))
    raise UnknownCommand(word=" ".join(("admin", *words)))
