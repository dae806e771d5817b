"""A bot that is killed at the worst moments: before and after it commits, before and after it speaks; then another is started."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from interview_bot.storage import tables as t
from tests.fakes import openai
from tests.fakes.openai import KEY, FakeOpenAI, serving
from tests.fakes.slack import Slacker
from tests.faults.indoors import PATIENCE, Street, street
from tests.faults.proxy import before_port, before_postgres, through
from tests.processes import Bot, start_bot

CARD = "100 of 100"


@pytest.fixture
async def road(database_url: str, tmp_path: Path) -> AsyncIterator[Street]:
    async with street(database_url, tmp_path) as made:
        yield made


@asynccontextmanager
async def next_bot(road: Street, person: Slacker) -> AsyncGenerator[Bot]:
    """The bot that is started in place of a killed one, whose leases end."""
    await road.lease_runs_out()
    async with start_bot(road.settings()) as bot:
        person.transport = road.slack.over_http(bot.url)
        yield bot


async def test_an_answer_that_was_about_to_be_committed_is_kept_when_slack_delivers_it_again(
    road: Street, kind: str
) -> None:
    async with start_bot(road.settings()) as bot:
        ada = await road.asked(road.person("ada", bot.url))
        assert await road.broken() == []
        await (_killed_at_commit if kind == "postgresql" else _killed_while_locked_out)(road, bot, ada)
    assert await road.rows(t.answer) == 0
    async with next_bot(road, ada):
        assert (await road.again(ada, "x1y")).status == 200
        await road.slack.message_where(lambda m: CARD in m.text, timeout=PATIENCE)
        assert await road.rows(t.answer) == 1
        assert await road.broken() == []


async def _killed_at_commit(road: Street, bot: Bot, ada: Slacker) -> None:
    """The one statement that takes it is on the way, and does not arrive."""
    await bot.kill()
    async with before_postgres(road.url) as proxy:
        settings = road.settings(INTERVIEW_BOT_DATABASE_URL=through(proxy, road.url))
        async with start_bot(settings) as second:
            ada.transport = road.slack.over_http(second.url)
            trap = proxy.trap("x1y", heard=False)
            typing = asyncio.create_task(road.answer(ada, "x1y"))
            await trap.wait()
            await second.kill()
            assert (await typing).status is None


async def _killed_while_locked_out(road: Street, bot: Bot, ada: Slacker) -> None:
    """It has the request, and may not write yet: whatever it does, it has not committed."""
    async with before_port(bot.port) as proxy:
        ada.transport = road.slack.over_http(f"http://127.0.0.1:{proxy.port}/slack/events")
        with closing(sqlite3.connect(make_url(road.url).database or "", isolation_level=None)) as ours:
            ours.execute("BEGIN IMMEDIATE")
            request = proxy.trap("x1y")
            typing = asyncio.create_task(road.answer(ada, "x1y"))
            await request.passed()
            await bot.kill()
            assert (await typing).status is None


async def test_an_answer_that_was_committed_and_not_acknowledged_is_kept_once(road: Street) -> None:
    async with start_bot(road.settings()) as bot, before_port(bot.port) as proxy:
        ada = await road.asked(road.person("ada", f"http://127.0.0.1:{proxy.port}/slack/events"))
        trap = proxy.trap("x1y")
        typing = asyncio.create_task(road.answer(ada, "x1y"))
        await trap.wait()
        await bot.kill()
        proxy.cut()
        assert (await typing).status is None
    assert await road.rows(t.answer) == 1
    async with next_bot(road, ada):
        assert (await road.again(ada, "x1y")).status == 200
        await road.slack.message_where(lambda m: CARD in m.text, timeout=PATIENCE)
        assert await road.rows(t.answer) == 1
        assert await road.broken() == []


async def test_an_answer_whose_grader_died_is_graded_once_by_the_next(road: Street) -> None:
    async with serving(FakeOpenAI(troubles=[openai.hangs])) as fake:
        model = {"OPENAI_BASE_URL": fake.url, "OPENAI_API_KEY": KEY, "INTERVIEW_BOT_MODEL": "test-model"}
        async with start_bot(road.settings(**model)) as bot:
            ada = await road.asked(road.person("ada", bot.url))
            assert (await road.answer(ada, "x1y")).status == 200
            await asyncio.wait_for(fake.called.wait(), PATIENCE)
            await bot.kill()
    assert await road.rows(t.assessment) == 0
    async with next_bot(road, ada):
        await road.slack.message_where(lambda m: CARD in m.text, timeout=PATIENCE)
        assert await road.rows(t.assessment) == 1
        assert await road.broken() == []


async def test_a_card_that_was_about_to_be_posted_is_posted_once(road: Street) -> None:
    slack = road.slack
    async with start_bot(road.settings()) as bot:
        ada = await road.asked(road.person("ada", bot.url))
        slack.fail(
            "chat.postMessage", when=lambda args: CARD in args["text"], gate=asyncio.Event(), status=503
        )
        assert (await road.answer(ada, "x1y")).status == 200
        await slack.wait_for(
            lambda: any(CARD in one.args.get("text", "") for one in slack.calls), timeout=PATIENCE
        )
        await bot.kill()
    assert not any(CARD in message.text for message in slack.messages)
    async with next_bot(road, ada):
        await slack.message_where(lambda m: CARD in m.text, timeout=PATIENCE)
        assert await road.broken() == []


async def test_a_card_that_was_posted_and_not_marked_as_sent_is_not_posted_again(road: Street) -> None:
    slack = road.slack
    async with before_port(int(slack.origin.rpartition(":")[2])) as proxy:
        way = {"SLACK_API_URL": f"http://127.0.0.1:{proxy.port}/api/"}
        async with start_bot(road.settings(**way)) as bot:
            ada = await road.asked(road.person("ada", bot.url), questions=2)
            trap = proxy.trap(CARD)
            assert (await road.answer(ada, "x1y")).status == 200
            await trap.wait()
            await bot.kill()
    assert sum(CARD in message.text for message in slack.messages) == 1
    async with next_bot(road, ada):
        await slack.message_where(lambda m: "Question 2 of 2" in m.text, timeout=PATIENCE)
        assert sum(CARD in message.text for message in slack.messages) == 1
        assert await road.broken() == []
