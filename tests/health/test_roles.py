"""Several processes of one bot: each does its part, tells how it is, and leaves in order."""

import asyncio
import json
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import func, select

from interview_bot.core.errors import BadSetting
from interview_bot.platforms.slack.manifest import EVENTS, scopes
from interview_bot.settings import Settings
from interview_bot.storage import tables as t
from interview_bot.storage.database import open_database
from interview_bot.wiring import House
from interview_bot.wiring.serving import _until_a_signal
from tests.databases import Postgres
from tests.fakes.slack import FakeSlack
from tests.platforms.slack_process import Stage, write_bank
from tests.processes import Bot, start

GOOD = "The core is sweet and the skin is red."


@pytest.fixture
async def stage(server: Postgres, tmp_path: Path) -> AsyncIterator[Stage]:
    async with FakeSlack(scopes=scopes(), events=EVENTS) as slack:
        yield Stage(slack, await server.migrated(), write_bank(tmp_path / "bank"))


async def page(served: Bot, path: str) -> tuple[int, str]:
    url = f"http://127.0.0.1:{served.port}{path}"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def test_two_webs_and_two_workers_hold_one_sitting_and_tell_how_they_are(stage: Stage) -> None:
    slack = stage.slack
    async with AsyncExitStack() as stack:
        web, other, worker, fourth = [
            await stack.enter_async_context(stage.served(role)) for role in ("web", "web", "worker", "worker")
        ]
        ada = stage.ada(web)
        await ada.command("fruit 1 seed 1")
        question = await slack.message_where(lambda m: "Question 1 of 1" in m.text)
        ada.transport = slack.over_http(other.url)
        await ada.message(GOOD, thread_ts=question.ts)
        await slack.message_where(lambda m: "That was it" in m.text)
        for served in (web, other, worker, fourth):
            assert await page(served, "/healthz") == (200, "ok")
            status, told = await page(served, "/readyz")
            assert (status, json.loads(told)["ready"]) == (200, True), told
        _, counted = await page(other, "/metrics")
        assert 'interview_bot_answers_total{platform="slack"} 1.0' in counted
        assert 'interview_bot_ack_seconds_count{status="200"} 1.0' in counted
        assert "interview_bot_outbox_lag_seconds 0.0" in counted
        both = [(await page(one, "/metrics"))[1] for one in (worker, fourth)]
        assert sum('interview_bot_grade_seconds_count{grader="rubric"} 1.0' in one for one in both) == 1
        said = sum(call.method.startswith("chat.") for call in slack.calls)
        async with asyncio.timeout(20):  # the last one is counted when its reply has come back
            while True:
                if await _sent(worker) + await _sent(fourth) == said:
                    break
                await asyncio.sleep(0.05)
        for served in (web, other, worker, fourth):
            assert await served.stop() == 0
            _out, told = served.process.said()
            lines = [json.loads(line) for line in told.splitlines()]
            assert {"http", "stopping"} <= {line["event"] for line in lines}
            assert "core is sweet" not in told
            assert stage.slack.bot_token not in told
    assert slack.faults == []


async def test_a_gateway_hears_over_its_own_connection_and_a_worker_speaks(stage: Stage) -> None:
    stage.transport = "socket"
    async with stage.served("gateway") as gateway, stage.served("worker"):
        await stage.ada(gateway).command("fruit 1 seed 1")
        await stage.slack.message_where(lambda m: "Question 1 of 1" in m.text)
        assert (await page(gateway, "/readyz"))[0] == 200


async def test_a_worker_that_is_told_to_stop_finishes_the_message_in_its_hand(stage: Stage) -> None:
    gate = asyncio.Event()
    async with stage.served() as served:
        await _stopped_while_it_speaks(stage, served, gate)
        await asyncio.sleep(0.3)
        assert served.process.returncode is None
        gate.set()
        assert await served.process.left() == 0
    assert await _leased(stage) == 0
    async with stage.served():
        await stage.slack.message_where(lambda m: "Question 1 of 1" in m.text)
    assert len([m for m in stage.slack.messages if "Question 1 of 1" in m.text]) == 1


async def test_what_cannot_be_finished_within_ten_seconds_is_given_back(stage: Stage) -> None:
    gate = asyncio.Event()
    async with stage.served() as served:
        await _stopped_while_it_speaks(stage, served, gate)
        assert await served.process.left() == 0
    gate.set()
    assert await _leased(stage) == 0


async def _sent(served: Bot) -> float:
    """How many messages a process says that it has sent."""
    _, counted = await page(served, "/metrics")
    lines = [line for line in counted.splitlines() if line.startswith("interview_bot_messages_sent_total")]
    return sum(float(line.rpartition(" ")[2]) for line in lines if 'outcome="sent"' in line)


async def _stopped_while_it_speaks(stage: Stage, served: Bot, gate: asyncio.Event) -> None:
    """Tell it to stop while Slack keeps it waiting for a reply."""
    stage.slack.fail("chat.postMessage", gate=gate, works=True)
    await stage.ada(served).command("fruit 1 seed 1")
    await stage.slack.wait_for(lambda: _calls(stage, "chat.postMessage"))
    served.process.send_signal(signal.SIGTERM)


def _calls(stage: Stage, method: str) -> int:
    """How often a method was called, finished or not."""
    return sum(call.method == method for call in stage.slack.calls)


async def _leased(stage: Stage) -> int:
    database = open_database(stage.database_url)
    held = 0
    async with database.connect() as on:
        for table in (t.job, t.outbox):
            leased = select(func.count()).where(table.c.lease_until.is_not(None))
            held += (await on.execute(leased)).scalar_one()
    await database.close()
    return held


async def _refused(settings: dict[str, str], *options: str) -> str:
    environment = {"SLACK_BOT_TOKEN": "xoxb-1", "INTERVIEW_BOT_PORT": "0", **settings}
    process = start("serve", *options, environment=environment)
    assert await process.wait() == 1
    _, told = process.said()
    assert len(told.strip().splitlines()) == 1, told
    return told


async def test_a_role_that_does_not_fit_is_one_line_with_the_cure(sqlite_url: str, server: Postgres) -> None:
    told = await _refused(
        {"SLACK_SIGNING_SECRET": "s", "INTERVIEW_BOT_DATABASE_URL": sqlite_url}, "--role", "worker"
    )
    assert "SQLite takes one" in told
    postgres = await server.migrated()
    for role, told, wanted in (
        ("gateway", {"slack_signing_secret": "s"}, "SLACK_APP_TOKEN"),
        ("web", {"slack_app_token": "xapp-1"}, "SLACK_SIGNING_SECRET"),
    ):
        given = {"database_url": postgres, "slack_bot_token": "xoxb-1", "port": 0, "role": role, **told}
        house = House(Settings.model_validate(given))
        with pytest.raises(BadSetting, match=wanted):
            await house.serve()
        await house.close()


async def test_a_port_that_is_taken_is_one_line_that_names_the_setting(sqlite_url: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = {
            "SLACK_SIGNING_SECRET": "s",
            "INTERVIEW_BOT_DATABASE_URL": sqlite_url,
            "INTERVIEW_BOT_PORT": str(taken.getsockname()[1]),
        }
        assert "INTERVIEW_BOT_PORT" in await _refused(settings)


async def test_a_bot_whose_server_ends_by_itself_ends_too_and_does_not_stay_as_a_shell() -> None:
    async def ends() -> None:
        raise ZeroDivisionError

    beside = {asyncio.ensure_future(ends())}
    async with asyncio.timeout(20):
        with pytest.raises(ZeroDivisionError):
            await _until_a_signal([asyncio.Event().wait()], beside)
