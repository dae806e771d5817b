"""Runs every dialogue: each line after what was said must appear, in order."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from tests.bench import Bench
from tests.fakes.discord import FakeDiscord
from tests.platforms.discord_stage import staged

FOLDER = Path(__file__).parent
DIALOGUES = sorted(path.stem for path in FOLDER.glob("*.txt"))
Speaker = Callable[[str], Awaitable[list[str]]]


@pytest.fixture(params=["memory", "discord"])
async def speaker(
    request: pytest.FixtureRequest, bench: Bench, database_url: str, tmp_path: Path
) -> AsyncIterator[Speaker]:
    """Says something to a bot, and hears all that is shown because of it."""
    if request.param == "memory":
        yield bench.hear
        return
    async with FakeDiscord() as discord, staged(discord, database_url, tmp_path) as stage:
        ann = discord.member("Ann")
        # What is about a channel is said in one, all else in direct messages.
        yield lambda text: stage.say(ann, text, discord.general if text.startswith("/daily") else None)
        assert discord.faults == []


@pytest.mark.parametrize("name", DIALOGUES)
async def test_the_dialogue_goes_as_written(speaker: Speaker, name: str) -> None:
    await follow((FOLDER / f"{name}.txt").read_text(encoding="utf-8"), speaker)


async def follow(script: str, speaker: Speaker) -> None:
    """Say what a script says, and hear what it expects."""
    heard = ""
    for row in script.splitlines():
        if row.startswith("> "):
            heard = "\n".join(await speaker(row[2:]))
        elif row and not row.startswith("#"):
            assert row in heard, f"{row!r} is not next in:\n{heard}"
            heard = heard.split(row, 1)[1]
