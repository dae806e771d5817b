"""Shows a candidate's history and mastery by topic, over weeks and days."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.messages import Card, Choice, Reply
from interview_bot.chat.progress import NOTHING, calendar_card, notes, topics_card, trend_card
from interview_bot.core.mastery import Known
from interview_bot.core.progress import DAYS_SHOWN, TopicScore, by_day, by_topic, by_week, level_of, streak
from interview_bot.core.reminder import USUAL_ZONE


async def progress(ask: Ask, desk: Desk) -> Reply:
    """For the asker alone."""
    who, now = ask.message.who, desk.clock.now()
    async with desk.storage.begin() as work:
        mastery = {one.topic: one for one in await work.memory.known(who, now)}
        graded = await work.graded(who)
        reminder = await work.reminders.of(who)
    scores = by_topic(graded)
    zone = reminder.zone if reminder else USUAL_ZONE
    today = now.astimezone(ZoneInfo(zone)).date()
    days, due = by_day(graded, zone), sum(one.due for one in mastery.values())
    weeks = by_week([one for one in graded if one.at > now - timedelta(days=DAYS_SHOWN)], zone)
    row, level = streak(days.keys(), today), level_of(graded)
    data = {
        "topics": [_topic(one, mastery.get(one.topic, NOTHING)) for one in scores],
        "due": due,
        "streak": row.days,
        "freeze_left": row.freeze_left,
        "zone": zone,
        "level": level,
        "weeks": [
            {"monday": one.monday.isoformat(), "answered": one.answered, "score": round(one.score, 4)}
            for one in weeks
        ],
        "days": {day.isoformat(): number for day, number in sorted(days.items())},
    }
    if not scores:
        none = ask.said.line("command.progress-none", start=f"{desk.prefix}{desk.start}docker")
        return Reply((Card(lines=(none,)),), data)
    first = topics_card(ask.said, scores, mastery, notes(ask.said, due, row, zone, level))
    if not (reminder and reminder.on):
        again = Choice(label=ask.said.word("button.remind"), command="remind 09:00")
        first = first.model_copy(update={"choices": (*first.choices, again)})
    trend = trend_card(ask.said, weeks)
    return Reply((first, *((trend,) if trend else ()), calendar_card(ask.said, days, today)), data)


def _topic(one: TopicScore, known: Known) -> dict[str, object]:
    told: dict[str, object] = {"topic": one.topic, "answered": one.answered, "score": round(one.score, 4)}
    return told | {"criteria": known.asked, "known": known.met, "due": known.due}
