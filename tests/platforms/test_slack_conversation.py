"""A whole sitting in Slack: the real program as a process, real HTTP and a real WebSocket, a fake Slack on loopback."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from interview_bot.platforms.slack.manifest import EVENTS, METHODS, manifest, scopes
from tests.databases import migrated
from tests.fakes.slack import FakeSlack, plain
from tests.platforms.slack_process import Stage, write_bank

GOOD = "The core is sweet and the skin is red."


@pytest.fixture(params=["http", "socket"])
def transport(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
async def stage(transport: str, empty_database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    await (await migrated(empty_database_url)).close()
    async with FakeSlack(scopes=scopes(), events=EVENTS) as slack:
        yield Stage(slack, empty_database_url, write_bank(tmp_path / "bank"), transport)


async def test_a_sitting_from_the_command_to_the_summary(stage: Stage) -> None:
    slack = stage.slack
    async with stage.served() as served:
        ada = stage.ada(served)
        told = await ada.command("fruit 3 seed 1")
        assert told.status == 200
        first = await slack.message_where(lambda m: "Question 1 of 3" in m.text)
        assert first.channel is ada.dm

        await ada.message(GOOD, thread_ts=first.ts)
        card = await slack.message_where(lambda m: "100 of 100" in m.text)
        assert card.thread_ts == first.ts
        assert "Heard: The core is sweet." in plain(card)

        second = await slack.message_where(lambda m: "Question 2 of 3" in m.text)
        await ada.press(second, "Hint")
        await slack.message_where(lambda m: "Hint 1 of 2" in m.text)
        await ada.press(second, "Answer")
        modal = await slack.view_where(lambda v: True)
        assert "Question 2 of 3" in plain(modal)
        await ada.submit(modal, {"answer": "It has a stone. Its skin is red."})
        follow_up = await slack.message_where(lambda m: "One follow-up" in m.text)
        await ada.press(follow_up, "Answer")
        await ada.submit(await slack.view_where(lambda v: True), {"answer": "A sweet core."})
        await slack.message_where(lambda m: "with the follow-up" in m.text)

        third = await slack.message_where(lambda m: "Question 3 of 3" in m.text)
        await ada.press(third, "Skip")
        summary = await slack.message_where(lambda m: "That was it" in m.text)
        assert "Most worth learning" in plain(summary)

        await ada.press(third, "Hint")
        await slack.message_where(lambda m: "no open question" in m.text)
        await ada.command("leaderboard")
        await slack.message_where(lambda m: "place 1" in plain(m))
        await ada.command("dokcer")
        await slack.message_where(lambda m: "I know no topic" in plain(m))
    assert slack.faults == []
    asked = {call.method for call in slack.calls} - {"apps.connections.open"}
    assert asked <= METHODS.keys()


async def test_an_answer_sent_four_times_is_graded_once(stage: Stage) -> None:
    slack = stage.slack
    async with stage.served() as served:
        ada = stage.ada(served)
        await ada.command("fruit 2 seed 1")
        first = await slack.message_where(lambda m: "Question 1 of 2" in m.text)
        await ada.message(GOOD, thread_ts=first.ts)
        for again in range(1, 4):
            await ada.redeliver(again)
        await slack.message_where(lambda m: "Question 2 of 2" in m.text)
    assert sum("100 of 100" in message.text for message in slack.messages) == 1
    assert slack.faults == []


async def test_a_bot_killed_after_it_took_an_answer_sends_the_card_once_when_it_is_back(stage: Stage) -> None:
    slack = stage.slack
    async with stage.served() as served:
        ada = stage.ada(served)
        await ada.command("fruit 2 seed 1")
        first = await slack.message_where(lambda m: "Question 1 of 2" in m.text)
        slack.fail("chat.postMessage", times=1000, status=503)
        told = await ada.message(GOOD, thread_ts=first.ts)
        assert told.status == 200
        await served.kill()
    slack._troubles.clear()
    async with stage.served():
        await slack.message_where(lambda m: "Question 2 of 2" in m.text, timeout=50)
    assert sum("100 of 100" in message.text for message in slack.messages) == 1


def test_the_manifest_asks_for_what_is_used_and_no_more() -> None:
    told = manifest()
    assert told["oauth_config"]["scopes"]["bot"] == ["chat:write", "commands", "im:history", "im:write"]
    assert told["settings"]["event_subscriptions"]["bot_events"] == ["message.im"]
    assert told["settings"]["socket_mode_enabled"]
    over_http = manifest("https://bot.example/slack/events")
    assert not over_http["settings"]["socket_mode_enabled"]
    assert over_http["features"]["slash_commands"][0]["url"] == "https://bot.example/slack/events"
