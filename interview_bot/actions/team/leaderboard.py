"""Shows the team's leaderboard of a period and topic, always with the asker's own place."""

from __future__ import annotations

from typing import cast

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.messages import Card, Line, Reply
from interview_bot.core.standings import EVERY_TOPIC, PERIODS, Board, Period

SHOWN = 10


async def leaderboard(ask: Ask, desk: Desk) -> Reply:
    """`leaderboard`, `leaderboard week networking`: names never ping; hidden people stay hidden."""
    period, topic = _read(ask.words, desk)
    who = ask.message.who
    async with desk.storage.begin() as work:
        board = await work.standings.board(who, period, topic, desk.clock.now(), SHOWN)
        kept = await work.own.kept(who)
    data = {
        "period": period,
        "topic": topic or None,
        "board": [one._asdict() for one in board.ranks],
        "you": board.own._asdict() if board.own else None,
    }
    if not board.ranks:
        none = ask.said.line("command.board-none", start=f"{desk.prefix}{desk.start}docker")
        return Reply((Card(lines=(none,)),), data)
    title = ask.said.line(f"command.board-title-{period}", "heading")
    about = [ask.said.line("command.board-topic", "note", topic=topic)] if topic else []
    lines = [title, *about, *_lines(ask, board), _own(ask, board, hidden=kept.hidden)]
    return Reply((Card(lines=tuple(lines)),), data)


def _read(words: tuple[str, ...], desk: Desk) -> tuple[Period, str]:
    period: Period = "all"
    topic = EVERY_TOPIC
    for word in words:
        if word.lower() in PERIODS:
            period = cast("Period", word.lower())
        else:
            about = desk.catalogue.about(word)
            topics = {one.topic for one in about}
            topic = topics.pop() if len(topics) == 1 else EVERY_TOPIC
    return period, topic


def _lines(ask: Ask, board: Board) -> list[Line]:
    return [
        ask.said.line(
            "command.board-line",
            place=one.place,
            name=one.name or one.candidate,
            points=one.points,
            answered=one.answered,
        )
        for one in board.ranks
    ]


def _own(ask: Ask, board: Board, *, hidden: bool) -> Line:
    if hidden:
        return ask.said.line("command.board-you-hidden", "note")
    if board.own is None:
        return ask.said.line("command.board-you-none", "note")
    return ask.said.line("command.board-you", "note", place=board.own.place, points=board.own.points)
