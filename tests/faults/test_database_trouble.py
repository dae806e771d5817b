"""PostgreSQL that restarts, is down, slow or silent, loses a reply, or lets transactions fail: nothing is lost or doubled."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from interview_bot.core.errors import DatabaseUnreachable
from interview_bot.core.interview import Who
from interview_bot.storage import tables as t
from interview_bot.storage.database import open_database
from interview_bot.wiring import SystemClock
from interview_bot.work.send import Sender
from tests.databases import Postgres, own_server, restarted
from tests.fakes.slack import Slacker, plain
from tests.faults.indoors import PATIENCE, Street, at_work, street
from tests.faults.proxy import Proxy, before_postgres, through
from tests.platforms.slack_room import NOT_SAVED, new_voice, note

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ACK_WITHIN = 4.5
"""Seconds: Slack waits for three, tests share their cores, and without a limit of ours it takes five to twenty."""


@pytest.fixture
async def road(server: Postgres, tmp_path: Path) -> AsyncIterator[Street]:
    async with street(await server.migrated(), tmp_path) as made:
        yield made


@pytest.fixture
async def proxy(road: Street) -> AsyncIterator[Proxy]:
    async with before_postgres(road.url) as made:
        yield made


async def test_a_restart_of_the_database_costs_no_request(road: Street, proxy: Proxy) -> None:
    async with road.home(through(proxy, road.url)) as home:
        people = await at_work("abcdef", home)
        await asyncio.gather(*(one.command("progress") for one in people))
        proxy.cut()
        told = await asyncio.gather(*(road.answer(one, f"x{n}y") for n, one in enumerate(people)))
        assert [one.status for one in told] == [200] * 6
        assert await road.broken() == []


@pytest.mark.soak
async def test_no_acknowledged_answer_is_lost_while_a_real_server_crashes_and_starts_again(
    tmp_path: Path,
) -> None:
    with own_server(durable=True) as server:
        async with street(await server.migrated(), tmp_path) as road, road.home() as home:
            people = await at_work([f"p{number}" for number in range(12)], home)
            assert await road.broken() == []
            typing = [asyncio.create_task(_until_taken(road, one, f"x{n}y")) for n, one in enumerate(people)]
            async with restarted(server.url):
                print(f"{sum(await asyncio.gather(*typing))} requests were refused")
                assert await road.broken() == []


async def test_while_the_database_is_down_nothing_is_acknowledged_and_all_goes_on_when_it_is_back(
    road: Street, proxy: Proxy
) -> None:
    async with road.home(through(proxy, road.url)) as home:
        ada, bob = await at_work("ab", home)
        first = await road.slack.message_where(lambda m: m.channel is bob.dm and "Question 1" in m.text)
        await bob.press(first, "Answer")
        form = await road.slack.view_where(lambda v: True)
        proxy.close()

        assert "again" in (await ada.command("progress")).payload["text"]  # type: ignore[index]
        assert (await road.answer(ada, "x1y")).status == 503
        kept = await bob.submit(form, {"answer": "The core x2y is sweet."})
        assert kept.payload == {"response_action": "errors", "errors": {"ib:answer:field": NOT_SAVED}}
        assert form.is_open
        assert (await bob.press(first, "Hint")).status == 503
        assert await road.rows(t.answer) == 0

        await proxy.open()
        assert (await road.again(ada, "x1y")).status == 200
        road.answers["x2y"] = (bob, "The core x2y is sweet.")
        assert (await bob.submit(form, {"answer": "The core x2y is sweet."})).payload is None
        assert not form.is_open
        assert await road.broken() == []


@pytest.mark.soak
async def test_a_slow_database_is_given_up_in_time_for_slack_and_not_piled_up_on(
    road: Street, proxy: Proxy
) -> None:
    async with road.home(through(proxy, road.url)) as home:
        people = await at_work("abcdefghijklmnop", home)
        proxy.delay = 3.0
        begun = time.perf_counter()
        told = await asyncio.gather(*(road.answer(one, f"x{n}y") for n, one in enumerate(people)))
        assert {one.status for one in told} == {503}
        assert time.perf_counter() - begun < ACK_WITHIN
        proxy.delay = 0.0
        for number, one in enumerate(people):
            assert (await road.again(one, f"x{number}y")).status == 200
        assert await road.broken() == []
    assert proxy.most <= 20, "connections of a pool of 5 to 10, and those that replaced them"


async def test_a_database_that_swallows_everything_is_given_up_in_time_and_the_pool_heals(
    road: Street, proxy: Proxy
) -> None:
    async with road.home(through(proxy, road.url)) as home:
        ada, bob = await at_work("ab", home)
        proxy.swallow()
        told = await asyncio.gather(road.answer(ada, "x1y"), bob.command("progress"))
        assert told[0].status == 503
        assert "again" in told[1].payload["text"]  # type: ignore[index]
        assert max(one.seconds for one in told) < ACK_WITHIN
        proxy.flow()
        assert (await road.again(ada, "x1y")).status == 200
        assert await road.broken() == []


@pytest.mark.parametrize("heard", [True, False], ids=["it was committed", "it was not"])
async def test_an_answer_whose_commit_got_no_reply_is_kept_once_when_slack_delivers_it_again(
    road: Street, proxy: Proxy, heard: bool
) -> None:
    async with road.home(through(proxy, road.url)) as home:
        (ada,) = await at_work("a", home)
        trap = proxy.trap("x1y", heard=heard)
        typing = asyncio.create_task(road.answer(ada, "x1y"))
        await trap.wait()
        assert await road.rows(t.answer) == int(heard)
        proxy.cut()
        assert (await typing).status == 503
        assert (await road.again(ada, "x1y")).status == 200
        await road.lease_runs_out()  # who took it had leased its grade to itself, and never heard of it
        assert await road.rows(t.answer) == 1
        assert await road.broken() == []


async def test_a_grade_whose_commit_got_no_reply_is_shown_once(road: Street, proxy: Proxy) -> None:
    async with road.home(through(proxy, road.url)) as home:
        (ada,) = await at_work("a", home)
        trap = proxy.trap("result:main", "COMMIT")
        await road.answer(ada, "x1y")
        await trap.wait()
        proxy.cut()
        await road.lease_runs_out()  # the card was leased with the grade, and nobody heard of it
        card = await road.slack.message_where(lambda m: "100 of 100" in m.text, timeout=PATIENCE)
        assert "x1y" in plain(card)
        assert await road.rows(t.assessment) == 1
        assert await road.broken() == []


async def test_what_was_said_while_the_database_went_away_is_not_said_again_in_a_channel(
    road: Street, proxy: Proxy
) -> None:
    slack, gate = road.slack, asyncio.Event()
    team, channel = f"slack:{slack.team.id}", slack.add_channel("daily")
    async with road.database.begin() as work:
        where = {"platform": "slack", "team": slack.team.id, "channel": channel.id}
        await work.open_lane("channel", Who(team, "U1"), where)
        await work.post("channel", "slot", note("Question").model_dump(mode="json"), NOW)
    database, voice = open_database(through(proxy, road.url)), new_voice(slack)
    sender = Sender(database.queue, {"slack": voice}, SystemClock())
    slack.fail("chat.postMessage", gate=gate)
    saying = asyncio.create_task(sender.mouths.once())
    await slack.wait_for(lambda: slack.calls, timeout=PATIENCE)
    proxy.close()
    gate.set()
    with pytest.raises(DatabaseUnreachable):
        await saying
    await proxy.open()
    assert not await sender.mouths.once()
    await road.lease_runs_out()
    assert not await sender.mouths.once()
    assert [plain(message) for message in slack.messages] == ["Question"]
    await database.close()


async def test_a_transaction_that_loses_a_deadlock_is_repeated_unseen(road: Street) -> None:
    await _set_up(road, "deadlock_timeout", "500ms")
    async with road.home() as home:
        (ada,) = await at_work("a", home)
        async with road.database.connect() as on:
            await on.execute(text("SET LOCAL deadlock_timeout = '20s'"))  # so that the bot finds it first
            await on.execute(
                text(
                    "INSERT INTO outbox (team_id, lane_id, slot, card, revision, due_at) "
                    "SELECT team_id, 'interview:' || id, concat('interview:', id, chr(58), 'summary'), '{}', 1, now() FROM interview"
                )
            )
            typing = asyncio.create_task(ada.command("skip"))
            await _until(road, "SELECT 1 FROM pg_locks WHERE NOT granted")
            # The bot has moved its interview on and waits to say the summary; now we want it the other way round.
            await on.execute(text("SELECT 1 FROM interview FOR UPDATE"))
            assert not typing.done()
            await on.rollback()
        assert (await typing).status == 200
        assert await road.broken() == []
    # PostgreSQL's own processes tell of deadlocks when they end, or ten seconds later.
    lost = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database() AND deadlocks > 0"
    await _until(road, lost)


async def test_under_serializable_transactions_everything_still_happens_once(road: Street) -> None:
    await _set_up(road, "default_transaction_isolation", "serializable")
    async with road.home() as home, road.home() as other:
        people = [(await at_work(name, home))[0] for name in "abcdefgh"]
        for one in people[4:]:
            one.transport = road.slack.over_http(other.url)
        await asyncio.gather(*(_until_taken(road, one, f"x{n}y") for n, one in enumerate(people)))
        assert len(road.answers) == 8
        assert await road.broken() == []


async def test_a_column_that_is_added_meanwhile_costs_no_request(road: Street) -> None:
    async with road.home() as home:
        ada, bob = await at_work("ab", home)
        assert (await road.answer(ada, "x1y")).status == 200
        async with road.database.connect() as on:
            for table in ("interview", "turn", "answer", "job", "outbox", "delivery", "candidate"):
                await on.execute(text(f"ALTER TABLE {table} ADD COLUMN new_in_next_version text"))
        assert (await road.answer(bob, "x2y")).status == 200
        assert await road.broken() == []


async def _until_taken(road: Street, person: Slacker, word: str) -> int:
    """Deliver an answer as Slack does, until it is acknowledged; how often it was not."""
    refused, told = 0, await road.answer(person, word)
    async with asyncio.timeout(PATIENCE):
        while not told.ok:
            # None: the connection was closed between two requests, as any server may.
            assert told.status in {503, None}
            assert told.seconds < PATIENCE / 2
            refused += 1
            await asyncio.sleep(0.1)
            told = await road.again(person, word, refused)
    return refused


async def _set_up(road: Street, name: str, value: str) -> None:
    """A setting of the whole database, for connections that are opened from now on."""
    async with road.database.connect() as on:
        database = await on.scalar(text("SELECT current_database()"))
        await on.execute(text(f"ALTER DATABASE {database} SET {name} = '{value}'"))
    await road.database.close()


async def _until(road: Street, query: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            async with road.database.connect() as on:
                if (await on.execute(text(query))).first():
                    return
            await asyncio.sleep(0.01)
