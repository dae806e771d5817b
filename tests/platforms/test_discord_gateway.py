"""One connection for each shard, nothing missed when it is cut or handed over, and trouble at the start in one line."""

import asyncio
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from interview_bot.bot import COMMANDS
from interview_bot.chat.messages import Message, Reply
from interview_bot.load.processes import free_port
from interview_bot.platforms.discord.commands import commands, mark, suggestions
from interview_bot.storage.database import Database
from interview_bot.storage.held import LEASE
from tests.databases import migrated, new_sqlite_database
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_checks import check_commands
from tests.fakes.slack import FakeSlack
from tests.platforms.discord_stage import TEXTS, Program, staged
from tests.platforms.slack_process import write_bank
from tests.platforms.slack_room import Part, note

NOW = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as fake:
        yield fake


@pytest.fixture
async def program(discord: FakeDiscord, tmp_path: Path) -> Program:
    url = new_sqlite_database(tmp_path)
    await (await migrated(url)).close()
    return Program(discord, url, write_bank(tmp_path / "bank"))


async def test_a_lease_is_one_holders_until_it_ends_or_is_given_back(database: Database) -> None:
    held = database.held
    assert await held.take("shard", "a", NOW)
    assert await held.take("shard", "a", NOW + LEASE / 2)
    assert not await held.take("shard", "b", NOW + LEASE)
    await held.write("shard", "a", {"sequence": 7})
    await held.write("shard", "b", {"sequence": 0})
    assert await held.take("shard", "b", NOW + 2 * LEASE)
    assert await held.note("shard") == {"sequence": 7}
    await held.release("shard", "a", NOW)
    assert not await held.take("shard", "a", NOW + 2 * LEASE)
    await held.release("shard", "b", NOW + 2 * LEASE)
    assert await held.take("shard", "a", NOW + 2 * LEASE)


async def test_of_many_at_once_one_gets_the_lease(database: Database) -> None:
    got = await asyncio.gather(*(database.held.take("shard", str(number), NOW) for number in range(8)))
    assert sum(got) == 1
    later = NOW + LEASE + timedelta(seconds=1)
    got = await asyncio.gather(*(database.held.take("shard", f"x{number}", later) for number in range(8)))
    assert sum(got) == 1


async def test_two_processes_hold_one_connection_and_the_second_takes_over_with_nothing_missed(
    discord: FakeDiscord, sqlite_url: str, tmp_path: Path
) -> None:
    first, second = Part(), Part()
    ada = discord.member("Ada")
    async with staged(discord, sqlite_url, tmp_path, first.receive) as one:
        waits = asyncio.create_task(_hold_open(discord, sqlite_url, tmp_path, second))
        await ada.types("to the first")
        await discord.settle(0.2)
        assert len(discord.gateway.links) == 1
        one.running.cancel()
        await asyncio.gather(one.running, return_exceptions=True)
        await ada.types("while nobody listened")
        await discord.wait_for(lambda: discord.gateway.resumed == 1)
        await ada.types("to the second")
        await second.heard_so_many(2)
        await ada.slash("start", topic="fruit")
        assert second.last.address["parent"] == discord.general.id
    waits.cancel()
    await asyncio.gather(waits, return_exceptions=True)
    assert [message.text for message in first.heard] == ["to the first"]
    assert [message.text for message in second.heard[:2]] == ["while nobody listened", "to the second"]


async def _hold_open(discord: FakeDiscord, url: str, folder: Path, part: Part) -> None:
    async with staged(discord, url, folder, part.receive):
        await asyncio.Event().wait()


async def test_what_was_begun_is_finished_when_the_process_is_told_to_stop(
    discord: FakeDiscord, sqlite_url: str, tmp_path: Path
) -> None:
    begun = asyncio.Event()

    async def slow(message: Message) -> Reply:
        begun.set()
        await asyncio.sleep(0.2)
        return Reply((note("Done all the same."),))

    ada = discord.member("Ada")
    async with staged(discord, sqlite_url, tmp_path, slow):
        asked = asyncio.create_task(ada.slash("progress"))
        await begun.wait()
    assert (await asked).text == "Done all the same."


@pytest.mark.parametrize("how", ["cut", "asked"])
async def test_a_connection_that_ends_is_resumed(
    discord: FakeDiscord, sqlite_url: str, tmp_path: Path, how: str
) -> None:
    part = Part()
    ada = discord.member("Ada")
    async with staged(discord, sqlite_url, tmp_path, part.receive):
        await ada.slash("help")
        await (discord.gateway.drop() if how == "cut" else discord.gateway.ask_to_reconnect())
        await discord.wait_for(lambda: discord.gateway.resumed == 1)
        await ada.slash("progress")
        await ada.types("still there")
        await part.heard_so_many(3)
    assert discord.gateway.identified == 1
    assert discord.faults == []


