"""One scripted interview through the terminal, Slack and Discord: the same words are graded alike, to the last row."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from interview_bot.platforms.slack.manifest import EVENTS, scopes
from interview_bot.storage import tables as t
from interview_bot.storage.database import open_database
from tests.databases import new_sqlite_database
from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import FakeSlack
from tests.platforms.discord_stage import Program, command
from tests.platforms.slack_process import Stage, write_bank
from tests.processes import start

SCRIPT = (
    ("/fruit 3 seed 1", "Question 1 of 3"),
    ("The core is *sweet* & the skin is `red` <b> — “quite”.", "Question 2 of 3"),
    ("/hint", "Hint 1 of 2"),
    ("It has a stone, and a red skin.", "One follow-up"),
    ("A sweet core.", "Question 3 of 3"),
    ("/skip", "That was it"),
)
"""What is said, and what is waited for."""

LEFT_OUT = {"id", "interview_id", "team_id", "candidate_id", "answer_id", "turn_id"}
LEFT_OUT |= {"card", "due_at", "started_at", "ended_at", "asked_at", "received_at", "created_at"}
"""Names and times (a mastery's card holds when it was seen); everything else must be the same."""


async def kept(url: str) -> dict[str, list[dict[str, Any]]]:
    """All that was decided in the only interview of a database."""
    turns, answers = t.interview.join(t.turn), t.turn.join(t.answer)
    parts = (t.turn.c.number, t.answer.c.part.desc())
    queries = {
        "interview": select(t.interview),
        "turn": select(t.turn).select_from(turns).order_by(t.turn.c.number),
        "answer": select(t.answer).select_from(answers).order_by(*parts),
        "assessment": select(t.assessment).select_from(answers.join(t.assessment)).order_by(*parts),
        "standing": select(t.standing).order_by(t.standing.c.period, t.standing.c.topic),
        "mastery": select(t.mastery).order_by(t.mastery.c.slug, t.mastery.c.criterion),
    }
    database = open_database(url)
    found: dict[str, list[dict[str, Any]]] = {}
    try:
        async with database.connect() as on:
            for name, query in queries.items():
                rows = (await on.execute(query)).mappings()
                found[name] = [
                    {key: value for key, value in row.items() if key not in LEFT_OUT} for row in rows
                ]
    finally:
        await database.close()
    return found


async def in_the_terminal(url: str, bank: Path) -> None:
    said = [f"{words}\n" if words.startswith("/") else f"{words}\n.\n" for words, _ in SCRIPT[1:]]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(bank),
        "INTERVIEW_BOT_DATABASE_URL": url,
        "INTERVIEW_BOT_QUESTIONS": str(bank),
    }
    way = ("practice", "fruit", "--questions", "3", "--seed", "1")
    process = start(*way, environment=environment, typed="".join(said))
    assert await process.wait() == 0
    assert "That was it" in process.said()[0]


async def on_slack(url: str, bank: Path) -> None:
    async with FakeSlack(scopes=scopes(), events=EVENTS) as slack:
        stage = Stage(slack, url, bank)
        async with stage.served() as served:
            ada = stage.ada(served)
            for words, awaited in SCRIPT:
                if words.startswith("/"):
                    await ada.command(words[1:])
                else:
                    await ada.message(words)
                await slack.message_where(lambda m, awaited=awaited: awaited in m.text)
        assert slack.faults == []


async def on_discord(url: str, bank: Path) -> None:
    async with FakeDiscord() as discord, Program(discord, url, bank).served():
        ada = discord.member("Ada")
        question = None
        for words, awaited in SCRIPT:
            if words.startswith("/"):
                await command(ada, words[1:])
            else:
                assert question
                await ada.submit(await ada.press(question, "Answer"), words)
            said = await discord.message_where(lambda m, awaited=awaited: awaited in m.text)
            question = said if "Answer" in said.buttons else question
        assert discord.faults == []


PLATFORMS: dict[str, Callable[[str, Path], Awaitable[None]]] = {
    "slack": on_slack,
    "discord": on_discord,
}


@pytest.fixture
async def in_terminal(tmp_path: Path) -> tuple[dict[str, list[dict[str, Any]]], Path]:
    """What the terminal keeps of the script: what every platform is held against."""
    bank = write_bank(tmp_path / "bank")
    (tmp_path / "terminal").mkdir()
    url = new_sqlite_database(tmp_path / "terminal")
    await in_the_terminal(url, bank)
    return await kept(url), bank


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_the_same_words_are_graded_alike_on_every_platform(
    platform: str, in_terminal: tuple[dict[str, list[dict[str, Any]]], Path], database_url: str
) -> None:
    expected, bank = in_terminal
    await PLATFORMS[platform](database_url, bank)
    told = await kept(database_url)
    for name, rows in expected.items():
        assert told[name] == rows
    assert [len(told[name]) for name in ("interview", "turn", "answer", "assessment")] == [1, 3, 3, 3]
    assert told["standing"]
    assert told["mastery"]
    assert sum(row["points"] or 0 for row in told["turn"]) > 0
