"""What people do in Slack reaches the bot as Messages, and its replies reach them; over HTTP and Socket Mode."""

from collections.abc import AsyncIterator

import pytest

from interview_bot.chat.messages import Bar, Chart, Reply
from interview_bot.core.errors import DatabaseUnreachable
from interview_bot.core.interview import Who
from interview_bot.platforms.slack.manifest import EVENTS, scopes
from interview_bot.platforms.slack.payloads import (
    Pressed,
    from_command,
    from_event,
    from_press,
    pressed,
    typed,
)
from tests.fakes.slack import FakeSlack, plain
from tests.platforms.slack_room import NOT_SAVED, QUESTION, Room, note, room_over_http, room_over_socket


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack(scopes=scopes(), events=EVENTS) as fake:
        yield fake
        assert fake.faults == []


@pytest.fixture(params=["http", "socket"])
async def room(request: pytest.FixtureRequest, slack: FakeSlack) -> AsyncIterator[Room]:
    way = room_over_http if request.param == "http" else room_over_socket
    async with way(slack) as built:
        yield built


@pytest.fixture
async def http_room(slack: FakeSlack) -> AsyncIterator[Room]:
    async with room_over_http(slack) as built:
        yield built


async def asked(room: Room):
    """The question, as it stands in Ada's direct messages."""
    await room.say(QUESTION)
    return await room.slack.message_where(lambda m: "Question 1" in m.text)


async def test_a_command_is_heard_with_its_words_and_answered_for_the_asker_alone(room: Room) -> None:
    room.part.reply = lambda message: Reply((note("Your interview is open."), QUESTION))
    told = await room.ada.command("docker level 2 <3 & more")
    assert told.status == 200
    team = room.slack.team.id
    assert room.part.last.who == Who(f"slack:{team}", room.ada.id, "ada", "en")
    assert room.part.last.command == "docker level 2 <3 & more"
    assert room.part.last.address == {"platform": "slack", "team": team, "user": room.ada.id}
    [shown] = room.slack.messages
    assert shown.seen_by is room.ada.person
    assert "Your interview is open." in plain(shown)
    assert "What is a container? <b> & `c`" in plain(shown)
    assert "[Answer] [Hint] [Stop]" in plain(shown)


async def test_a_bare_command_asks_for_help(room: Room) -> None:
    await room.ada.command("")
    assert room.part.last.command == "help"


async def test_a_command_without_a_reply_is_acknowledged_in_silence(room: Room) -> None:
    told = await room.ada.command("stop")
    assert told.ok
    assert told.body == ""
    assert room.slack.messages == []


async def test_a_chart_in_an_acknowledgement_is_drawn_with_text(room: Room) -> None:
    card = note("Your progress").model_copy(
        update={"chart": Chart(title="Mean score", bars=(Bar(label="networking", value=0.7),))}
    )
    room.part.reply = lambda message: Reply((card,))
    await room.ada.command("progress")
    [shown] = room.slack.messages
    assert {block["type"] for block in shown.blocks} == {"context", "rich_text"}
    assert "70" in plain(shown)


async def test_a_direct_message_is_an_answer_word_for_word(room: Room) -> None:
    told = await room.ada.message("cgroups & namespaces <- kernel")
    assert told.status == 200
    assert room.part.last.command is None
    assert room.part.last.text == "cgroups & namespaces <- kernel"
    assert room.part.last.address["channel"] == room.ada.dm.id
    assert "thread_ts" not in room.part.last.address


async def test_an_answer_in_the_thread_says_which_thread(room: Room) -> None:
    question = await asked(room)
    await room.ada.message("It shares the kernel.", thread_ts=question.ts)
    assert room.part.last.address["thread_ts"] == question.ts


async def test_what_the_bot_says_edits_and_empty_messages_are_no_answers(room: Room) -> None:
    question = await asked(room)
    await room.ada.echo(question)
    said = await room.ada.message("First.")
    assert said.message is not None
    await room.ada.edit(said.message, "Second.")
    await room.ada.message("   ")
    await room.ada.event({"type": "app_home_opened", "user": room.ada.id, "channel": "D1", "tab": "messages"})
    assert [message.text for message in room.part.heard] == ["First."]
    assert all(delivery.ok for delivery in room.slack.deliveries)