async def test_a_press_that_failed_while_nobody_listened_changes_nothing_later(
    discord: FakeDiscord, sqlite_url: str, tmp_path: Path
) -> None:
    discord.answer_within = 0.1
    part = Part()
    ada = discord.member("Ada")
    async with staged(discord, sqlite_url, tmp_path, part.receive):
        await ada.types("hello")
        await part.heard_so_many(1)
    await ada.slash("stop")
    async with staged(discord, sqlite_url, tmp_path, part.receive):
        await ada.types("hello again")
        await part.heard_so_many(2)
    assert discord.gateway.resumed == 1
    assert [message.text for message in part.heard] == ["hello", "hello again"]
    assert any("10062" in fault for fault in discord.faults)


async def test_a_session_that_discord_forgot_is_begun_anew(
    discord: FakeDiscord, sqlite_url: str, tmp_path: Path
) -> None:
    part = Part()
    ada = discord.member("Ada")
    async with staged(discord, sqlite_url, tmp_path, part.receive):
        await ada.slash("help")
    discord.gateway.sessions.clear()
    async with staged(discord, sqlite_url, tmp_path, part.receive):
        await discord.wait_for(lambda: discord.gateway.identified == 2)
        await ada.slash("progress")
    assert len(part.heard) == 2


async def test_discord_is_told_of_the_commands_only_when_they_changed(
    discord: FakeDiscord, sqlite_url: str, tmp_path: Path
) -> None:
    for _ in range(2):
        async with staged(discord, sqlite_url, tmp_path, Part().receive):
            pass
    assert sum(call.method == "PUT" for call in discord.calls) == 1


def test_the_commands_are_what_discord_takes_in_both_languages() -> None:
    told = commands([*COMMANDS, "other"], TEXTS)
    check_commands(told)
    (group,) = told
    by_name = {one["name"]: one for one in group["options"]}
    assert by_name.keys() == {"start", *COMMANDS, "other"}
    assert by_name["stop"]["name_localizations"] == {"de": "beenden"}
    assert by_name["other"]["options"][0]["name"] == "words"
    level = next(one for one in by_name["start"]["options"] if one["name"] == "level")
    assert [(one["name"], one["name_localizations"]["de"], one["value"]) for one in level["choices"]][:1] == [
        ("1 – screening", "1 – Einstieg", 1)
    ]
    assert mark(told) == mark(commands([*COMMANDS, "other"], TEXTS)) != mark(commands(list(COMMANDS), TEXTS))


def test_suggestions_begin_with_what_is_typed_then_contain_it_and_are_25_at_most() -> None:
    assert suggestions("net", ["cabinet", "docker", "networking"]) == ["networking", "cabinet"]
    assert len(suggestions("", [f"t{number}" for number in range(60)])) == 25


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"DISCORD_TOKEN": "wrong"}, "DISCORD_TOKEN: Discord refuses it"),
        ({"DISCORD_MESSAGE_CONTENT": "1"}, "DISCORD_MESSAGE_CONTENT: Discord does not grant"),
        ({"DISCORD_SHARDS": "1"}, "DISCORD_SHARDS: Discord wants more shards"),
        ({"DISCORD_API_BASE": "http://127.0.0.1:9/api/v10"}, "DISCORD_TOKEN: cannot be tried"),
        ({"DISCORD_TOKEN": ""}, "or DISCORD_TOKEN"),
    ],
)
async def test_trouble_at_the_start_is_one_line_that_names_the_setting(
    discord: FakeDiscord, program: Program, settings: dict[str, str], named: str
) -> None:
    discord.least_shards = 2 if "DISCORD_SHARDS" in settings else 1
    program.settings = settings
    process = program.start()
    assert await process.wait() == 1
    _, told = process.said()
    assert named in told
    assert "Traceback" not in told
    assert "wrong" not in told


async def test_one_process_serves_slack_and_discord_and_leaves_when_told(
    discord: FakeDiscord, program: Program
) -> None:
    async with FakeSlack() as slack:
        program.settings = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_URL": slack.api_url,
            "INTERVIEW_BOT_PORT": (port := str(free_port())),
        }
        async with program.served() as process:
            ada = slack.slacker("ada", slack.over_http(f"http://127.0.0.1:{port}/slack/events"))
            await ada.command("fruit 1 seed 1")
            await discord.member("Ada").slash("start", topic="fruit 1 seed 1")
            await slack.message_where(lambda m: "Question 1 of 1" in m.text)
            await discord.message_where(lambda m: "Question 1 of 1" in m.text)
            process.send_signal(signal.SIGTERM)
            assert await process.left() == 0


async def test_a_bot_killed_after_it_took_an_answer_sends_the_card_once_when_it_is_back(
    discord: FakeDiscord, program: Program
) -> None:
    ada = discord.member("Ada")
    async with program.served() as process:
        await ada.slash("start", topic="fruit 1 seed 1")
        question = await discord.message_where(lambda m: "Question 1 of 1" in m.text)
        opened = await ada.press(question, "Answer")
        discord.fail("/messages", times=1000)
        await ada.submit(opened, "The core is sweet and the skin is red.")
        await process.kill()
    discord.troubles.clear()
    # Its worker sends at once; the killed one's connection is thought alive for a while.
    again = program.start()
    await discord.message_where(lambda m: "That was it" in m.text, within=50)
    again.send_signal(signal.SIGTERM)
    assert await again.wait() == 0
    assert sum("100 of 100" in one.text and "Heard" in one.text for one in discord.messages) == 1
