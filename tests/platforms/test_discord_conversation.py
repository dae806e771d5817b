"""A whole sitting on Discord: the room over a real gateway and REST, a fake Discord on loopback."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

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


async def test_settings_of_a_server_are_for_people_who_may_manage_it(
    discord: FakeDiscord, stage: Stage
) -> None:
    bob = discord.member("Bob")
    bob.person.permissions = 1 << 10
    for words in ("/admin reviewers here", "/daily here 09:00 Europe/Berlin"):
        assert await stage.say(bob, words, discord.general) == [
            "Only people who may manage this server can do that."
        ]
    assert "This team" in (await stage.say(bob, "/admin"))[0]
