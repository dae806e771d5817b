"""Shows the team's leaderboard of a period and topic, always with the asker's own place; and two gentler boards."""

from __future__ import annotations

from typing import NamedTuple, cast

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.messages import Card, Line, Reply
from interview_bot.core.standings import EVERY_TOPIC, PERIODS, SHARE_CAP, Board, Period

SHOWN = 10
MODES = ("improvement", "balanced")


class _Wanted(NamedTuple):
    """Which board: points, improvement or the team together; of which period and topic."""

    mode: str
    period: Period
    topic: str


async def leaderboard(ask: Ask, desk: Desk) -> Reply:
    """`leaderboard`, `leaderboard week networking`, `leaderboard improvement`, `leaderboard balanced season`."""
    wanted = _read(ask.words, desk)
    if wanted.mode == "improvement":
        return await _improvement(ask, desk, wanted.period)
    if wanted.mode == "balanced":
        return await _together(ask, desk, wanted.period)
    who = ask.message.who
    async with desk.storage.begin() as work:
        board = await work.standings.board(who, wanted.period, wanted.topic, desk.clock.now(), SHOWN)
        kept = await work.own.kept(who)
    data = {
        "period": wanted.period,
        "topic": wanted.topic or None,
        "board": [one._asdict() for one in board.ranks],
        "you": board.own._asdict() if board.own else None,
    }
    if not board.ranks:
        none = ask.said.line("command.board-none", start=f"{desk.prefix}{desk.start}docker")
        return Reply((Card(lines=(none,)),), data)
    title = ask.said.line(f"command.board-title-{wanted.period}", "heading")
    about = [ask.said.line("command.board-topic", "note", topic=wanted.topic)] if wanted.topic else []
    lines = [title, *about, *_lines(ask, board), _own(ask, board, hidden=kept.hidden)]
    return Reply((Card(lines=tuple(lines)),), data)


async def _improvement(ask: Ask, desk: Desk, period: Period) -> Reply:
    async with desk.storage.begin() as work:
        gains = await work.standings.gains(ask.message.who, period, desk.clock.now(), SHOWN)
    data = {"period": period, "improvement": [one._asdict() for one in gains]}
    lines = [ask.said.line(f"command.gain-title-{period}", "heading")]
    lines += [
        ask.said.line(
            "command.gain-line",
            name=one.name or one.candidate,
            before=f"{one.before:.1f}",
            now=f"{one.now:.1f}",
        )
        for one in gains
    ]
    lines.append(ask.said.line("command.gain-note" if gains else "command.gain-none", "note"))
    return Reply((Card(lines=tuple(lines)),), data)


async def _together(ask: Ask, desk: Desk, period: Period) -> Reply:
    async with desk.storage.begin() as work:
        team = await work.standings.together(ask.message.who, period, desk.clock.now())
    lines = (
        ask.said.line(f"command.together-title-{period}", "heading"),
        ask.said.line("command.together", points=team.points, people=team.people),
        ask.said.line("command.together-before", points=team.points_before, people=team.people_before),
        ask.said.line("command.together-note", "note", most=SHARE_CAP[period]),
    )
    return Reply((Card(lines=lines),), {"period": period, "balanced": team._asdict()})


def _read(words: tuple[str, ...], desk: Desk) -> _Wanted:
    period: Period | None = None
    mode, topic = "", EVERY_TOPIC
    for word in words:
        if word.lower() in PERIODS:
            period = cast("Period", word.lower())
        elif word.lower() in MODES:
            mode = word.lower()
        else:
            topics = {one.topic for one in desk.catalogue.about(word)}
            topic = topics.pop() if len(topics) == 1 else EVERY_TOPIC
    if mode and period not in SHARE_CAP:
        period = "month"
    return _Wanted(mode, period or "all", topic)


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
