"""Each thing a person does on Discord has an answer in time, or none that changes anything behind their back."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from interview_bot.chat.messages import Message, Reply
from interview_bot.core.errors import DatabaseUnreachable
from interview_bot.platforms.discord.voice import DiscordVoice
from tests.fakes.discord import FakeDiscord, Member
from tests.fakes.discord import Message as Shown
from tests.platforms.discord_stage import Stage, outgoing, staged
from tests.platforms.slack_room import QUESTION, Part, note


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(message_content=True, answer_within=0.6) as fake:
        yield fake


@pytest.fixture
def part() -> Part:
    return Part()


@pytest.fixture
async def stage(discord: FakeDiscord, part: Part, sqlite_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """A room in which the bot only plays a part."""
    async with staged(discord, sqlite_url, tmp_path, part.receive, soon=0.2, message_content=True) as built:
        yield built


@pytest.fixture
async def whole(discord: FakeDiscord, sqlite_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """A room with the whole bot."""
    async with staged(discord, sqlite_url, tmp_path, message_content=True) as built:
        yield built


async def asked(stage: Stage, ada: Member) -> Shown:
    """A question in Ada's direct messages."""
    await DiscordVoice(stage.gateway.rest).say(outgoing(QUESTION, {"user": ada.person.id}))
    return await stage.discord.message_where(lambda m: "Question 1" in m.text)


async def test_a_command_is_the_words_that_are_typed_elsewhere(
    discord: FakeDiscord, stage: Stage, part: Part
) -> None:
    ada = discord.member("Ada", locale="de")
    await ada.slash("start", topic="docker", level=2, questions=5)
    heard = part.last
    assert (heard.command, heard.text) == ("docker level 2 5", "")
    assert heard.who == (f"discord:{discord.guild}", ada.person.id, "Ada", "de")
    assert heard.address["parent"] == discord.general.id
    await ada.slash("leaderboard", period="week", topic="networking")
    assert part.last.command == "leaderboard week networking"
    told = await ada.slash("resume")
    assert told.text == "Erledigt; siehe unser Gespräch."


async def test_a_topic_is_suggested_while_it_is_typed(discord: FakeDiscord, stage: Stage) -> None:
    ada = discord.member("Ada")
    assert await ada.fills_in("start", "topic", "S") == ["stones", "basics"]
    assert await ada.fills_in("leaderboard", "topic", "zzz") == []


async def test_a_form_belongs_to_the_turn_that_it_was_opened_for(
    discord: FakeDiscord, stage: Stage, part: Part
) -> None:
    ada = discord.member("Ada")
    opened = await ada.press(await asked(stage, ada), "Answer")
    assert opened.modal
    assert "What is a container?" in opened.modal["components"][0]["content"]
    done = await ada.submit(opened, "A *process* with walls")
    assert (part.last.text, part.last.turn, part.last.command) == ("A *process* with walls", "t1", None)
    assert done.shown == []
    assert discord.faults == []


async def test_slow_work_is_deferred_and_shown_when_it_is_done(
    discord: FakeDiscord, sqlite_url: str, tmp_path: Path
) -> None:
    async def slow(message: Message) -> Reply:
        await asyncio.sleep(0.3)
        return Reply((note("At last."),))

    async with staged(discord, sqlite_url, tmp_path, slow, soon=0.05):
        told = await discord.member("Ada").slash("progress")
        assert told.response == 5
        await discord.wait_for(lambda: told.text == "At last.")
    assert discord.faults == []


async def test_what_comes_too_late_for_an_interaction_is_said_in_direct_messages(
    discord: FakeDiscord, sqlite_url: str, tmp_path: Path
) -> None:
    async def late(message: Message) -> Reply:
        await asyncio.sleep(0.8)
        return Reply((note("Still true."),))

    async with staged(discord, sqlite_url, tmp_path, late, soon=5) as stage:
        ada = discord.member("Ada")
        await ada.slash("progress")
        await discord.wait_for(lambda: any("10062" in fault for fault in discord.faults))
        async with asyncio.timeout(5):
            while not any("Still true." in one.text for one in discord.messages):
                await stage.worker.until_idle()
                await asyncio.sleep(0.005)
    assert [one.channel for one in discord.messages] == [ada.dm]


async def test_an_answer_that_was_not_saved_goes_back_to_whoever_wrote_it(
    discord: FakeDiscord, stage: Stage, part: Part
) -> None:
    ada = discord.member("Ada")
    opened = await ada.press(await asked(stage, ada), "Answer")
    part.trouble = DatabaseUnreachable("gone")
    told = await ada.submit(opened, "Half an hour's work\n" * 100)
    assert discord.faults == []
    assert "nothing was saved" in told.text
    assert told.shown[0].files == {"answer.txt": ("Half an hour's work\n" * 100).encode()}


