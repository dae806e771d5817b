"""Several processes over one PostgreSQL: one that is frozen and wakes up too late, and one token that all want to renew."""

import asyncio
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

from interview_bot.platforms.slack.clients import Clients
from interview_bot.platforms.slack.install.installed import RENEW, Installed, Place, Renew
from interview_bot.storage import tables as t
from interview_bot.storage.database import Database, open_database
from interview_bot.storage.installations import Installations
from interview_bot.work.send import Sender
from interview_bot.work.worker import Worker
from tests.bench import HandClock
from tests.databases import Postgres
from tests.fakes import openai
from tests.fakes.openai import KEY, Asked, FakeOpenAI, completion, serving
from tests.fakes.slack import FakeSlack
from tests.faults.indoors import PATIENCE, Street, street
from tests.processes import start_bot

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
async def road(server: Postgres, tmp_path: Path) -> AsyncIterator[Street]:
    async with street(await server.migrated(), tmp_path) as made:
        yield made


async def test_a_worker_that_was_frozen_while_it_graded_changes_nothing_when_it_wakes_up(
    road: Street,
) -> None:
    gate = asyncio.Event()

    async def late(writer: asyncio.StreamWriter, asked: Asked) -> None:
        await gate.wait()
        told = openai.reply(asked, {"core": ("partial", asked.answer), "skin": ("missed", "")})
        writer.write(openai.http(200, completion(openai.json.dumps(told))))

    async with serving(FakeOpenAI(troubles=[late])) as fake:
        model = {"OPENAI_BASE_URL": fake.url, "OPENAI_API_KEY": KEY, "INTERVIEW_BOT_MODEL": "test-model"}
        async with start_bot(road.settings(**model)) as frozen:
            ada = await road.asked(road.person("ada", frozen.url), questions=2)
            assert (await road.answer(ada, "x1y")).status == 200
            await asyncio.wait_for(fake.called.wait(), PATIENCE)
            await _said(
                road.database
            )  # what is on its way to Slack when a process freezes arrives when it wakes
            frozen.process.send_signal(signal.SIGSTOP)
            await road.lease_runs_out()
            async with start_bot(road.settings()):
                await road.slack.message_where(lambda m: "100 of 100" in m.text, timeout=PATIENCE)
                assert await road.broken() == []
                kept = await _graded(road.database)
                gate.set()
                frozen.process.send_signal(signal.SIGCONT)
                ada.transport = road.slack.over_http(frozen.url)
                assert (await ada.command("progress")).status == 200  # it is awake
                await _done(road.database)
                assert await _graded(road.database) == kept
                assert sum("of 100" in one.text for one in road.slack.messages if not one.seen_by) == 1
                assert await road.broken() == []


async def _graded(database: Database) -> list[tuple[str, float]]:
    async with database.connect() as on:
        return [(one.grader, one.score) for one in (await on.execute(t.assessment.select())).all()]


async def _said(database: Database) -> None:
    """Until every message is noted as said."""
    unsaid = t.outbox.select().where(t.outbox.c.sent_revision < t.outbox.c.revision)
    async with asyncio.timeout(PATIENCE):
        while True:
            async with database.connect() as on:
                if not (await on.execute(unsaid)).all():
                    return
            await asyncio.sleep(0.02)


async def _done(database: Database) -> None:
    """Until no job of grading is left, and none is in anybody's hands."""
    async with asyncio.timeout(PATIENCE):
        while True:
            async with database.connect() as on:
                jobs = (await on.execute(t.job.select().where(t.job.c.kind == "grade"))).all()
            if all(one.done_at and one.epoch >= 2 for one in jobs):
                return
            await asyncio.sleep(0.02)


async def test_two_processes_that_renew_one_token_at_once_ask_slack_once(server: Postgres) -> None:
    url, key = await server.migrated(), Fernet.generate_key().decode()
    clock = HandClock(NOW)
    async with FakeSlack() as slack:
        databases = [open_database(url) for _ in range(2)]

        async def promise(place: Place, at: datetime, expires: int) -> None:
            async with databases[0].begin() as work:
                name = f"{RENEW}:{place.enterprise}:{place.team}:{expires}"
                await work.add_job(RENEW, name, place._asdict() | {"expires": expires}, at)

        def worker(database: Database) -> Worker:
            shelf = Installations(database, [key])
            installed = Installed(shelf, promise, clock.now)
            client = Clients(installed, slack.api_url).with_token(None)
            rotator = AsyncTokenRotator(client_id="1.2", client_secret="secret", client=client)
            renew = Renew(shelf, installed, rotator)
            return Worker(database.queue, {RENEW: renew}, Sender(database.queue, {}, clock), clock)

        expires = int((NOW + timedelta(hours=12)).timestamp())
        first = Installed(Installations(databases[0], [key]), promise, clock.now)
        old = Installation(team_id="T1", user_id="U1", bot_token="xoxe.xoxb-1")
        old.bot_refresh_token, old.bot_token_expires_at = "xoxe-1", expires
        await first.async_save(old)
        slack.refreshes["xoxe-1"] = ("xoxe.xoxb-2", "xoxe-2")
        clock.at += timedelta(hours=10)
        await asyncio.gather(*(worker(one).until_idle() for one in databases for _ in range(2)))
        assert [call.error for call in slack.calls_to("oauth.v2.access")] == [""]
        for one in databases:
            fresh = Installed(Installations(one, [key]), promise, clock.now)
            assert (await fresh.of(None, "T1") or ("",))[0] == "xoxe.xoxb-2"
        for one in databases:
            await one.close()
