"""Sets the hour at which a person is told what is due."""

from __future__ import annotations

from datetime import time, timedelta

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.messages import Card, Choice, Reply
from interview_bot.chat.phrases import privately
from interview_bot.chat.reminders import promise_reminder
from interview_bot.core.calendar import read_time, read_zone
from interview_bot.core.reminder import QUIET, USUAL_ZONE, Reminder, checked


async def remind(ask: Ask, desk: Desk) -> Reply:
    """`remind`, `remind 08:30 Europe/Berlin`, `remind 08:30 Europe/Berlin quiet 20:00-08:00`, `remind off`."""
    who, now = ask.message.who, desk.clock.now()
    async with desk.storage.begin() as work:
        await work.meet(who)
        known = await work.reminders.of(who)
        if not ask.words:
            return _told(ask, desk, known)
        if ask.words[0].lower() == "off":
            if known and known.on:
                await work.reminders.put(known._replace(on=False, version=known.version + 1))
            return Reply((Card(lines=(ask.said.line("remind.off"),)),), {"on": False})
        made = _read(ask, known)
        await work.reminders.put(made)
        today = made.schedule.local_date(now)
        await promise_reminder(
            work, made, today if now > made.schedule.due(today) else today - timedelta(days=1)
        )
    desk.wake()
    return _told(ask, desk, made)


def _read(ask: Ask, known: Reminder | None) -> Reminder:
    words = ask.words
    at = read_time(words[0])
    zone, quiet = (known.zone, known.quiet) if known else (USUAL_ZONE, QUIET)
    left = list(words[1:])
    if left and left[0].lower() != "quiet":
        zone = read_zone(left.pop(0))
    if left:
        quiet = _quiet(" ".join(left[1:]))
    address = privately(ask.message.address)
    version = known.version + 1 if known else 1
    return checked(Reminder(ask.message.who, at, zone, quiet, address, version))


def _quiet(words: str) -> tuple[time, time]:
    start, _, end = words.replace(" ", "").partition("-")
    return read_time(start), read_time(end)


def _told(ask: Ask, desk: Desk, known: Reminder | None) -> Reply:
    if known is None or not known.on:
        how = ask.said.line("remind.how", prefix=desk.prefix)
        return Reply((Card(lines=(ask.said.line("remind.off"), how)),), {"on": False})
    start, end = (one.isoformat("minutes") for one in known.quiet)
    at, zone = known.at.isoformat("minutes"), known.zone
    lines = (
        ask.said.line("remind.is", at=at, zone=zone),
        ask.said.line("remind.quiet", "note", start=start, end=end),
    )
    off = Choice(label=ask.said.word("button.remind-off"), command="remind off")
    facts = {"on": True, "at": at, "zone": zone, "quiet": [start, end]}
    return Reply((Card(lines=lines, choices=(off,)),), facts)
