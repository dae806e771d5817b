"""A bot that is killed under load loses nothing that it acknowledged; one in Bolt's default way does."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from interview_bot.storage import tables as t
from interview_bot.storage.database import open_database
from tests.faults.load import Load
from tests.platforms.slack_process import write_bank
from tests.processes import start_bot

SECRET = "a-secret-for-tests"
NOBODY_HOME = "http://127.0.0.1:9/"
"""A Web API that cannot be reached: what is said waits in the outbox, and does not matter here."""


def settings(database_url: str, bank: Path) -> dict[str, str]:
    """What a bot needs whose Slack is not at home."""
    return {
        "HOME": str(bank),
        "INTERVIEW_BOT_DATABASE_URL": database_url,
        "INTERVIEW_BOT_QUESTIONS": str(bank),
        "SLACK_API_URL": NOBODY_HOME,
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": SECRET,
    }


async def killed_under_load(module: str, url: str, bank: Path, kills: int, each: int) -> tuple[int, int, int]:
    """So many times: everybody opens an interview, answers, and the bot is killed in the middle.

    Returns how many answers were acknowledged, how many of those are lost, and how many are kept twice.
    """
    acknowledged: list[str] = []
    for kill in range(kills):
        people = range(kill * each * 2, (kill + 1) * each * 2)
        async with start_bot(settings(url, bank), module=module) as bot:
            load = Load(bot.url, SECRET, acknowledged)
            await load.start(people)
            wanted = len(acknowledged) + each
            typing = asyncio.create_task(load.answer(people))
            await load.enough(wanted, typing)
            await bot.kill()
            await typing
    database = open_database(url)
    async with database.connect() as on:
        kept = Counter((await on.execute(select(t.answer.c.text))).scalars())
    await database.close()
    lost = sum(text not in kept for text in acknowledged)
    return len(acknowledged), lost, sum(times > 1 for times in kept.values())


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return write_bank(tmp_path / "bank")


async def test_a_bot_killed_under_load_loses_no_acknowledged_answer(database_url: str, bank: Path) -> None:
    acknowledged, lost, twice = await killed_under_load("interview_bot.cli", database_url, bank, 1, 60)
    assert acknowledged >= 60
    assert (lost, twice) == (0, 0)


@pytest.mark.soak
@pytest.mark.timeout(300)
async def test_five_kills_lose_none_of_nine_hundred_acknowledged_answers(
    database_url: str, bank: Path
) -> None:
    acknowledged, lost, twice = await killed_under_load("interview_bot.cli", database_url, bank, 5, 190)
    print(f"{acknowledged} acknowledged, {lost} lost, {twice} twice")
    assert acknowledged >= 900
    assert (lost, twice) == (0, 0)


@pytest.mark.soak
@pytest.mark.timeout(300)
async def test_bolts_default_way_does_lose_some_so_the_test_can_see(database_url: str, bank: Path) -> None:
    acknowledged, lost, _ = await killed_under_load("tests.faults.eager", database_url, bank, 5, 190)
    print(f"{acknowledged} acknowledged, {lost} lost")
    assert acknowledged >= 900
    assert lost > 0
