"""The question of the day: once for each channel and local date, whatever happens."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo, available_timezones

import pytest
from sqlalchemy import select

from interview_bot.chat.dailies import promise
from interview_bot.chat.messages import Message
from interview_bot.core.calendar import Schedule
from interview_bot.core.daily import Daily
from interview_bot.core.interview import Who
from interview_bot.storage import tables
from interview_bot.storage.database import Database
from interview_bot.work.daily import DailyWork
from tests.bench import ADDRESS, ANN, PLACE, Bench, HandClock
from tests.dialogues.test_dialogues import follow

BEA = Who("local", "bea", "Bea")
SCRIPT = (Path(__file__).parent / "daily.txt").read_text(encoding="utf-8")
ZONES = (
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Kiritimati",
    "America/Sao_Paulo", "Africa/Casablanca", "Pacific/Apia",
)  # fmt: skip


async def test_a_channel_sets_previews_skips_and_ends_its_question_of_the_day(bench: Bench) -> None:
    await follow(SCRIPT, bench.hear)


async def test_an_answer_to_the_question_of_the_day_is_private_counted_and_taken_once(bench: Bench) -> None:
    await bench.hear("/daily here 09:00 UTC fruit")
    await bench.hear("/daily now")
    turn = bench.said[-1].choices[0].turn
    shown = await bench.hear("The core is sweet and the skin is red.", who=BEA, turn=turn)
    assert "One person has answered." in shown[0] + shown[1]
    assert any("100 of 100" in text for text in shown)
    assert not any("One follow-up" in text for text in shown)
    again = await bench.hear("The core is sweet.", who=BEA, turn=turn)
    assert again == ["You have answered this question already; the first answer counts."]
    assert any("1. Bea" in text for text in await bench.hear("/leaderboard", who=BEA))


async def test_a_question_of_the_day_goes_beside_an_open_interview(bench: Bench) -> None:
    await bench.hear("/daily here 09:00 UTC fruit")
    await bench.hear("/daily now")
    turn = bench.said[-1].choices[0].turn
    await bench.hear("/fruit 2 seed 1")
    assert any("of 100" in text for text in await bench.hear("It has a stone.", turn=turn))
    assert any("Question 1 of 2" in text for text in await bench.hear("/resume"))


async def test_what_most_people_missed_is_told_at_the_reveal(bench: Bench) -> None:
    await bench.hear("/daily here 09:00 UTC fruit")
    await bench.hear("/daily now")
    turn = bench.said[-1].choices[0].turn
    for name in ("bea", "cid", "dan"):
        await bench.hear("The skin is red.", who=Who("local", name, name), turn=turn)
    revealed = "\n".join(await bench.hear("/daily off"))
    assert "The core is sweet. (3 of 3)" in revealed
    assert "The skin is red. (" not in revealed
    assert await bench.hear("The core is sweet.", turn=turn) == [
        "That question is over. Your text was not stored; the reveal stands below the question."
    ]


async def test_another_team_cannot_answer(bench: Bench) -> None:
    await bench.hear("/daily here 09:00 UTC fruit")
    await bench.hear("/daily now")
    turn = bench.said[-1].choices[0].turn
    stranger = Who("slack:T9", "eve", "Eve")
    assert "is over" in (await bench.hear("The core is sweet.", who=stranger, turn=turn))[0]


async def test_whoever_sets_the_time_last_wins_and_both_are_in_the_audit_log(bench: Bench) -> None:
    await asyncio.gather(
        bench.bot.receive(Message(ANN, "a", "", "daily here 09:00 UTC fruit", None, ADDRESS, PLACE)),
        bench.bot.receive(Message(BEA, "b", "", "daily here 10:00 UTC fruit", None, ADDRESS, PLACE)),
    )
    async with bench.database.connect() as on:
        log = (await on.execute(select(tables.audit).order_by(tables.audit.c.id))).mappings().all()
    assert {row["by"] for row in log} == {"ann", "bea"}
    last = log[-1]["detail"]["schedule"]["at"]
    assert f"here at {last} (UTC)" in (await bench.hear("/daily"))[0]


async def test_where_the_bot_may_not_write_its_setter_is_told_how_to_invite_it(bench: Bench) -> None:
    bench.deaf.add("C1")
    await bench.hear("/daily here 09:00 UTC fruit")
    told = "\n".join(await bench.hear("/daily now"))
    assert "I may not write in the channel of the question of the day (fruit)" in told
    assert "What do you know" not in told


async def test_a_daily_question_belongs_into_a_channel(bench: Bench) -> None:
    message = Message(ANN, "d", "", "daily here 09:00 UTC", None, ADDRESS)
    reply = await bench.bot.receive(message)
    assert reply.cards[0].lines[0].text == "That belongs into a channel; type it there."


@pytest.mark.parametrize("start", [date(2026, 3, 20), date(2026, 10, 18)], ids=["spring", "autumn"])
async def test_crashes_clock_changes_and_four_workers_ask_once_for_each_date(
    database: Database, start: date
) -> None:
    await _go_through(database, start, ZONES, days=16, seed=20261124)


@pytest.mark.soak
@pytest.mark.timeout(1800)
async def test_a_year_in_forty_zones_asks_once_for_each_date(database: Database) -> None:
    zones = sorted(Random(40).sample(sorted(available_timezones()), 40))
    await _go_through(database, date(2026, 1, 1), zones, days=365, seed=20261125)


async def _go_through(
    database: Database, first_day: date, zones: Sequence[str], *, days: int, seed: int
) -> None:
    print("seed", seed)
    dice, start = Random(seed), datetime.combine(first_day, time(), UTC)
    clock = HandClock(start)
    bench = Bench(database, clock=clock)
    off = frozenset({date(2026, 5, 1), date(2026, 12, 25)})
    plans = [
        Schedule(time(dice.randrange(24), dice.choice((0, 15, 30, 59))), zone, dice.random() < 0.5, off)
        for zone in zones
    ]
    async with database.begin() as work:
        await work.meet(ANN)
        for number, schedule in enumerate(plans):
            made = Daily(f"d{number}", ANN.team, ADDRESS | {"channel": "C"}, schedule, "fruit", ANN)
            await work.dailies.put(made, ANN, start)
            await promise(work, made, schedule.local_date(start))
    workers = [_worker(database, bench, clock) for _ in range(4)]
    end = start + timedelta(days=days)
    while clock.at < end:
        clock.at = _next(dice, clock.at, await _next_job(database))
        await _all_at_once(database, workers, clock, dice)
    async with database.connect() as on:
        posted = (
            await on.execute(select(tables.daily_post.c.daily_id, tables.daily_post.c.local_date))
        ).all()
    assert max(Counter(posted).values()) == 1, seed
    for number, schedule in enumerate(plans):
        had = {date.fromisoformat(day) for daily, day in posted if daily == f"d{number}"}
        zone = ZoneInfo(schedule.zone)
        first, last = start.astimezone(zone).date(), end.astimezone(zone).date() - timedelta(days=1)
        every = {first + timedelta(days=n) for n in range(1, (last - first).days)}
        expected = {day for day in every if schedule.includes(day)}
        assert expected <= had, (seed, schedule, sorted(expected - had)[:3])
        assert all(schedule.includes(day) for day in had), (seed, schedule)


def _worker(database: Database, bench: Bench, clock: HandClock) -> DailyWork:
    numbers = iter(range(10**9))
    return DailyWork(database, bench.catalogue, clock, lambda: f"{id(numbers)}-{next(numbers)}")


async def _next_job(database: Database) -> datetime:
    row = tables.job.c
    async with database.connect() as on:
        jobs = (await on.execute(select(row.due_at, row.lease_until).where(row.done_at.is_(None)))).all()
    return min(max(one.due_at, one.lease_until or one.due_at) for one in jobs)


def _next(dice: Random, now: datetime, due: datetime) -> datetime:
    """On to what is due next, at times up to some hours late, as after an outage within the day."""
    late = timedelta(minutes=dice.choice((0, 0, 0, 0, 7)))
    return max(now, due) + late


async def _all_at_once(database: Database, workers: list[DailyWork], clock: HandClock, dice: Random) -> None:
    """Four workers at once; some crash before they finish their job, and it is done again after its lease."""

    async def one(worker: DailyWork) -> None:
        job = await database.queue.claim_job(clock.now())
        if job is None:
            return
        crash = dice.random()
        if crash < 0.1:
            return
        await worker(job)
        if crash > 0.2:
            await database.queue.finish_job(job)

    await asyncio.gather(*(one(worker) for worker in workers))
