"""A worker spends little on an answer, calls its hands when there is work, and leaves alone what it does not know."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from interview_bot.chat.messages import Message
from interview_bot.core.errors import Conflict
from interview_bot.core.interview import Who
from interview_bot.core.ports import Outgoing, Sent
from interview_bot.storage import tables as t
from interview_bot.storage.database import Database
from tests.bench import ADDRESS, PLACE, Bench

ANN = Who("local", "ann", "Ann")


def message(number: int, text: str = "", command: str | None = None) -> Message:
    return Message(ANN, f"d{number}", text, command, None, ADDRESS, PLACE)


async def test_a_whole_answer_costs_few_statements_and_commits(bench: Bench) -> None:
    """From the delivery to the result, and on to the next question."""
    told = list[str]()
    async with _listened_to(bench.database, told):
        await bench.bot.receive(message(1, command="fruit 3 seed 1"))
        await bench.bot.receive(message(2, "The core is sweet and the skin is red."))
        await bench.worker.until_idle()
        await asyncio.sleep(0.05)  # the driver tells a little later
        told.clear()
        bench.said.clear()
        await bench.bot.receive(message(3, "The core is sweet and the skin is red."))
        await bench.worker.until_idle()
        await asyncio.sleep(0.05)
    assert len(bench.said) == 2
    commits = [number for number, one in enumerate(told) if one == "COMMIT;"]
    sent = next(number for number, one in enumerate(told) if "sent_revision=" in one)
    to_result, then = (
        [one for one in some if not one.startswith(("BEGIN", "COMMIT"))]
        for some in (told[: sent + 1], told[sent + 1 :])
    )
    if bench.database.is_sqlite:
        assert (len(to_result), len(then)) == (19, 6), "\n".join(told)
        return
    # Taken, with a lease; read; in one transaction mastery, attempts, all that is written, and the card claimed; noted
    # as sent. It, the first and the last commit.
    assert (len(to_result), len(commits)) == (7, 1), "\n".join(told)
    # The next question claimed, noted as sent, and nothing more in its conversation; three looked in vain for more.
    assert len(then) == 6, "\n".join(then)


@asynccontextmanager
async def _listened_to(database: Database, told: list[str]) -> AsyncGenerator[None]:
    """Every statement that goes to the database meanwhile: SQLAlchemy tells of some, the driver of those that go past it."""
    engine = database.engine
    event.listen(engine, "before_cursor_execute", lambda _on, _cursor, said, *_: told.append(said))
    if not database.is_sqlite:
        await database.close()
        event.listen(
            engine,
            "connect",
            lambda on, _: on.driver_connection.add_query_logger(lambda record: told.append(record.query)),
        )
    yield


async def test_a_job_of_a_kind_that_only_a_newer_release_knows_is_left_to_it(bench: Bench) -> None:
    now = bench.clock.now()
    async with bench.database.begin() as work:
        await work.add_job("of-tomorrow", "of-tomorrow:1", {}, now)
    assert await bench.worker.step()
    async with bench.database.connect() as on:
        job = (await on.execute(select(t.job).where(t.job.c.kind == "of-tomorrow"))).one()
    assert job.done_at is None
    assert job.lease_until is None
    assert job.due_at >= now + timedelta(seconds=59)


async def test_jobs_that_come_at_once_are_done_side_by_side(bench: Bench) -> None:
    together, all_there = 0, asyncio.Event()

    async def waits(_job: object) -> None:
        nonlocal together
        together += 1
        if together == bench.worker.many:
            all_there.set()
        await all_there.wait()

    worker = bench.worker
    worker.jobs = {"waits": waits}
    working = asyncio.create_task(worker.run())
    async with bench.database.begin() as work:
        for number in range(worker.many):
            await work.add_job("waits", f"waits:{number}", {}, bench.clock.now())
    worker.wake()
    async with asyncio.timeout(20):
        await all_there.wait()
    worker.stop()
    async with asyncio.timeout(20):
        await working


@pytest.mark.parametrize("kind", ["postgresql"])
async def test_a_connection_on_which_a_statement_was_cut_short_is_not_used_again(
    kind: str, database: Database
) -> None:
    slow = select(func.pg_sleep(5))
    before = await _backend(database)
    going = asyncio.create_task(database.alone(slow, {}))
    await asyncio.sleep(0.3)
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    assert await _backend(database) != before


async def _backend(database: Database) -> int:
    async with database.connect() as on:
        return await on.scalar(select(func.pg_backend_pid())) or 0


async def test_what_never_fits_is_tried_again_ever_later(bench: Bench) -> None:
    tried = 0

    async def never_fits(_job: object) -> None:
        nonlocal tried
        tried += 1
        raise Conflict

    bench.worker.jobs = {"never": never_fits}
    async with bench.database.begin() as work:
        await work.add_job("never", "never:1", {}, bench.clock.now())
    working = asyncio.create_task(bench.worker.run())
    await asyncio.sleep(1.0)
    bench.worker.stop()
    await working
    assert 2 <= tried <= 8


async def test_messages_of_many_conversations_are_under_way_at_once_and_one_conversations_in_order(
    bench: Bench,
) -> None:
    """A platform takes its time to answer: who is told something by one team must not wait for all the others."""
    sender, together, said = bench.worker.sender, 0, dict[str, list[str]]()
    all_there, all_said = asyncio.Event(), asyncio.Event()

    class Slow:
        async def say(self, outgoing: Outgoing) -> Sent:
            nonlocal together
            together += 1
            if together == sender.many:
                all_there.set()
            await all_there.wait()
            said.setdefault(outgoing.lane, []).append(outgoing.card["n"])
            if sum(map(len, said.values())) == 3 * sender.many:
                all_said.set()
            return Sent("1", outgoing.address)

    sender.voices = {"memory": Slow()}
    async with bench.database.begin() as work:
        for lane in map(str, range(sender.many)):
            await work.open_lane(lane, ANN, ADDRESS)
            for number in range(3):
                await work.post(lane, f"{lane}:{number}", {"n": str(number)}, bench.clock.now())
    working = asyncio.create_task(bench.worker.run())
    async with asyncio.timeout(20):
        await all_said.wait()
    bench.worker.stop()
    await working
    assert set(map(tuple, said.values())) == {("0", "1", "2")}
