"""What a candidate sees of their own way: topics, weeks, days, and what is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from interview_bot.chat.cards import percent
from interview_bot.chat.messages import Bar, Card, Chart, Choice, Line
from interview_bot.chat.wording import Wording
from interview_bot.core.mastery import Known
from interview_bot.core.progress import DAYS_SHOWN, USUAL_LEVEL, WEEKS_SHOWN, Streak, TopicScore, Week

NOTHING = Known("", 0, 0, 0)


def topics_card(
    said: Wording, scores: Sequence[TopicScore], mastery: Mapping[str, Known], notes: Sequence[Line]
) -> Card:
    """Score and mastery by topic, as lines and as a picture."""
    lines = [said.line("command.progress-title", "heading")]
    for one in scores:
        known = mastery.get(one.topic, NOTHING)
        lines.append(
            said.line(
                "command.progress-topic",
                topic=one.topic,
                score=percent(one.score),
                answered=one.answered,
                known=known.met,
                criteria=known.asked,
            )
        )
    bars = tuple(Bar(label=one.topic, value=one.score) for one in scores)
    due = sum(one.due for one in mastery.values())
    choices = (Choice(label=said.word("button.review"), command="review"),) if due else ()
    chart = Chart(title=said.word("command.progress-chart"), bars=bars)
    return Card(lines=(*lines, *notes), choices=choices, chart=chart)


def notes(said: Wording, due: int, streak: Streak, zone: str, level: int) -> list[Line]:
    """What is due, the streak, and the level that questions lean to."""
    told = [said.line("command.progress-due" if due else "command.progress-nothing-due", "note", due=due)]
    if streak.days:
        key = "command.streak-freeze" if streak.freeze_left else "command.streak"
        told.append(said.line(key, "note", days=streak.days, zone=zone))
    if level != USUAL_LEVEL:
        told.append(said.line("command.level", "note", level=level))
    return told


def trend_card(said: Wording, weeks: Sequence[Week]) -> Card | None:
    """The mean score of each week; None before there are two."""
    if len(weeks) < 2:
        return None
    shown = weeks[-WEEKS_SHOWN:]
    bars = tuple(Bar(label=week.monday.isoformat()[5:], value=week.score) for week in shown)
    first, last = percent(shown[0].score), percent(shown[-1].score)
    line = said.line("command.trend", "note", first=first, last=last, weeks=len(shown))
    return Card(lines=(line,), chart=Chart(title=said.word("command.trend-chart"), kind="trend", bars=bars))


def calendar_card(said: Wording, days: Mapping[date, int], today: date) -> Card:
    """The answers of each day of half a year."""
    every = [today - timedelta(days=number) for number in reversed(range(DAYS_SHOWN))]
    bars = tuple(Bar(label=day.isoformat(), value=days.get(day, 0)) for day in every)
    answers, active = sum(days.get(day, 0) for day in every), sum(day in days for day in every)
    line = said.line("command.calendar", "note", answers=answers, days=active)
    about = line.text.format_map(line.blanks)
    names = tuple(said.word("command.weekdays").split(","))
    title = said.word("command.calendar-chart")
    return Card(lines=(line,), chart=Chart(title=title, kind="days", bars=bars, about=about, rows=names))
