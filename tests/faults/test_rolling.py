"""A release takes another one's place: on the newer schema, and told to stop in the middle of its work."""

import asyncio
from collections import Counter
from pathlib import Path

import aiohttp
from sqlalchemy import select, text

from interview_bot.platforms.slack.manifest import EVENTS, scopes
from interview_bot.storage import schema
from interview_bot.storage import tables as t
from interview_bot.storage.database import open_database
from tests.databases import Postgres
from tests.fakes.slack import FakeSlack
from tests.faults.load import Load
from tests.faults.test_kills import SECRET, settings
from tests.platforms.slack_process import Stage, write_bank
from tests.processes import start_bot


async def test_a_release_works_on_the_schema_of_the_next_one(server: Postgres, tmp_path: Path) -> None:
    url = await server.migrated()
    database = open_database(url)
    async with database.connect() as on:
        for table in t.metadata.sorted_tables:
            await on.execute(text(f'ALTER TABLE "{table.name}" ADD COLUMN of_the_next_release text'))
        newer = f"{int(schema.head()) + 1:04}"
        await on.execute(text("UPDATE alembic_version SET version_num = :newer"), {"newer": newer})
    await database.close()
    async with FakeSlack(scopes=scopes(), events=EVENTS) as slack:
        stage = Stage(slack, url, write_bank(tmp_path / "bank"))
        async with stage.served() as served:
            url = f"http://127.0.0.1:{served.port}/readyz"
            async with aiohttp.ClientSession() as session, session.get(url) as page:
                assert page.status == 200, await page.text()
            ada = stage.ada(served)
            await ada.command("fruit 1 seed 1")
            question = await slack.message_where(lambda m: "Question 1 of 1" in m.text)
            await ada.message("The core is sweet and the skin is red.", thread_ts=question.ts)
            await slack.message_where(lambda m: "100 of 100" in m.text)
            await slack.message_where(lambda m: "That was it" in m.text)
        assert slack.faults == []


async def test_a_bot_that_is_told_to_stop_under_load_loses_nothing_and_leaves_in_order(
    database_url: str, tmp_path: Path
) -> None:
    bank = write_bank(tmp_path / "bank")
    async with start_bot(settings(database_url, bank)) as bot:
        load = Load(bot.url, SECRET)
        await load.start(range(80))
        typing = asyncio.create_task(load.answer(range(80)))
        await load.enough(30, typing)
        assert await bot.stop() == 0
        await typing
    database = open_database(database_url)
    async with database.connect() as on:
        kept = Counter((await on.execute(select(t.answer.c.text))).scalars())
        leased = (await on.execute(select(t.job.c.id).where(t.job.c.lease_until.is_not(None)))).all()
    await database.close()
    assert len(load.acknowledged) >= 30
    assert [one for one in load.acknowledged if kept[one] != 1] == []
    assert leased == []