async def test_words_typed_while_nothing_can_be_saved_are_not_passed_over_in_silence(
    discord: FakeDiscord, stage: Stage, part: Part
) -> None:
    ada = discord.member("Ada")
    part.trouble = DatabaseUnreachable("gone")
    await ada.types("my answer")
    await discord.message_where(lambda m: "nothing was saved" in m.text)
    part.trouble = RuntimeError("a fault of ours")
    assert "Something went wrong on our side" in (await ada.slash("progress")).text


async def test_the_same_interaction_on_two_connections_is_answered_once(
    discord: FakeDiscord, stage: Stage, part: Part
) -> None:
    part.reply = lambda message: Reply((note("Once."),))
    ada = discord.member("Ada")
    told = await ada.slash("progress")
    await ada.again(told)
    await discord.wait_for(lambda: any("40060" in fault for fault in discord.faults))
    assert [one.text for one in told.shown] == ["Once."]


async def test_a_button_that_is_pressed_twice_counts_once(discord: FakeDiscord, whole: Stage) -> None:
    ada = discord.member("Ada")
    await whole.say(ada, "/fruit 2 seed 1", discord.general)
    first = await discord.message_where(lambda m: "Question 1 of 2" in m.text)
    await asyncio.gather(ada.press(first, "Skip"), ada.press(first, "Skip"))
    await whole.worker.until_idle()
    assert sum("Question" in one.text for one in discord.messages) == 2


async def test_a_press_in_somebody_elses_thread_is_about_ones_own_interview(
    discord: FakeDiscord, whole: Stage
) -> None:
    ada, bob = discord.member("Ada"), discord.member("Bob")
    await whole.say(ada, "/fruit 2 seed 1", discord.general)
    first = await discord.message_where(lambda m: "Question 1 of 2" in m.text)
    assert "no open question" in (await bob.press(first, "Stop")).text
    await whole.say(bob, "/fruit 2 seed 1", discord.general)
    assert "That question is over" in (await bob.press(first, "Stop")).text
    assert "no open question" not in (await ada.slash("resume")).text


async def test_plain_replies_count_in_ones_own_thread_and_nowhere_else(
    discord: FakeDiscord, whole: Stage
) -> None:
    ada, bob = discord.member("Ada"), discord.member("Bob")
    await whole.say(ada, "/fruit 2 seed 1", discord.general)
    await whole.say(bob, "/fruit 2 seed 1", discord.general)
    of_ada, of_bob = discord.threads
    said = len(discord.messages)
    await bob.types("The core is sweet and the skin is red.", of_ada)
    await bob.types("The core is sweet and the skin is red.", discord.general)
    told = await whole.say(ada, f"The core is sweet, <@{bob.person.id}>, and the skin is red.", of_ada)
    assert "100 of 100" in told[0]
    assert len(discord.messages) == said + 5
    assert "100 of 100" in (await whole.say(bob, "The core is sweet and the skin is red.", of_bob))[0]


async def test_where_no_thread_may_be_opened_the_interview_is_held_in_direct_messages_and_counts_for_the_server(
    discord: FakeDiscord, whole: Stage
) -> None:
    closed = discord.add_channel(discord.guild, permissions=1 << 10)
    ada = discord.member("Ada", channel=closed)
    told = await whole.say(ada, "/fruit 1 seed 1", closed)
    assert "in our direct messages" in told[0]
    assert discord.threads == []
    told = await whole.say(ada, "The core is sweet and the skin is red.")
    assert "100 of 100" in told[0]
    bob = discord.member("Bob")
    assert "1. Ada" in (await bob.slash("leaderboard")).text
    stranger = discord.member("Zoe")
    assert "Nobody is on the board yet" in (await stranger.slash("leaderboard", stranger.dm)).text


async def test_two_servers_of_one_person_know_nothing_of_each_other(
    discord: FakeDiscord, whole: Stage
) -> None:
    ada = discord.member("Ada")
    elsewhere = discord.add_channel(discord.add_guild())
    await whole.say(ada, "/fruit 1 seed 1", discord.general)
    assert "no open question" in (await ada.slash("resume", elsewhere)).text
    await whole.say(ada, "/fruit 1 seed 1", elsewhere)
    assert len(discord.threads) == 2


async def test_every_command_is_explained_the_way_it_is_typed_here(
    discord: FakeDiscord, whole: Stage
) -> None:
    told = await discord.member("Ada").slash("help")
    assert "/mock-interview start docker" in told.text
    assert "/mock-interview progress" in told.text
    assert discord.faults == []
