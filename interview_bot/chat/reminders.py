"""Reminders: the promise of the next one, and what a person is told; in somebody's transaction."""

from __future__ import annotations

from datetime import date, datetime

from interview_bot.chat.messages import Card, Choice
from interview_bot.chat.wording import Wording
from interview_bot.core.reminder import Reminder
from interview_bot.core.store import Work

OF_A_QUESTION = 2
"""Minutes that an answer takes, about."""


async def promise_reminder(work: Work, reminder: Reminder, after: date) -> datetime | None:
    """Promise the reminder of the next date after this one."""
    day = reminder.schedule.next_day(after)
    if day is None:
        return None
    who, due = reminder.who, reminder.schedule.due(day)
    key = f"remind:{who.team}:{who.candidate}:{reminder.version}:{day.isoformat()}"
    payload = {
        "team": who.team,
        "candidate": who.candidate,
        "version": reminder.version,
        "day": day.isoformat(),
    }
    await work.add_job("remind", key, payload, due)
    return due


async def remind(work: Work, reminder: Reminder, day: date, at: datetime) -> bool:
    """Tell a person what is due, in a message of its own each day; False if nothing is."""
    who = reminder.who
    due = await work.memory.due(who, at)
    if not due:
        return False
    lane = f"whisper:{who.team}:{who.candidate}:remind:{day.isoformat()}"
    await work.open_lane(lane, who, reminder.address)
    points = sum(one.criteria for one in due)
    card = reminder_card(Wording(who.language), points, OF_A_QUESTION * len(due))
    await work.post(lane, lane, card.model_dump(mode="json", exclude_defaults=True), at)
    return True


def reminder_card(said: Wording, points: int, minutes: int) -> Card:
    """How much is due, how long it takes, and the way out."""
    choices = (
        Choice(label=said.word("button.review"), command="review", style="primary"),
        Choice(label=said.word("button.remind-off"), command="remind off"),
    )
    key = "remind.due" if points != 1 else "remind.due-one"
    return Card(lines=(said.line(key, points=points, minutes=minutes),), choices=choices)
