"""What stands in the outbox is said once, in the right thread, edited in place, and repeated only when Slack asks for it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from interview_bot.chat.messages import Bar, Card, Chart
from interview_bot.core.ports import SendLater, SendNever
from interview_bot.platforms.slack.clients import Clients
from interview_bot.platforms.slack.install.tokens import OneToken, Token
from interview_bot.platforms.slack.manifest import scopes
from interview_bot.platforms.slack.manners import Manners
from interview_bot.platforms.slack.voice import SlackVoice, backoff
from tests.fakes.slack import FakeSlack, Slacker, plain
from tests.platforms.slack_room import QUESTION, new_voice, note, outgoing

CHART = Card(lines=(), chart=Chart(title="Score by topic", bars=(Bar(label="networking", value=0.7),)))


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack(scopes=scopes()) as fake:
        yield fake


@pytest.fixture
def voice(slack: FakeSlack) -> SlackVoice:
    return new_voice(slack)


@pytest.fixture
def ada(slack: FakeSlack) -> Slacker:
    return slack.slacker("ada", slack.over_socket())


async def test_the_first_message_of_a_lane_opens_a_thread_and_the_next_go_into_it(
    slack: FakeSlack, voice: SlackVoice, ada: Slacker
) -> None:
    first = await voice.say(outgoing(ada, QUESTION, 1))
    assert first.address == {
        "platform": "slack",
        "team": slack.team.id,
        "user": ada.id,
        "channel": ada.dm.id,
        "thread_ts": first.sent_as,
    }
    second = await voice.say(outgoing(ada, note("Hint."), 2, to=first.address))
    assert second.address == first.address
    [root, reply] = slack.messages
    assert (root.ts, root.thread_ts) == (first.sent_as, None)
    assert (reply.ts, reply.thread_ts) == (second.sent_as, first.sent_as)
    assert [call.method for call in slack.calls] == [
        "conversations.open",
        "chat.postMessage",
        "chat.postMessage",
    ]
    assert slack.faults == []


async def test_a_message_carries_its_number_in_the_outbox_and_unfurls_nothing(
    slack: FakeSlack, voice: SlackVoice, ada: Slacker
) -> None:
    await voice.say(outgoing(ada, QUESTION, 17))
    [call] = slack.calls_to("chat.postMessage")
    assert call.args["metadata"] == {"event_type": "interview_bot", "event_payload": {"outbox_id": 17}}
    assert (call.args["unfurl_links"], call.args["unfurl_media"]) == (False, False)
    assert "Question 1 of 3" in call.args["text"]


async def test_what_was_sent_is_edited_in_place(slack: FakeSlack, voice: SlackVoice, ada: Slacker) -> None:
    first = await voice.say(outgoing(ada, note("Reading your answer …")))
    edited = await voice.say(outgoing(ada, note("70 of 100"), 1, first.sent_as, to=first.address))
    assert edited == first
    [message] = slack.messages
    assert plain(message) == "70 of 100"
    assert message.versions


async def test_what_was_deleted_meanwhile_is_said_anew(
    slack: FakeSlack, voice: SlackVoice, ada: Slacker
) -> None:
    root = await voice.say(outgoing(ada, QUESTION))
    first = await voice.say(outgoing(ada, note("Reading …"), 2, to=root.address))
    slack.messages[-1].deleted = True
    again = await voice.say(outgoing(ada, note("70 of 100"), 2, first.sent_as, to=root.address))
    assert again.sent_as != first.sent_as
    assert again.address == root.address
    assert slack.messages[-1].thread_ts == root.sent_as


async def test_a_thread_whose_beginning_is_gone_goes_on_in_a_new_one(
    slack: FakeSlack, voice: SlackVoice, ada: Slacker
) -> None:
    root = await voice.say(outgoing(ada, QUESTION))
    slack.fail("chat.postMessage", error="thread_not_found")
    again = await voice.say(outgoing(ada, note("Hint."), 2, to=root.address))
    assert again.address["thread_ts"] == again.sent_as != root.sent_as


async def test_a_chart_that_slack_refuses_is_drawn_with_text(
    slack: FakeSlack, voice: SlackVoice, ada: Slacker
) -> None:
    slack.fail("chat.postMessage", error="invalid_blocks")
    await voice.say(outgoing(ada, CHART))
    [message] = slack.messages
    assert {block["type"] for block in message.blocks} == {"rich_text"}
    assert "70" in plain(message)


async def test_a_card_without_a_chart_that_slack_refuses_is_buried(
    slack: FakeSlack, voice: SlackVoice, ada: Slacker
) -> None:
    slack.fail("chat.postMessage", error="invalid_blocks", times=9)
    with pytest.raises(SendNever, match="invalid_blocks"):
        await voice.say(outgoing(ada, QUESTION))
    with pytest.raises(SendNever, match="invalid_blocks"):
        await voice.say(outgoing(ada, CHART))
    assert len(slack.calls_to("chat.postMessage")) == 3


@pytest.mark.parametrize(
    ("headers", "seconds"), [({"Retry-After": "17"}, 17), ({}, 30), ({"Retry-After": "soon"}, 30)]
)
async def test_slack_is_obeyed_when_it_says_wait(
    slack: FakeSlack, voice: SlackVoice, ada: Slacker, headers: dict[str, str], seconds: float
) -> None:
    slack.fail("chat.postMessage", status=429, headers=headers)
    with pytest.raises(SendLater) as later:
        await voice.say(outgoing(ada, QUESTION))
    assert later.value.seconds == seconds
    assert len(slack.calls_to("chat.postMessage")) == 1
    assert slack.messages == []


@pytest.mark.parametrize(
    ("status", "error"),
    [(500, ""), (503, ""), (200, "fatal_error"), (200, "internal_error"), (200, "some_new_word")],
)
async def test_trouble_at_slack_is_waited_out(
    slack: FakeSlack, voice: SlackVoice, ada: Slacker, status: int, error: str
) -> None:
    slack.fail("chat.postMessage", status=status, error=error)
    with pytest.raises(SendLater) as later:
        await voice.say(outgoing(ada, QUESTION, attempts=3))
    assert later.value.seconds == 8
    assert (await voice.say(outgoing(ada, QUESTION))).sent_as


@pytest.mark.parametrize("trouble", [{"drop_reply": True}, {"error": "fatal_error", "works": True}])
async def test_a_message_whose_reply_was_lost_is_found_by_its_number_and_not_said_twice(
    slack: FakeSlack, voice: SlackVoice, ada: Slacker, trouble: dict[str, Any]
) -> None:
    slack.fail("chat.postMessage", **trouble)
    with pytest.raises(SendLater):
        await voice.say(outgoing(ada, QUESTION, 7))
    root = await voice.say(outgoing(ada, QUESTION, 7, attempts=2))
    [first] = slack.messages
    assert (root.sent_as, root.address["thread_ts"]) == (first.ts, first.ts)
    for number in range(20):
        await new_voice(slack).say(outgoing(ada, note(f"{number}"), 100 + number, to=root.address))
    slack.fail("chat.postMessage", **trouble)
    fresh = new_voice(slack)
    with pytest.raises(SendLater):
        await fresh.say(outgoing(ada, note("late"), 8, to=root.address))
    await fresh.say(outgoing(ada, note("late"), 8, to=root.address, attempts=2))
    assert sum(plain(one) == "late" for one in slack.messages) == 1
    assert slack.faults == []


async def test_a_message_that_did_not_arrive_is_said_by_the_second_try(
    slack: FakeSlack, voice: SlackVoice, ada: Slacker
) -> None:
    slack.fail("chat.postMessage", status=503)
    with pytest.raises(SendLater):
        await voice.say(outgoing(ada, QUESTION, 7))
    await voice.say(outgoing(ada, QUESTION, 7, attempts=2))
    assert len(slack.messages) == 1


async def test_a_channel_hears_a_message_a_second_after_a_few_at_once(slack: FakeSlack, ada: Slacker) -> None:
    time = [100.0]
    voice = SlackVoice(Clients(OneToken(slack.bot_token), slack.api_url), Manners(lambda: time[0]))
    first = await voice.say(outgoing(ada, note("0"), 1))
    for number in range(1, 3):
        await voice.say(outgoing(ada, note(str(number)), 1 + number, to=first.address))
    with pytest.raises(SendLater) as later:
        await voice.say(outgoing(ada, note("3"), 4, to=first.address))
    assert (later.value.seconds, later.value.tried) == (1, False)
    ben = slack.slacker("ben", slack.over_socket())
    await voice.say(outgoing(ben, note("0"), 9))
    await voice.say(outgoing(ada, note("edited"), 1, first.sent_as, to=first.address))
    time[0] += 1
    await voice.say(outgoing(ada, note("3"), 4, to=first.address))


async def test_a_method_that_slack_wants_to_rest_rests_in_that_team_alone(
    slack: FakeSlack, ada: Slacker
) -> None:
    time = [100.0]
    other = slack.add_team("globex")
    both = Both({slack.team.id: slack.bot_token, other.id: other.bot_token})
    voice = SlackVoice(Clients(both, slack.api_url), Manners(lambda: time[0]))
    first = await voice.say(outgoing(ada, QUESTION))
    slack.fail("chat.postMessage", status=429, headers={"Retry-After": "20"})
    for _ in range(3):
        with pytest.raises(SendLater) as later:
            await voice.say(outgoing(ada, QUESTION, 2, to=first.address))
        assert (later.value.seconds, later.value.tried) == (20, False)
    assert len(slack.calls_to("chat.postMessage")) == 2
    await voice.say(outgoing(ada, note("edits go on"), 1, first.sent_as, to=first.address))
    await voice.say(outgoing(slack.slacker("ben", slack.over_socket(), team=other), QUESTION, 3))
    time[0] += 20
    await voice.say(outgoing(ada, QUESTION, 2, to=first.address))


async def test_a_status_stands_below_the_conversation_until_the_result_of_an_answer_is_there(
    slack: FakeSlack, voice: SlackVoice, ada: Slacker
) -> None:
    first = await voice.say(outgoing(ada, QUESTION))
    reading = note("Reading your answer …").model_copy(update={"waits": True})
    slack.fail("assistant.threads.setStatus", error="not_allowed")
    await voice.say(outgoing(ada, reading, 2, to=first.address))
    read = await voice.say(outgoing(ada, reading, 3, to=first.address))
    assert slack.space.statuses == {(ada.dm.id, first.sent_as): "Reading your answer …"}
    await voice.say(outgoing(ada, note("another's edit"), 1, first.sent_as, to=first.address))
    assert slack.space.statuses != {}
    await voice.say(outgoing(ada, note("75 of 100"), 3, read.sent_as, to=first.address))
    assert slack.space.statuses == {}
    await voice.say(outgoing(ada, note("80 of 100"), 3, read.sent_as, to=first.address))
    assert len(slack.calls_to("assistant.threads.setStatus")) == 3


class Both:
    """Tokens of two teams."""

    def __init__(self, tokens: dict[str, str]) -> None:
        self.tokens = tokens

    async def of(self, enterprise: str | None, team: str | None) -> Token | None:
        return Token(self.tokens[team or ""])


async def test_a_lost_reply_is_one_call_and_the_outbox_decides(
    slack: FakeSlack, voice: SlackVoice, ada: Slacker
) -> None:
    slack.fail("chat.postMessage", drop_reply=True)
    with pytest.raises(SendLater):
        await voice.say(outgoing(ada, QUESTION))
    assert len(slack.messages) == 1
    assert len(slack.calls_to("chat.postMessage")) == 1


async def test_a_slack_that_cannot_be_reached_is_waited_for(ada: Slacker) -> None:
    clients = Clients(OneToken("xoxb-1"), "http://127.0.0.1:9/api/")
    with pytest.raises(SendLater):
        await SlackVoice(clients).say(outgoing(ada, QUESTION))


async def test_a_slack_that_does_not_answer_is_not_waited_for_for_ever(
    slack: FakeSlack, ada: Slacker
) -> None:
    slack.fail("conversations.open", delay=2)
    clients = Clients(OneToken(slack.bot_token), slack.api_url, timeout=1)
    with pytest.raises(SendLater):
        await SlackVoice(clients).say(outgoing(ada, QUESTION))


@pytest.mark.parametrize(
    "error",
    [
        "channel_not_found",
        "is_archived",
        "not_in_channel",
    ],
)
async def test_what_can_never_be_sent_is_not_tried_again(
    slack: FakeSlack, voice: SlackVoice, ada: Slacker, error: str
) -> None:
    slack.fail("*", error=error)
    with pytest.raises(SendNever, match=error):
        await voice.say(outgoing(ada, QUESTION))


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive", "invalid_auth"])
async def test_a_dead_token_is_shown_once_an_hour_and_what_is_to_be_said_waits(
    slack: FakeSlack, ada: Slacker, error: str
) -> None:
    time = [100.0]
    voice = SlackVoice(Clients(OneToken(slack.bot_token), slack.api_url), Manners(lambda: time[0]))
    slack.fail("*", error=error)
    for number in (1, 2):
        with pytest.raises(SendLater) as later:
            await voice.say(outgoing(ada, QUESTION, number))
        assert (later.value.seconds, later.value.tried) == (3600, True)
    assert len(slack.calls) == 1
    time[0] += 3600
    await voice.say(outgoing(ada, QUESTION, 1))


async def test_the_voice_calls_only_what_the_table_names(
    slack: FakeSlack, voice: SlackVoice, ada: Slacker
) -> None:
    first = await voice.say(outgoing(ada, QUESTION))
    await voice.say(outgoing(ada, note("x"), 1, first.sent_as, to=first.address))
    assert {call.method for call in slack.calls} == {
        "conversations.open",
        "chat.postMessage",
        "chat.update",
    }
    assert slack.faults == []


def test_waiting_doubles_and_stays_below_a_minute() -> None:
    assert [backoff(attempts) for attempts in (0, 1, 2, 5, 6, 60)] == [1, 2, 4, 32, 60, 60]


async def test_connections_are_kept_where_they_are_opened_for_it(slack: FakeSlack, ada: Slacker) -> None:
    clients = Clients(OneToken(slack.bot_token), slack.api_url)
    await clients.open()
    voice = SlackVoice(clients)
    for number in range(3):
        await voice.say(outgoing(ada, note(f"{number}"), 1 + number))
    await clients.close()
    assert len({call.port for call in slack.calls}) == 1