async def test_trouble_with_an_answer_is_whispered_and_not_said_in_the_listener(room: Room) -> None:
    room.part.reply = lambda message: Reply((note("There is no open question."),))
    await room.ada.message("hello")
    [(message, cards)] = room.part.whispered
    assert message.text == "hello"
    assert cards == (note("There is no open question."),)
    assert room.slack.calls_to("chat.postMessage") == []


async def test_a_button_is_the_command_it_stands_for(room: Room) -> None:
    question = await asked(room)
    room.part.reply = lambda message: Reply((note("No more hints."),))
    told = await room.ada.press(question, "Hint")
    assert told.status == 200
    assert (room.part.last.command, room.part.last.turn) == ("hint", "t1")
    assert room.part.last.address["channel"] == room.ada.dm.id
    assert room.part.last.address["thread_ts"] == question.ts
    assert [cards for _, cards in room.part.whispered] == [(note("No more hints."),)]


async def test_the_answer_button_opens_a_form_with_the_question_and_its_text_is_the_answer(
    room: Room,
) -> None:
    question = await asked(room)
    await room.ada.press(question, "Answer")
    modal = await room.slack.view_where(lambda view: True)
    assert room.part.heard == []
    assert "What is a container? <b> & `c`" in plain(modal)
    assert "[Hint]" not in plain(modal)
    told = await room.ada.submit(modal, {"answer": "A process <with> *walls* & `limits`\nand more"})
    assert told.status == 200
    assert not modal.is_open
    assert room.part.last.text == "A process <with> *walls* & `limits`\nand more"
    assert (room.part.last.command, room.part.last.turn) == (None, "t1")


async def test_the_form_of_a_private_reply_opens_without_the_question(room: Room) -> None:
    room.part.reply = lambda message: Reply((QUESTION,))
    await room.ada.command("resume")
    [shown] = room.slack.messages
    await room.ada.press(shown, "Answer")
    modal = await room.slack.view_where(lambda view: True)
    await room.ada.submit(modal, {"answer": "A process with walls."})
    assert (room.part.last.text, room.part.last.turn) == ("A process with walls.", "t1")
    await room.ada.press(shown, "Hint")
    assert "channel" not in room.part.last.address


@pytest.mark.parametrize("trouble", [DatabaseUnreachable("postgresql://db"), RuntimeError("a fault")])
async def test_a_form_that_cannot_be_saved_stays_open_with_its_text(room: Room, trouble: Exception) -> None:
    question = await asked(room)
    await room.ada.press(question, "Answer")
    modal = await room.slack.view_where(lambda view: True)
    room.part.trouble = trouble
    told = await room.ada.submit(modal, {"answer": "A long answer."})
    assert told.status == 200
    assert modal.is_open
    assert modal.errors == {"ib:answer:field": NOT_SAVED}
    room.part.trouble = None
    await room.ada.submit(modal, {"answer": "A long answer."})
    assert not modal.is_open
    first, second = room.part.heard
    assert first == second


async def test_an_answer_that_is_refused_stays_in_the_form_with_the_reason(room: Room) -> None:
    question = await asked(room)
    await room.ada.press(question, "Answer")
    modal = await room.slack.view_where(lambda view: True)
    room.part.reply = lambda message: Reply((note("That is too long."),))
    await room.ada.submit(modal, {"answer": "Very long."})
    assert modal.is_open
    assert list(modal.errors.values()) == ["That is too long."]


async def test_a_command_that_cannot_be_saved_says_so(room: Room) -> None:
    room.part.trouble = DatabaseUnreachable("postgresql://db")
    told = await room.ada.command("docker")
    assert told.status == 200
    [shown] = room.slack.messages
    assert shown.seen_by is room.ada.person
    assert "try again" in plain(shown)


async def test_an_event_or_button_that_cannot_be_saved_is_not_acknowledged(room: Room) -> None:
    question = await asked(room)
    room.slack.ack_within = 0.5
    room.ada.transport.ack_within = 0.5  # pyright: ignore[reportAttributeAccessIssue]
    room.part.trouble = DatabaseUnreachable("postgresql://db")
    assert (await room.ada.message("An answer.")).status in {503, None}
    assert (await room.ada.press(question, "Hint")).status in {503, None}
    room.part.trouble = None
    assert (await room.ada.redeliver()).status == 200


