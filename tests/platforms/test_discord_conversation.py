"""A whole sitting on Discord: the room over a real gateway and REST, a fake Discord on loopback."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.discord import FakeDiscord
from tests.platforms.discord_stage import Stage, staged
from tests.platforms.slack_process import write_bank

GOOD = "The core is sweet and the skin is red."


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as fake:
        yield fake


@pytest.fixture
async def stage(discord: FakeDiscord, database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(discord, database_url, write_bank(tmp_path / "bank")) as built:
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
