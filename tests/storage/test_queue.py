"""Jobs and messages are leased to one worker at a time, on SQLite and PostgreSQL alike."""

import asyncio
from datetime import datetime, timedelta

from interview_bot.core.ports import Outgoing, Queue, Sent
from interview_bot.storage import tables
from interview_bot.storage.database import Database
from tests.storage.sittings import ADDRESS, ANN, NOW

SOON, LATER = NOW + timedelta(seconds=5), NOW + timedelta(seconds=60)


async def said(database: Database, *posts: tuple[str, str, int]) -> None:
    async with database.begin() as work:
        await work.meet(ANN)
        for lane, slot, number in posts:
            await work.open_lane(lane, ANN, ADDRESS)
            await work.post(lane, slot, {"n": number}, NOW)


async def first_of(queue: Queue, now: datetime, platform: str = "terminal") -> Outgoing | None:
    found = await queue.claim_messages(now, [platform], 1)
    return found[0] if found else None


async def test_so_many_lanes_are_claimed_at_once_and_the_oldest_first(database: Database) -> None:
    await said(database, ("a", "1", 1), ("b", "2", 2), ("a", "3", 3), ("c", "4", 4))
    several = await database.queue.claim_messages(NOW, ["terminal"], 2)
    assert [one.card["n"] for one in several] == [1, 2]
    assert [one.card["n"] for one in await database.queue.claim_messages(NOW, ["terminal"], 9)] == [4]
    assert await database.queue.claim_messages(NOW, ["terminal"], 1, "a") == []
    await database.queue.finish_message(several[0], Sent("m", ADDRESS))
    assert [one.card["n"] for one in await database.queue.claim_messages(NOW, ["terminal"], 1, "a")] == [3]


async def claimed(database: Database, now=NOW) -> Outgoing:
    outgoing = await first_of(database.queue, now)
    assert outgoing is not None
    return outgoing


async def test_a_job_is_leased_once_and_fenced_when_the_lease_is_lost(database: Database) -> None:
    async with database.begin() as work:
        await work.add_job("grade", "k", {"n": 1}, NOW)
        await work.add_job("grade", "k", {"n": 2}, NOW)
    queue = database.queue
    first = await queue.claim_job(NOW)
    assert first is not None
    assert first.payload == {"n": 1}
    assert await queue.claim_job(NOW + timedelta(seconds=5)) is None
    second = await queue.claim_job(NOW + timedelta(seconds=60))
    assert second is not None
    assert not await queue.finish_job(first)
    assert await queue.finish_job(second)
    assert await queue.claim_job(NOW + timedelta(days=1)) is None


async def test_a_job_that_takes_long_is_held_as_long_as_its_worker_lives(database: Database) -> None:
    async with database.begin() as work:
        await work.add_job("grade", "k", {}, NOW)
    queue = database.queue
    job = await queue.claim_job(NOW)
    assert job is not None
    assert await queue.hold_job(job, NOW + timedelta(seconds=25))
    assert await queue.claim_job(NOW + timedelta(seconds=50)) is None
    other = await queue.claim_job(NOW + timedelta(seconds=60))
    assert other is not None
    assert not await queue.hold_job(job, NOW + timedelta(seconds=61))
    assert await queue.finish_job(other)


async def test_parallel_workers_never_share_a_job(database: Database) -> None:
    async with database.begin() as work:
        for number in range(20):
            await work.add_job("grade", f"k{number}", {}, NOW)

    async def claim_all() -> list[int]:
        mine: list[int] = []
        while job := await database.queue.claim_job(NOW):
            mine.append(job.id)
        return mine

    claimed = [one for batch in await asyncio.gather(*(claim_all() for _ in range(4))) for one in batch]
    assert len(claimed) == len(set(claimed)) == 20


async def test_messages_of_a_lane_go_out_in_order_and_lanes_do_not_wait_for_each_other(
    database: Database,
) -> None:
    async with database.begin() as work:
        await work.meet(ANN)
        for lane in ("a", "b"):
            await work.open_lane(lane, ANN, ADDRESS)
        await work.post("a", "a1", {"n": 1}, NOW)
        await work.post("a", "a2", {"n": 2}, NOW)
        await work.post("b", "b1", {"n": 3}, NOW)
    queue = database.queue
    first = await first_of(queue, NOW)
    other = await first_of(queue, NOW)
    assert first is not None
    assert other is not None
    assert (first.card, other.card) == ({"n": 1}, {"n": 3})
    assert await first_of(queue, NOW) is None
    await queue.finish_message(first, Sent("m1", {**ADDRESS, "thread": "t"}))
    second = await first_of(queue, NOW)
    assert second is not None
    assert (second.card, second.address) == ({"n": 2}, {**ADDRESS, "thread": "t"})


