"""Sets a channel's question of the day, and takes answers to it."""

from __future__ import annotations

from datetime import date, timedelta

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.dailies import ask_channel, preview_card, promise, reveal, show
from interview_bot.chat.messages import Card, Reply
from interview_bot.chat.phrases import privately
from interview_bot.core.calendar import Schedule, read_time, read_zone
from interview_bot.core.daily import DAILY, Daily, choose, sitting_id
from interview_bot.core.errors import (
    AlreadyAnswered,
    BadDate,
    DailyOver,
    NoDaily,
    NotHere,
    UnknownCommand,
)
from interview_bot.core.interview import Interview, Part, State, unusable
from interview_bot.core.store import Answer, Work

LONGEST_BREAK = 100
"""Days from the first to the last of a range without questions."""


async def daily(ask: Ask, desk: Desk) -> Reply:
    """`daily here 09:00 Europe/Berlin [weekdays] [topic] [except 2026-12-25 2026-12-27..2027-01-02]`, `daily off|now|preview|skip`."""
    verb = ask.words[0].lower() if ask.words else ""
    place = ask.message.place
    if not place:
        raise NotHere
    daily_id = ":".join((ask.message.who.team, place.get("channel", "")))
    async with desk.storage.begin() as work:
        await work.meet(ask.message.who)
        known = await work.dailies.of(daily_id)
        if verb == "here":
            card = await _here(ask, desk, work, daily_id, known)
        elif verb in {"", "off", "now", "preview", "skip"}:
            if known is None or not known.on:
                raise NoDaily(prefix=desk.prefix)
            card = await _existing(verb, ask, desk, work, known)
        else:
            raise UnknownCommand(word=f"daily {verb}")
    desk.wake()
    return Reply((card,))


async def _here(ask: Ask, desk: Desk, work: Work, daily_id: str, known: Daily | None) -> Card:
    schedule, topic = _read(ask.words[1:], desk)
    who, now = ask.message.who, desk.clock.now()
    made = Daily(
        daily_id,
        who.team,
        dict(ask.message.place or {}),
        schedule,
        topic,
        who,
        known.skipped if known else (),
        known.version + 1 if known else 1,
    )
    await work.dailies.put(made, who, now)
    newest = await work.dailies.newest(daily_id)
    today = schedule.local_date(now)
    first = today if now > schedule.due(today) else today - timedelta(days=1)
    due = await promise(work, made, max(first, newest.day) if newest else first)
    line = ask.said.line(
        "daily.set",
        at=schedule.at.isoformat("minutes"),
        zone=schedule.zone,
        topic=topic,
        first=schedule.local_date(due).isoformat() if due else "-",
    )
    days = [ask.said.line("daily.weekdays", "note")] if schedule.weekdays else []
    return Card(lines=(line, *days, ask.said.line("daily.invite", "note")))


async def _existing(verb: str, ask: Ask, desk: Desk, work: Work, known: Daily) -> Card:
    who, now = ask.message.who, desk.clock.now()
    if verb == "off":
        await work.dailies.put(known._replace(on=False, version=known.version + 1), who, now)
        for post in await work.dailies.unrevealed(known.id):
            await reveal(work, known, post, now)
        return Card(lines=(ask.said.line("daily.off"),))
    if verb == "now":
        today = known.schedule.local_date(now)
        asked = await ask_channel(work, known, today, desk.catalogue, desk.new_id, now)
        return Card(lines=(ask.said.line("daily.asked" if asked else "daily.asked-before"),))
    pool, asked = desk.catalogue.about(known.topic), await work.dailies.asked(known.id)
    following = choose(pool, asked, known.skipped, known.id)
    if verb == "skip":
        known = known._replace(skipped=(*known.skipped, following.slug))
        await work.dailies.put(known, who, now)
        following = choose(pool, asked, known.skipped, known.id)
    if verb:
        return preview_card(ask.said, following)
    at, zone = known.schedule.at.isoformat("minutes"), known.schedule.zone
    return Card(lines=(ask.said.line("daily.is", at=at, zone=zone, topic=known.topic),))


def _read(words: tuple[str, ...], desk: Desk) -> tuple[Schedule, str]:
    if not words:
        read_time("")
    at = read_time(words[0])
    zone = read_zone(words[1]) if len(words) > 1 else read_zone("UTC")
    weekdays, topic, except_on, dates = False, "docker", set[date](), False
    for word in words[2:]:
        if word.lower() in {"weekdays", "except"}:
            weekdays, dates = weekdays or word.lower() == "weekdays", word.lower() == "except"
        elif dates:
            except_on |= _dates(word)
        else:
            desk.catalogue.about(word)
            topic = word.lower()
    return Schedule(at, zone, weekdays, frozenset(except_on)), topic


def _dates(word: str) -> set[date]:
    """A date, or all from one to another: `2026-12-24..2027-01-01`."""
    first, _, last = word.strip(",").partition("..")
    start, end = _date(first), _date(last or first)
    if not 0 <= (end - start).days <= LONGEST_BREAK:
        raise BadDate(word=word)
    return {start + timedelta(days=number) for number in range((end - start).days + 1)}


def _date(word: str) -> date:
    try:
        return date.fromisoformat(word.strip(","))
    except ValueError:
        raise BadDate(word=word) from None


async def answer_daily(ask: Ask, desk: Desk) -> Reply:
    """An answer to the question of the day: one for each person, graded in private, beside an open interview."""
    message, now = ask.message, desk.clock.now()
    who, post_id = message.who, (message.turn or "").removeprefix("daily.")
    async with desk.storage.begin() as work:
        if not await work.first_time(message.delivery, who):
            return Reply()
        post = await work.dailies.post(post_id)
        asked = await work.dailies.of(post.daily) if post else None
        if post is None or asked is None or asked.team != who.team or post.revealed:
            raise DailyOver
        if trouble := unusable(message.text):
            raise trouble
        await work.meet(who)
        if await work.interview(sitting_id(post.id, who)) is not None:
            raise AlreadyAnswered
        sitting = Interview(sitting_id(post.id, who), who, DAILY, (post.question.slug,), now, State.DAILY)
        await work.open_lane(f"interview:{sitting.id}", who, privately(message.address))
        await work.add(sitting)
        turn = sitting.ask(post.question, desk.new_id())
        sitting.state = State.DAILY
        await work.save(sitting)
        kept = Answer(desk.new_id(), turn.id, Part.MAIN, message.text, now)
        await work.keep_answer(sitting, kept)
        await work.add_job("grade", f"grade:{kept.id}", {"answer": kept.id, "interview": sitting.id}, now)
        await show(work, asked, await work.dailies.count(post.id), now)
    desk.wake()
    return Reply()
