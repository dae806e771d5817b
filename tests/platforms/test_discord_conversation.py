"""A whole sitting on Discord: the room over a real gateway and REST, a fake Discord on loopback."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from interview_bot.storage.tables import job
from tests.fakes.discord import FakeDiscord
from tests.platforms.discord_stage import Stage, staged

GOOD = "The core is sweet and the skin is red."


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as fake:
        yield fake


@pytest.fixture
async def stage(discord: FakeDiscord, database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(discord, database_url, tmp_path) as built:
        yield built


async def test_a_sitting_in_a_private_thread_from_the_command_to_the_summary(
    discord: FakeDiscord, stage: Stage
) -> None:
    ada, work = discord.member("Ada"), stage.worker.until_idle
    started = await ada.slash("start", topic="fruit 3 seed 1")
    assert "private thread" in started.text
    await work()
    (thread,) = discord.threads
    assert (thread.parent, thread.members, thread.name) == (
        discord.general.id,
        {ada.person.id},
        "Interview of Ada",
    )
    first = await discord.message_where(lambda m: "Question 1 of 3" in m.text)
    assert first.channel is thread
    opened = await ada.press(first, "Answer")
    assert opened.modal
    await ada.submit(opened, GOOD)
    await work()
    card = await discord.message_where(lambda m: "100 of 100" in m.text)
    assert "Heard: The core is sweet." in card.text
    second = await discord.message_where(lambda m: "Question 2 of 3" in m.text)
    await ada.press(second, "Hint")
    await work()
    await discord.message_where(lambda m: "Hint 1 of 2" in m.text)
    await ada.submit(await ada.press(second, "Answer"), "It has a stone. Its skin is red.")
    await work()
    follow_up = await discord.message_where(lambda m: "One follow-up" in m.text)
    await ada.submit(await ada.press(follow_up, "Answer"), "A sweet core.")
    await work()
    await discord.message_where(lambda m: "with the follow-up" in m.text)
    third = await discord.message_where(lambda m: "Question 3 of 3" in m.text)
    await ada.press(third, "Skip")
    await work()
    assert "Most worth learning" in (await discord.message_where(lambda m: "That was it" in m.text)).text
    late = await ada.press(third, "Hint")
    assert "no open question" in late.text
    assert "place 1" in (await ada.slash("leaderboard", period="all")).text
    assert "I know no topic “dokcer”" in (await ada.slash("start", topic="dokcer")).text
    assert {one.channel for one in discord.messages if one.seen_by is None} == {thread}
    assert discord.faults == []


async def test_a_question_of_the_day_is_asked_answered_in_private_and_revealed_in_a_thread(
    discord: FakeDiscord, stage: Stage
) -> None:
    ada, bob = discord.member("Ada"), discord.member("Bob")
    await stage.say(ada, "/daily here 09:00 Europe/Berlin fruit", discord.general)
    await stage.say(ada, "/daily now", discord.general)
    asked = await discord.message_where(lambda m: "Question of the day" in m.text)
    assert asked.channel is discord.general
    opened = await bob.press(asked, "Answer")
    await bob.submit(opened, GOOD)
    await stage.worker.until_idle()
    verdict = await discord.message_where(lambda m: "100 of 100" in m.text)
    assert verdict.channel is bob.dm
    assert "One person has answered" in asked.text
    await stage.say(ada, "/daily off", discord.general)
    reveal = await discord.message_where(lambda m: "What a strong answer says" in m.text)
    assert str(reveal.body).count("||") == 2, "the answer is covered for who has not thought yet"
    assert (reveal.channel.id, reveal.channel.parent) == (asked.id, discord.general.id)
    assert "Answer" not in asked.buttons
    assert discord.faults == []


async def test_a_grade_is_challenged_from_its_card_and_decided_in_the_reviewers_channel(
    discord: FakeDiscord, stage: Stage
) -> None:
    reviewers = discord.add_channel(discord.guild)
    ada, eve = discord.member("Ada"), discord.member("Eve", channel=reviewers)
    await stage.say(eve, "/admin reviewers here", reviewers)
    await stage.say(ada, "/fruit 1 seed 1", discord.general)
    question = await discord.message_where(lambda m: "Question 1 of 1" in m.text)
    await ada.submit(await ada.press(question, "Answer"), "The skin is red.")
    await stage.worker.until_idle()
    card = await discord.message_where(lambda m: "Challenge this grade" in m.buttons)
    opened = await ada.press(card, "Challenge this grade")
    assert opened.modal
    assert opened.modal["title"] == "Challenge this grade"
    await ada.submit(opened, "I meant the core too.")
    await stage.worker.until_idle()
    shown = await discord.message_where(lambda m: "A grade is challenged" in m.text)
    assert shown.channel is reviewers
    await eve.submit(await eve.press(shown, "Decide"), "core met: it was meant")
    await stage.worker.until_idle()
    told = await discord.message_where(lambda m: "A reviewer changed your grade" in m.text)
    assert told.channel is card.channel
    assert discord.faults == []


SEE, MANAGE_MESSAGES = 1 << 10, 1 << 13
MANAGERS = "Only people who may manage this server can do that."
REVIEWERS = "Only people who may manage messages here, or the whole server, can do that."


async def test_settings_of_a_server_are_for_people_who_may_manage_it(
    discord: FakeDiscord, stage: Stage
) -> None:
    bob = discord.member("Bob")
    bob.person.permissions = SEE
    for words in ("/admin reviewers here", "/daily here 09:00 Europe/Berlin", "/team"):
        assert await stage.say(bob, words, discord.general) == [MANAGERS]
    assert await stage.say(bob, "/suggestions", discord.general) == [REVIEWERS]
    assert "This team" in (await stage.say(bob, "/admin"))[0]


async def test_no_other_spelling_and_no_direct_message_is_a_way_round_the_permissions(
    discord: FakeDiscord, stage: Stage
) -> None:
    closed = discord.add_channel(discord.guild, permissions=SEE)
    bob = discord.member("Bob", channel=closed)
    bob.person.permissions = SEE
    for topic in ("Admin keep 1", "/admin keep 1", "/DAILY off", " Suggestions"):
        assert (await bob.slash("start", topic=topic)).text in {MANAGERS, REVIEWERS}
    await stage.say(bob, "/fruit 1 seed 1", closed)
    assert await stage.say(bob, "/admin keep 1") == [MANAGERS]
    (home,) = (await bob.slash("home")).shown
    assert "Team settings" not in home.buttons


async def test_who_may_manage_messages_is_a_reviewer_and_no_admin(discord: FakeDiscord, stage: Stage) -> None:
    ada, eve, bob = discord.member("Ada"), discord.member("Eve"), discord.member("Bob")
    eve.person.permissions, bob.person.permissions = SEE | MANAGE_MESSAGES, SEE
    await stage.say(ada, "/admin reviewers here", discord.general)
    assert "No suggested question is waiting" in (await stage.say(eve, "/suggestions", discord.general))[0]
    assert await stage.say(eve, "/admin keep 1", discord.general) == [MANAGERS]
    await stage.say(bob, "/fruit 1 seed 1", discord.general)
    question = await discord.message_where(lambda m: "Question 1 of 1" in m.text)
    await bob.submit(await bob.press(question, "Answer"), "The skin is red.")
    await stage.worker.until_idle()
    card = await discord.message_where(lambda m: "Challenge this grade" in m.buttons)
    await bob.submit(await bob.press(card, "Challenge this grade"), "I meant the core too.")
    await stage.worker.until_idle()
    shown = await discord.message_where(lambda m: "A grade is challenged" in m.text)
    refused = await bob.press(shown, "Decide")
    assert (refused.modal, refused.text) == (None, REVIEWERS)
    assert (await eve.press(shown, "Decide")).modal


async def test_a_server_that_the_bot_is_taken_from_is_deleted_in_a_month_unless_it_is_back(
    discord: FakeDiscord, stage: Stage
) -> None:
    ada = discord.member("Ada")
    await stage.say(ada, "/fruit 1 seed 1", discord.general)
    await discord.gateway.tell("GUILD_DELETE", {"id": discord.guild, "unavailable": True}, discord.guild)
    await discord.gateway.tell("GUILD_CREATE", discord.guild_told(discord.guild), discord.guild)
    await discord.gateway.tell("GUILD_DELETE", {"id": discord.guild}, discord.guild)
    jobs: list[str] = []
    async with asyncio.timeout(5):
        while not jobs:
            await discord.settle(0.02)
            async with stage.house.database.connect() as on:
                found = await on.execute(select(job.c.payload).where(job.c.kind == "purge"))
                jobs = [one.payload["team"] for one in found]
    assert jobs == [f"discord:{discord.guild}"]
    await discord.gateway.tell("GUILD_CREATE", discord.guild_told(discord.guild), discord.guild)
    assert "Question 1 of 1" in (await stage.say(ada, "/resume", discord.general))[-1]
    assert discord.faults == []
