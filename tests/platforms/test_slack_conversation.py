"""A whole sitting in Slack: the real program as a process, real HTTP and a real WebSocket, a fake Slack on loopback."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from interview_bot.platforms.slack.manifest import EVENTS, METHODS, PRACTISE, manifest, scopes
from interview_bot.platforms.slack.manners import BURST
from interview_bot.storage import tables as t
from interview_bot.storage.database import open_database
from tests.fakes.slack import FakeSlack, plain
from tests.faults.indoors import PATIENCE, at_work, street
from tests.platforms.slack_process import Stage, write_bank

GOOD = "The core is sweet and the skin is red."


each_way_once = pytest.mark.parametrize(
    ("transport", "kind"),
    [("http", "sqlite"), ("socket", "postgresql")],
    ids=["http-sqlite", "socket-postgresql"],
)
"""Each transport and each database once: a process takes two seconds to start, and neither knows of the other."""


@pytest.fixture(params=["http", "socket"])
def transport(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
async def stage(transport: str, database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with FakeSlack(scopes=scopes(), events=EVENTS) as slack:
        yield Stage(slack, database_url, write_bank(tmp_path / "bank"), transport)


async def test_a_sitting_from_the_command_to_the_summary(stage: Stage, kind: str) -> None:
    slack = stage.slack
    if (kind, stage.transport) == ("postgresql", "socket"):
        stage.pace = 1.0
    began = time.monotonic()
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
        await ada.command("progress")
        await slack.message_where(lambda m: "Your progress" in plain(m))
        await ada.command("leaderboard")
        await slack.message_where(lambda m: "place 1" in plain(m))
        await ada.command("privacy")
        kept = await slack.message_where(lambda m: "What I keep about you" in plain(m))
        assert "1 interviews with 3 answers" in plain(kept)
        await ada.command("dokcer")
        await slack.message_where(lambda m: "I know no topic" in plain(m))
    assert slack.faults == []
    said = len([one for one in slack.messages if one.channel is ada.dm and one.user_id != ada.id])
    assert time.monotonic() - began >= (said - BURST) / stage.pace, "faster than Slack asks"
    asked = {call.method for call in slack.calls} - {"apps.connections.open"}
    assert asked <= METHODS.keys()


@each_way_once
async def test_the_home_shortcuts_settings_and_suggestions_of_a_manager_who_reads_german(
    stage: Stage,
) -> None:
    slack = stage.slack
    async with stage.served() as served:
        ada = stage.ada(served)
        ada.person.is_admin, ada.person.locale = True, "de-DE"
        await ada.command("admin")
        await slack.message_where(lambda m: "Dieses Team" in plain(m))
        await ada.command("admin")
        await ada.submit(
            await slack.view_where(lambda v: "Team-Einstellungen" in str(v.body)), {"ib:keep": "30"}
        )
        await slack.message_where(lambda m: "nach 30 Tagen gelöscht" in plain(m))

        await ada.shortcut(PRACTISE)
        await ada.submit(await slack.view_where(lambda v: True), {"Thema": "fruit", "Anzahl der Fragen": "1"})
        first = await slack.message_where(lambda m: "Frage 1 von 1" in m.text)
        await ada.open_home()
        home = await slack.wait_for(lambda: ada.home)
        assert "Du bist in einem Interview über fruit" in plain(home)
        await ada.message(GOOD, thread_ts=first.ts)
        await slack.message_where(lambda m: "Das war's" in m.text or "100 von 100" in m.text)
        await ada.open_home()
        await slack.wait_for(lambda: ada.home and "█" in plain(ada.home))

        ben = slack.slacker("ben", ada.transport)
        await ben.command("suggest")
        form = await slack.view_where(lambda v: v.person is ben.person)
        await ben.submit(
            form, {"ib:topic": "stones", "ib:prompt": "What does a peach hide?", "ib:reference": "A stone."}
        )
        await slack.message_where(lambda m: "is in the queue" in m.text and m.channel is ben.dm)
        await ada.command("suggestions")
        queue = await slack.message_where(
            lambda m: "What does a peach hide?" in plain(m) and m.seen_by is ada.person
        )
        await ada.press(queue, "Annehmen")
        await slack.message_where(lambda m: "Your question is accepted" in m.text and m.channel is ben.dm)
        await ben.command("suggestions")
        await slack.message_where(lambda m: "Only people who manage" in plain(m))
    assert slack.faults == []


async def test_what_slack_offers_to_press_beside_its_agents_works_and_an_interview_stays_in_its_thread(
    database_url: str, tmp_path: Path
) -> None:
    offered = manifest(agent=True)["features"]["agent_view"]["suggested_prompts"]
    assert [one["message"] for one in offered] == ["docker", "review", "progress", "help"]
    async with street(database_url, tmp_path) as road, road.home() as home:
        slack, ada = road.slack, road.person("ada", home.url)
        root = (await ada.message("progress")).message
        assert root is not None
        await slack.message_where(lambda m: "Nothing answered yet" in m.text, timeout=PATIENCE)
        for words, awaited in (
            ("fruit 1", "Question 1 of 1"),
            (GOOD, "That was it"),
            ("The core is sweet, I would add.", "There is no open question"),
        ):
            await ada.message(words, thread_ts=root.ts)
            said = await slack.message_where(lambda m, words=awaited: words in m.text, timeout=PATIENCE)
            assert said.thread_ts == root.ts
        assert slack.faults == []


async def test_an_answer_sent_four_times_is_graded_once(database_url: str, tmp_path: Path) -> None:
    async with street(database_url, tmp_path) as road, road.home() as home:
        (ada,) = await at_work(["ada"], home, questions=2)
        await road.answer(ada, "x1y")
        for again in range(1, 4):
            await road.again(ada, "x1y", again)
        slack = road.slack
        await slack.message_where(lambda m: "Question 2 of 2" in m.text, timeout=PATIENCE)
        assert await road.broken() == []
        assert sum("100 of 100" in message.text for message in slack.messages) == 1
        assert slack.faults == []


@each_way_once
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
    await half_a_minute_passes(stage)
    async with stage.served():
        await slack.message_where(lambda m: "Question 2 of 2" in m.text, timeout=50)
    assert sum("100 of 100" in message.text for message in slack.messages) == 1


async def half_a_minute_passes(stage: Stage) -> None:
    """For what the dead had leased: it can be taken over."""
    database = open_database(stage.database_url)
    async with database.connect() as on:
        for table in (t.job, t.outbox):
            leased = update(table).where(table.c.lease_until.is_not(None))
            await on.execute(leased.values(lease_until=datetime.now(UTC) - timedelta(seconds=1)))
    await database.close()