async def test_the_same_thing_delivered_again_has_the_same_key_and_others_have_others(room: Room) -> None:
    question = await asked(room)
    await room.ada.command("docker")
    await room.ada.redeliver()
    await room.ada.message("An answer.")
    await room.ada.redeliver()
    await room.ada.press(question, "Hint")
    await room.ada.redeliver()
    await room.ada.press(question, "Hint")
    await room.ada.redeliver()
    await room.ada.press(question, "Answer")
    modal = await room.slack.view_where(lambda view: True)
    await room.ada.submit(modal, {"answer": "An answer."})
    await room.ada.redeliver()
    keys = [message.delivery for message in room.part.heard]
    assert keys[::2] == keys[1::2]
    assert len(set(keys)) == len(keys) // 2 == 5
    assert all(key.startswith("slack:") for key in keys)


async def test_a_form_that_cannot_be_opened_is_told_to_the_presser(room: Room) -> None:
    question = await asked(room)
    room.slack.fail("views.open", error="internal_error")
    told = await room.ada.press(question, "Answer")
    assert told.status == 200
    [(message, (card,))] = room.part.whispered
    assert message.address["channel"] == room.ada.dm.id
    assert "could not be opened" in card.lines[0].blanks["text"]


async def test_a_slow_slack_does_not_cost_the_acknowledgement_of_a_button(http_room: Room) -> None:
    question = await asked(http_room)
    http_room.slack.fail("views.open", delay=2.6)
    told = await http_room.ada.press(question, "Answer")
    assert told.status == 200
    assert len(http_room.part.whispered) == 1


async def test_nothing_but_the_form_is_called_while_slack_waits(room: Room) -> None:
    room.part.reply = lambda message: Reply((QUESTION,))
    question = await asked(room)
    before = len(room.slack.calls)
    await room.ada.command("docker")
    await room.ada.message("An answer.")
    await room.ada.press(question, "Stop")
    assert [call.method for call in room.slack.calls[before:]] == []
    await room.ada.press(question, "Answer")
    assert [call.method for call in room.slack.calls[before:]] == ["views.open"]


async def test_a_button_of_somebody_else_is_left_alone() -> None:
    assert pressed({"actions": [{"action_id": "ib:0", "value": "no json"}]}) is None
    assert pressed({"actions": [{"action_id": "ib:0", "value": "[]"}]}) is None
    assert pressed({"actions": [{"action_id": "ib:0"}]}) is None


def test_what_slack_made_of_the_words_is_taken_back() -> None:
    assert typed("see <https://a.b/c?d=1&amp;e|a.b/c> and <https://x.y>") == "see a.b/c and https://x.y"
    assert typed("<@U1> <@U1|ada> <#C1|general> <!here> <!subteam^S1|@sre>") == "@U1 @ada #general @here @sre"
    assert typed("a &lt;b&gt; &amp;amp; <mailto:a@b.c|a@b.c>") == "a <b> &amp; a@b.c"
    assert typed("a < b and c > d") == "a < b and c > d"


def test_people_of_another_workspace_belong_to_their_own() -> None:
    event = {"type": "message", "channel_type": "im", "user": "U9", "user_team": "T9", "text": "x"}
    heard = from_event({"team_id": "T1", "event": event | {"channel": "D1", "ts": "1.2"}})
    assert heard is not None
    assert (heard.who.team, heard.delivery) == ("slack:T9", "slack:D1:1.2")
    body = {"team": {"id": "T1"}, "user": {"id": "U9", "team_id": "T9"}, "trigger_id": "x"}
    body |= {"actions": [{"value": '{"command":"hint","turn":null}', "action_ts": "7"}]}
    button = pressed(body)
    assert button is not None
    assert from_press(body, button).who == Who("slack:T9", "U9")


def test_a_private_reply_in_somebody_elses_conversation_does_not_name_it_either() -> None:
    place = {"channel_id": "D9", "message_ts": "1.2"}
    body = {"user": {"id": "U1", "team_id": "T1"}, "trigger_id": "x", "actions": [{"action_ts": "7"}]}
    button = Pressed("hint", "t1", asks=False)
    ours = from_press(body | {"container": place | {"is_ephemeral": False}}, button)
    assert (ours.address["channel"], ours.address["thread_ts"]) == ("D9", "1.2")
    private = from_press(body | {"container": place | {"is_ephemeral": True}}, button)
    assert private.address == {"platform": "slack", "team": "T1", "user": "U1"}


def test_a_command_in_somebody_elses_conversation_does_not_name_it_as_the_place() -> None:
    body = {"team_id": "T1", "user_id": "U1", "trigger_id": "x", "channel_id": "D9", "text": " docker \n"}
    heard = from_command(body)
    assert "channel" not in heard.address
    assert heard.command == "docker"
