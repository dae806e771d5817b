"""Shows where a candidate stands and what can be done next, all on one page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.messages import Bar, Card, Chart, Choice, Reply
from interview_bot.core.daily import Daily
from interview_bot.core.interview import Interview
from interview_bot.core.progress import by_topic

MOST_TRACKS = 4
MOST_DAILIES = 3


async def home(ask: Ask, desk: Desk) -> Reply:
    """An open interview or a way to start one, progress as a picture, what is due, the next daily questions, settings."""
    who, now = ask.message.who, desk.clock.now()
    async with desk.storage.begin() as work:
        interview = await work.open_interview(who)
        scores = by_topic(await work.graded(who))
        due = sum(one.due for one in await work.memory.known(who, now))
        dailies = await work.dailies.of_team(who.team)
        hidden = (await work.own.kept(who)).hidden
    cards = [_open(ask, interview) if interview else _start(ask, desk)]
    bars = tuple(Bar(label=one.topic, value=one.score) for one in scores)
    cards.append(_progress(ask, bars, due))
    cards += [_dailies(ask, dailies, now)] if dailies else []
    cards.append(_settings(ask, hidden, manages=ask.message.may_manage))
    return Reply(tuple(cards), {"open": interview.track if interview else None, "due": due})


def _open(ask: Ask, interview: Interview) -> Card:
    said = ask.said
    turns = interview.turns
    lines = (
        said.line("home.title", "heading"),
        said.line("home.open", track=interview.track, number=len(turns), total=len(interview.plan)),
    )
    choices = (
        Choice(label=said.word("button.resume"), command="resume", style="primary"),
        Choice(label=said.word("button.stop"), command="stop", style="danger"),
    )
    return Card(lines=lines, choices=choices)


def _start(ask: Ask, desk: Desk) -> Card:
    tracks = sorted({one.track for one in desk.catalogue.topics()})[:MOST_TRACKS]
    lines = (ask.said.line("home.title", "heading"), ask.said.line("home.start"))
    choices = tuple(
        Choice(label=track, command=track, style="plain" if number else "primary")
        for number, track in enumerate(tracks)
    )
    topics = Choice(label=ask.said.word("button.topics"), command="topics")
    return Card(lines=lines, choices=(*choices, topics))


def _progress(ask: Ask, bars: tuple[Bar, ...], due: int) -> Card:
    said = ask.said
    title = said.line("command.progress-title", "heading")
    if not bars:
        return Card(lines=(title, said.line("home.nothing-yet", "note")))
    key = "command.progress-due" if due else "command.progress-nothing-due"
    review = (Choice(label=said.word("button.review"), command="review", style="primary"),) if due else ()
    board = Choice(label=said.word("button.board"), command="leaderboard")
    chart = Chart(title=said.word("command.progress-chart"), bars=bars)
    return Card(lines=(title, said.line(key, due=due)), chart=chart, choices=(*review, board))


def _dailies(ask: Ask, dailies: Sequence[Daily], now: datetime) -> Card:
    """The next question of each channel, the soonest first."""
    coming: list[tuple[datetime, Daily]] = []
    for one in dailies:
        today = one.schedule.local_date(now)
        due = one.schedule.due(today) if one.schedule.includes(today) else now
        day = today if due > now else one.schedule.next_day(today)
        if day:
            coming.append((one.schedule.due(day), one))
    lines = [ask.said.line("home.dailies", "heading")]
    for due, one in sorted(coming, key=lambda pair: pair[0])[:MOST_DAILIES]:
        local = due.astimezone(ZoneInfo(one.schedule.zone))
        day, time = local.date().isoformat(), local.strftime("%H:%M")
        zone = one.schedule.zone
        lines.append(ask.said.line("home.daily", topic=one.topic, day=day, time=time, zone=zone))
    return Card(lines=tuple(lines))


def _settings(ask: Ask, hidden: bool, *, manages: bool) -> Card:
    said = ask.said
    key = "command.privacy-hidden" if hidden else "command.privacy-shown"
    turn = ("show", "button.show") if hidden else ("hide", "button.hide")
    choices = [
        Choice(label=said.word(turn[1]), command=f"privacy {turn[0]}"),
        Choice(label=said.word("button.privacy"), command="privacy"),
        Choice(label=said.word("button.help"), command="help"),
    ]
    if manages:
        choices.append(Choice(label=said.word("button.admin"), command="admin"))
    return Card(lines=(said.line("home.settings", "heading"), said.line(key)), choices=tuple(choices))
