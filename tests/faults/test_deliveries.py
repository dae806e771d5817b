"""What Slack delivers twice, at once, too early or changed afterwards happens once, and as it was said first."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from interview_bot.storage import tables as t
from tests.faults.indoors import GOOD, PATIENCE, Street, street

CARD = "100 of 100"


@pytest.fixture
async def road(database_url: str, tmp_path: Path) -> AsyncIterator[Street]:
    async with street(database_url, tmp_path) as made:
        yield made


async def counted_once(road: Street) -> None:
    """One answer, one grade, one card; and every promise holds."""
    await road.slack.message_where(lambda m: "Question 2" in m.text, timeout=PATIENCE)
    assert await road.broken() == []
    assert (await road.rows(t.answer), await road.rows(t.assessment)) == (1, 1)
    assert sum(CARD in message.text for message in road.slack.messages) == 1
    assert road.slack.faults == []


async def test_an_event_that_is_delivered_four_times_counts_once_and_is_acknowledged_each_time(
    road: Street,
) -> None:
    async with road.home() as home:
        ada = await road.asked(road.person("ada", home.url), questions=2)
        told = [await road.answer(ada, "x1y")]
        told += [await road.again(ada, "x1y", number) for number in (1, 2, 3)]
        assert [one.status for one in told] == [200] * 4
        await counted_once(road)


async def test_an_event_that_reaches_two_processes_at_once_counts_once(road: Street) -> None:
    async with road.home() as home, road.home() as other:
        ada = await road.asked(road.person("ada", home.url), questions=2)
        event = await ada.message("")  # makes a delivery to repeat; an empty message is no answer
        event.sent.payload["event"] |= {"text": GOOD.format("x1y")}
        event.sent.payload["event_id"] = "Ev-at-once"
        ways = [road.slack.over_http(one.url) for one in (home, other, home, other)]
        told = await asyncio.gather(*(way.deliver(event.sent) for way in ways))
        assert [road.told(ada, "x1y", one).status for one in told] == [200] * 4
        await counted_once(road)


async def test_a_form_that_is_submitted_twice_counts_once_and_closes(road: Street) -> None:
    async with road.home() as home:
        ada = await road.asked(road.person("ada", home.url), questions=2)
        [question] = [m for m in road.slack.messages if "Question 1" in m.text]
        await ada.press(question, "Answer")
        form = await road.slack.view_where(lambda v: True, timeout=PATIENCE)
        first = road.told(ada, "x1y", await ada.submit(form, {"answer": GOOD.format("x1y")}))
        second = await ada.redeliver()
        assert (first.status, second.status) == (200, 200)
        assert second.payload is None
        assert not form.is_open
        await counted_once(road)


async def test_a_hint_that_is_pressed_twice_on_two_processes_is_given_and_paid_once(road: Street) -> None:
    async with road.home() as home, road.home() as other:
        ada = await road.asked(road.person("ada", home.url))
        [question] = [m for m in road.slack.messages if "Question 1" in m.text]
        first = asyncio.create_task(ada.press(question, "Hint"))
        ada.transport = road.slack.over_http(other.url)
        second = asyncio.create_task(ada.press(question, "Hint"))
        assert [(await one).status for one in (first, second)] == [200, 200]
        await road.slack.message_where(lambda m: "Hint 1 of 2" in m.text, timeout=PATIENCE)
        assert await road.broken() == []
        assert await hints(road) == [1]
        assert not any("Hint 2 of 2" in message.text for message in road.slack.messages)
        async with road.database.connect() as on:  # a while passes
            await on.execute(t.delivery.delete().where(t.delivery.c.key.startswith("hint:")))
        await ada.press(question, "Hint")
        await road.slack.message_where(lambda m: "Hint 2 of 2" in m.text, timeout=PATIENCE)
        assert await hints(road) == [2]


async def test_a_skip_that_is_pressed_twice_on_two_processes_skips_one_question(road: Street) -> None:
    async with road.home() as home, road.home() as other:
        ada = await road.asked(road.person("ada", home.url), questions=3)
        [question] = [m for m in road.slack.messages if "Question 1" in m.text]
        first = asyncio.create_task(ada.press(question, "Skip"))
        ada.transport = road.slack.over_http(other.url)
        second = asyncio.create_task(ada.press(question, "Skip"))
        assert [(await one).status for one in (first, second)] == [200, 200]
        await road.slack.message_where(lambda m: "That question is over" in m.text, timeout=PATIENCE)
        await road.slack.message_where(lambda m: "Question 2" in m.text, timeout=PATIENCE)
        assert await road.broken() == []
        assert await road.rows(t.turn) == 2


async def test_an_answer_before_any_question_is_told_so_and_belongs_to_no_interview(road: Street) -> None:
    async with road.home() as home:
        ada = road.person("ada", home.url)
        assert (await ada.message(GOOD.format("x1y"))).status == 200
        await road.slack.message_where(lambda m: "There is no open question" in m.text, timeout=PATIENCE)
        await road.asked(ada)
        assert await road.broken() == []
        assert await road.rows(t.answer) == 0


async def test_a_message_that_is_edited_or_deleted_after_its_grade_changes_nothing(road: Street) -> None:
    async with road.home() as home:
        ada = await road.asked(road.person("ada", home.url), questions=2)
        told = await road.answer(ada, "x1y")
        await road.slack.message_where(lambda m: "Question 2" in m.text, timeout=PATIENCE)
        assert told.message
        assert (await ada.edit(told.message, "They have a stone.")).status == 200
        gone = {"type": "message", "subtype": "message_deleted", "channel": ada.dm.id, "channel_type": "im"}
        gone |= {
            "ts": "1.1",
            "deleted_ts": told.message.ts,
            "hidden": True,
            "previous_message": told.message.json(),
        }
        assert (await ada.event(gone)).status == 200
        await counted_once(road)
        async with road.database.connect() as on:
            assert (await on.execute(select(t.answer.c.text))).scalars().all() == [GOOD.format("x1y")]


async def hints(road: Street) -> list[int]:
    """How many hints were paid for, by turn."""
    async with road.database.connect() as on:
        return list((await on.execute(select(t.turn.c.hints))).scalars())
