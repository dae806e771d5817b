"""Shows the team's leaderboard, always with the asker's own place."""

from __future__ import annotations

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.messages import Card, Reply

SHOWN = 10


async def leaderboard(ask: Ask, desk: Desk) -> Reply:
    """Names never ping; hidden people stay hidden."""
    who = ask.message.who
    async with desk.storage.begin() as work:
        ranks = await work.board(who.team)
    if not ranks:
        return Reply(
            (Card(lines=(ask.said.line("command.board-none", start=f"{desk.prefix}{desk.start}docker"),)),)
        )
    lines = [ask.said.line("command.board-title", "heading")]
    lines += [
        ask.said.line(
            "command.board-line",
            place=one.place,
            name=one.name or one.candidate,
            points=one.points,
            answered=one.answered,
        )
        for one in ranks[:SHOWN]
    ]
    own = next((one for one in ranks if one.candidate == who.candidate), None)
    if own:
        lines.append(ask.said.line("command.board-you", "note", place=own.place, points=own.points))
    else:
        lines.append(ask.said.line("command.board-you-none", "note"))
    return Reply((Card(lines=tuple(lines)),))