async def test_a_slot_that_was_sent_is_edited(database: Database) -> None:
    async with database.begin() as work:
        await work.meet(ANN)
        await work.open_lane("a", ANN, ADDRESS)
        await work.post("a", "slot", {"n": 1}, NOW)
        await work.post("a", "slot", {"n": 2}, NOW)
    queue = database.queue
    once = await first_of(queue, NOW)
    assert once is not None
    assert (once.card, once.sent_as) == ({"n": 2}, None)
    await queue.finish_message(once, Sent("m1", ADDRESS))
    async with database.begin() as work:
        await work.post("a", "slot", {"n": 3}, NOW)
    again = await first_of(queue, NOW)
    assert again is not None
    assert (again.card, again.sent_as) == ({"n": 3}, "m1")


async def test_a_buried_message_lets_its_lane_go_on(database: Database) -> None:
    async with database.begin() as work:
        await work.meet(ANN)
        await work.open_lane("a", ANN, ADDRESS)
        await work.post("a", "a1", {"n": 1}, NOW)
        await work.post("a", "a2", {"n": 2}, NOW)
    first = await first_of(database.queue, NOW)
    assert first is not None
    await database.queue.fail_message(first, None)
    second = await first_of(database.queue, NOW)
    assert second is not None
    assert second.card == {"n": 2}


async def test_a_job_given_back_is_tried_again_and_its_tries_are_counted(database: Database) -> None:
    async with database.begin() as work:
        await work.add_job("grade", "k", {}, NOW)
    first = await database.queue.claim_job(NOW)
    assert first is not None
    await database.queue.fail_job(first, SOON)
    assert await database.queue.claim_job(NOW) is None
    second = await database.queue.claim_job(SOON)
    assert second is not None
    assert (first.attempts, second.attempts) == (1, 2)


async def test_parallel_senders_never_share_a_message_and_keep_the_order_of_each_lane(
    database: Database,
) -> None:
    await said(database, *((f"lane{n % 4}", f"slot{n}", n) for n in range(20)))
    sent: dict[str, list[int]] = {}

    async def send_all() -> None:
        while outgoing := await first_of(database.queue, NOW):
            sent.setdefault(outgoing.lane, []).append(outgoing.card["n"])
            await database.queue.finish_message(outgoing, Sent("m", ADDRESS))

    await asyncio.gather(*(send_all() for _ in range(4)))
    await send_all()
    assert sent == {f"lane{lane}": list(range(lane, 20, 4)) for lane in range(4)}


async def test_a_message_that_waits_holds_up_its_own_lane_alone(database: Database) -> None:
    await said(database, ("a", "a1", 1), ("a", "a2", 2), ("b", "b1", 3))
    await database.queue.fail_message(await claimed(database), LATER)
    assert (await claimed(database)).card == {"n": 3}
    assert await first_of(database.queue, SOON) is None
    assert (await claimed(database, LATER)).card == {"n": 1}


async def test_a_card_that_comes_while_its_slot_is_being_sent_is_sent_next(database: Database) -> None:
    await said(database, ("a", "a1", 1))
    outgoing = await claimed(database)
    await said(database, ("a", "a1", 2))
    assert await first_of(database.queue, NOW) is None
    await database.queue.finish_message(outgoing, Sent("m1", ADDRESS))
    again = await claimed(database)
    assert (again.card, again.sent_as, again.attempts) == ({"n": 2}, "m1", 1)


async def test_a_sender_that_lost_its_lease_changes_nothing(database: Database) -> None:
    await said(database, ("a", "a1", 1))
    slow = await claimed(database)
    fast = await claimed(database, LATER)
    await database.queue.finish_message(slow, Sent("slow", {**ADDRESS, "thread": "slow"}))
    await database.queue.fail_message(slow, None)
    await database.queue.finish_message(fast, Sent("fast", ADDRESS))
    await said(database, ("a", "a1", 2))
    edit = await claimed(database, LATER)
    assert (edit.sent_as, edit.address, edit.epoch) == ("fast", ADDRESS, 3)


async def test_only_messages_of_the_platforms_asked_for_are_claimed(database: Database) -> None:
    await said(database, ("a", "a1", 1))
    assert not await database.queue.claim_messages(NOW, ["slack", "discord"], 1)
    assert not await database.queue.claim_messages(NOW, [], 1)


async def test_the_queue_knows_when_there_is_something_to_do(database: Database) -> None:
    queue = database.queue
    assert await queue.next_due() is None
    await said(database, ("a", "a1", 1), ("a", "a2", 2))
    async with database.begin() as work:
        await work.add_job("grade", "k", {}, SOON)
    assert await queue.next_due() == NOW
    await queue.fail_message(await claimed(database), LATER)
    assert await queue.next_due() == SOON
    job = await queue.claim_job(SOON)
    assert job is not None
    assert await queue.next_due() == SOON + timedelta(seconds=30)
    assert await queue.finish_job(job)
    assert await queue.next_due() == LATER


async def test_a_number_of_the_outbox_is_never_given_again(database: Database) -> None:
    numbers: list[int] = []
    for _ in range(2):
        await said(database, ("lane", "slot", 1))
        numbers.append((await claimed(database)).id)
        async with database.connect() as on:
            await on.execute(tables.lane.delete())
    assert numbers[1] > numbers[0]
