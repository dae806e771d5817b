"""Buttons that are still there when what they stand for is over, and the exact words that are said then."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from interview_bot.chat.messages import Card
from interview_bot.core.ports import Outgoing
from interview_bot.platforms.slack.clients import Clients
from interview_bot.platforms.slack.install.tokens import OneToken
from interview_bot.platforms.slack.voice import SlackVoice
from interview_bot.storage import tables as t
from tests.fakes.slack import Message, Slacker
from tests.faults.indoors import GOOD, PATIENCE, Street, at_work, street

OVER = "That question is over; go on with the newest one."
NOTHING_OPEN = "There is no open question. Start an interview with a topic, for example docker."


@pytest.fixture
async def road(database_url: str, tmp_path: Path) -> AsyncIterator[Street]:
    async with street(database_url, tmp_path) as made:
        yield made
        assert made.slack.faults == []


async def card(road: Street, person: Slacker, words: str, at_least: int = 1) -> Message:
    """The newest message with these words that the bot sent to a person, once there are so many."""

    def found() -> list[Message]:
        return [m for m in road.slack.messages if m.channel is person.dm and words in m.text]

    enough = await road.slack.wait_for(
        lambda: found() if len(found()) >= at_least else None, timeout=PATIENCE
    )
    return enough[-1]


async def test_the_buttons_of_a_question_that_is_over_say_so_and_leave_the_open_one_alone(
    road: Street,
) -> None:
    async with road.home() as home:
        (ada,) = await at_work(["ada"], home, questions=2)
        first = await card(road, ada, "Question 1 of 2")
        await ada.press(first, "Skip")
        second = await card(road, ada, "Question 2 of 2")
        for number, label in enumerate(("Hint", "Skip", "Stop"), start=1):
            assert (await ada.press(first, label)).ok
            told = await card(road, ada, OVER, number)
            assert (told.text, told.thread_ts) == (OVER, first.ts), "said where it was pressed"
        await ada.press(second, "Hint")
        await card(road, ada, "Hint 1 of 2")


async def test_the_form_of_a_question_that_is_over_keeps_its_text_and_says_why(road: Street) -> None:
    async with road.home() as home:
        (ada,) = await at_work(["ada"], home, questions=2)
        first = await card(road, ada, "Question 1 of 2")
        await ada.press(first, "Answer")
        form = await road.slack.view_where(lambda view: True)
        await ada.press(first, "Skip")
        await card(road, ada, "Question 2 of 2")
        told = await ada.submit(form, {"answer": "It has a sweet core."})
        assert told.payload == {"response_action": "errors", "errors": {"ib:answer:field": OVER}}
        assert form.is_open
        assert await road.rows(t.answer) == 0


async def test_the_buttons_of_a_finished_sitting_say_how_to_start_another(road: Street) -> None:
    async with road.home() as home:
        (ada,) = await at_work(["ada"], home)
        first = await card(road, ada, "Question 1 of 1")
        await ada.press(first, "Stop")
        await card(road, ada, "Stopped")
        for number, label in enumerate(("Hint", "Skip", "Stop"), start=1):
            assert (await ada.press(first, label)).ok
            assert (await card(road, ada, "no open question", number)).text == NOTHING_OPEN
        await ada.press(first, "Answer")
        form = await road.slack.view_where(lambda view: True)
        told = await ada.submit(form, {"answer": "It has a sweet core."})
        assert told.payload == {"response_action": "errors", "errors": {"ib:answer:field": NOTHING_OPEN}}


async def test_buttons_and_forms_from_before_a_restart_still_work(road: Street) -> None:
    async with road.home() as home:
        (ada,) = await at_work(["ada"], home)
        first = await card(road, ada, "Question 1 of 1")
        await ada.press(first, "Answer")
        form = await road.slack.view_where(lambda view: True)
    async with road.home() as another:
        ada.transport = road.slack.over_http(another.url)
        await ada.press(first, "Hint")
        await card(road, ada, "Hint 1 of 2")
        await ada.submit(form, {"answer": GOOD.format("x1y")})
        assert not form.is_open
        await card(road, ada, "of 100")


async def test_the_button_of_another_person_does_nothing_to_their_question(road: Street) -> None:
    async with road.home() as home:
        (ada,) = await at_work(["ada"], home, questions=2)
        shared = await in_public(road, ada)
        ben = road.person("ben", home.url)
        for number, label in enumerate(("Hint", "Skip", "Stop"), start=1):
            assert (await ben.press(shared, label)).ok
            assert (await card(road, ben, "no open question", number)).text == NOTHING_OPEN
        await road.asked(ben, 2)
        await ben.press(shared, "Skip")
        assert (await card(road, ben, OVER)).text == OVER
        await ben.press(shared, "Answer")
        form = await road.slack.view_where(lambda view: view.person is ben.person)
        told = await ben.submit(form, {"answer": "It has a sweet core."})
        assert told.payload == {"response_action": "errors", "errors": {"ib:answer:field": OVER}}
        assert await road.rows(t.answer) == 0
        await ada.press(shared, "Hint")
        await card(road, ada, "Hint 1 of 2")


async def in_public(road: Street, person: Slacker) -> Message:
    """Somebody's question, with its buttons, where everybody can press them."""
    channel = road.slack.add_channel("open")
    async with road.database.connect() as on:
        kept = await on.scalar(select(t.outbox.c.card).where(t.outbox.c.slot.like("%turn:1:%")))
    where = {"platform": "slack", "team": person.person.team.id, "user": person.id, "channel": channel.id}
    said = Card.model_validate(kept).model_dump(mode="json")
    voice = SlackVoice(Clients(OneToken(road.slack.bot_token), road.slack.api_url))
    await voice.say(Outgoing(999, f"slack:{person.person.team.id}", "lane", where, said, 1, None, 1, 1))
    return road.slack.messages[-1]
