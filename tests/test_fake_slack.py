"""The Slack fake, proved against a real Bolt app over both transports, and against seeded faults."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.fakes.slack import FakeSlack, NotDelivered, Slacker, plain

Json = dict[str, Any]
BOT_SCOPES = {"chat:write", "commands", "im:history", "im:write", "users:read"}


def words(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str, **more: object) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(text: str, action_id: str, **more: object) -> Json:
    return {"type": "button", "text": words(text), "action_id": action_id, **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def entry(element: Json, **more: object) -> Json:
    return {"type": "input", "label": words("Your answer"), "element": element, **more}


def modal(*blocks: Json, **more: object) -> Json:
    shown = {"type": "modal", "title": words("Answer"), "submit": words("Send"), "blocks": list(blocks)}
    return shown | more


ANSWER_FORM = modal(
    entry({"type": "plain_text_input", "action_id": "text", "max_length": 200}, block_id="answer"),
    callback_id="answer_form",
)


def echo_bot(slack: FakeSlack) -> AsyncApp:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    app = AsyncApp(client=client, signing_secret=slack.signing_secret)

    @app.command("/mock-interview")
    async def start(ack, command, client):
        await ack(f"Looking for {command['text']}")
        blocks = [section("What is an image?"), actions(button("Answer", "answer"), button("Skip", "skip"))]
        await client.chat_postMessage(channel=command["user_id"], text="What is an image?", blocks=blocks)

    @app.action("answer")
    async def ask(ack, body, client):
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=ANSWER_FORM)

    @app.action("skip")
    async def skip(ack, body, client, respond):
        await ack()
        place = body["container"]
        await client.chat_update(channel=place["channel_id"], ts=place["message_ts"], text="Skipped")
        await respond("Fine")

    @app.view("answer_form")
    async def answered(ack, body, view, client):
        text = view["state"]["values"]["answer"]["text"]["value"]
        if len(text) < 5:
            await ack(response_action="errors", errors={"answer": "Say more"})
            return
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text=f"Read: {text}")

    @app.event("message")
    async def said(event, say):
        await say(text=f"You said {event['text']}", thread_ts=event.get("thread_ts"))

    @app.event("app_home_opened")
    async def home(event, client):
        view = {"type": "home", "blocks": [section(f"Home of <@{event['user']}>")]}
        await client.views_publish(user_id=event["user"], view=view)

    return app


@asynccontextmanager
async def served(app: AsyncApp) -> AsyncGenerator[str]:
    async def events(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    pages = web.Application()
    pages.router.add_post("/slack/events", events)
    async with TestServer(pages) as server:
        yield str(server.make_url("/slack/events"))


@asynccontextmanager
async def linked(app: AsyncApp, slack: FakeSlack) -> AsyncGenerator[None]:
    client = AsyncWebClient(token=slack.app_token, base_url=slack.api_url)
    handler = AsyncSocketModeHandler(app, slack.app_token, web_client=client, ping_interval=0.1)
    await handler.connect_async()
    try:
        yield
    finally:
        await handler.close_async()


class Stage(NamedTuple):
    slack: FakeSlack
    ada: Slacker


@pytest_asyncio.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack(scopes=BOT_SCOPES) as fake:
        yield fake


@pytest_asyncio.fixture
async def over_http(slack: FakeSlack) -> AsyncIterator[Stage]:
    async with served(echo_bot(slack)) as url:
        yield Stage(slack, slack.slacker("ada", slack.over_http(url)))


@pytest_asyncio.fixture
async def over_socket(slack: FakeSlack) -> AsyncIterator[Stage]:
    async with linked(echo_bot(slack), slack):
        yield Stage(slack, slack.slacker("ada", slack.over_socket()))


@pytest_asyncio.fixture(params=["http", "socket"])
async def stage(request: pytest.FixtureRequest, slack: FakeSlack) -> AsyncIterator[Stage]:
    app = echo_bot(slack)
    if request.param == "http":
        async with served(app) as url:
            yield Stage(slack, slack.slacker("ada", slack.over_http(url)))
    else:
        async with linked(app, slack):
            yield Stage(slack, slack.slacker("ada", slack.over_socket()))


@pytest.fixture
def bot(slack: FakeSlack) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)


@pytest.fixture
def ada(slack: FakeSlack) -> Slacker:
    return slack.slacker("ada", slack.over_http("http://127.0.0.1:9/nobody-listens"))


async def refusal(call: Any) -> tuple[str, str]:
    with pytest.raises(SlackApiError) as caught:
        await call
    answer: Any = caught.value.response
    return answer["error"], " ".join((answer.get("response_metadata") or {}).get("messages", []))


# A whole conversation, over both transports


async def test_a_command_is_acknowledged_in_the_channel_and_answered_in_the_dm(stage: Stage) -> None:
    slack, ada = stage
    reply = await ada.command("docker & <volumes>")
    question = await slack.message_where(lambda m: m.channel is ada.dm)
    heard = await slack.message_where(lambda m: m.seen_by is ada.person)
    assert reply.ok
    assert plain(question) == "What is an image?\n[Answer] [Skip]"
    assert plain(heard) == "Looking for docker & <volumes>"
    assert heard.text == "Looking for docker &amp; &lt;volumes&gt;"
    assert slack.faults == []


async def test_a_button_opens_a_modal_whose_submit_is_read(stage: Stage) -> None:
    slack, ada = stage
    await ada.command("docker")
    await ada.press(await slack.message_where(lambda m: m.channel is ada.dm), "Answer")
    form = await slack.view_where(lambda v: v.callback_id == "answer_form")
    assert plain(form) == "Answer\nYour answer: []\n[Send]"

    refused = await ada.submit(form, {"answer": "a"})
    assert (refused.payload or {})["response_action"] == "errors"
    assert (form.errors, ada.modal) == ({"answer": "Say more"}, form)

    await ada.submit(form, {"Your answer": "layers & a manifest"})
    await slack.message_where(lambda m: m.text == "Read: layers & a manifest")
    assert ada.modal is None
    assert slack.faults == []


async def test_the_acknowledgement_of_a_command_is_no_use_of_its_response_url(over_http: Stage) -> None:
    ada = over_http.ada
    hook = AsyncWebhookClient((await ada.command("docker")).sent.payload["response_url"])
    assert [(await hook.send(text="x")).status_code for _ in range(6)] == [200] * 5 + [404]


async def test_an_update_and_a_response_url_change_what_is_seen(stage: Stage) -> None:
    slack, ada = stage
    await ada.command("docker")
    question = await slack.message_where(lambda m: m.channel is ada.dm)
    await ada.press(question, "skip")
    await slack.message_where(lambda m: m.text == "Fine" and m.seen_by is ada.person)
    assert (question.text, question.blocks) == ("Skipped", [])
    assert question.versions[0][0] == "What is an image?"
    with pytest.raises(LookupError, match="0 controls match 'skip'"):
        await ada.press(question, "skip")


async def test_a_message_in_a_thread_is_answered_in_the_thread(stage: Stage) -> None:
    slack, ada = stage
    said = (await ada.message("a < b")).message
    assert said is not None
    await slack.message_where(lambda m: plain(m) == "You said a < b")
    await ada.message("more", thread_ts=said.ts)
    answer = await slack.message_where(lambda m: m.text == "You said more")
    assert slack.thread(said)[-1] is answer
    assert answer.parent_user_id == ada.id


async def test_the_home_is_published_when_it_is_opened(stage: Stage) -> None:
    slack, ada = stage
    await ada.open_home()
    assert plain(await slack.wait_for(lambda: ada.home)) == f"Home of <@{ada.id}>"


async def test_a_redelivered_event_keeps_its_id_and_says_it_is_a_retry(stage: Stage) -> None:
    _, ada = stage
    first = await ada.message("hello")
    again = await ada.redeliver(2)
    assert first.sent.payload == again.sent.payload
    assert (again.sent.retry_num, again.sent.retry_reason, again.ok) == (2, "http_timeout", True)


async def test_the_bot_ignores_its_own_message_but_hears_of_an_edit(stage: Stage) -> None:
    slack, ada = stage
    said = (await ada.message("hello")).message
    answer = await slack.message_where(lambda m: m.text == "You said hello")
    assert said is not None
    assert (await ada.echo(answer)).ok
    edited = await ada.edit(said, "hello!")
    assert edited.sent.payload["event"]["previous_message"]["text"] == "hello"
    assert [m.text for m in slack.messages if m.by_bot] == ["You said hello"]


# HTTP


# Slack's bound is 300 s; a request from the future grows older on its way.
@pytest.mark.parametrize("forged", [{"skew": -301.0}, {"skew": 360.0}, {"signing_secret": "guess"}])
async def test_a_forged_or_old_request_gets_401(over_http: Stage, forged: Json) -> None:
    transport: Any = over_http.ada.transport
    for name, value in forged.items():
        setattr(transport, name, value)
    refused = await over_http.ada.command("docker")
    assert (refused.status, refused.ok) == (401, False)
    assert over_http.slack.messages == []


async def test_retry_headers_reach_the_bot_for_events_only(slack: FakeSlack) -> None:
    seen: list[tuple[str | None, str | None]] = []

    async def keep(request: web.Request) -> web.Response:
        seen.append((request.headers.get("X-Slack-Retry-Num"), request.headers.get("X-Slack-Retry-Reason")))
        return web.Response()

    pages = web.Application()
    pages.router.add_post("/", keep)
    async with TestServer(pages) as server:
        ada = slack.slacker("ada", slack.over_http(str(server.make_url("/"))))
        await ada.message("hello")
        await ada.redeliver(1)
        await ada.command("docker")
        await ada.redeliver(1)
    assert seen == [(None, None), ("1", "http_timeout"), (None, None), (None, None)]


async def test_a_late_acknowledgement_is_none() -> None:
    never = asyncio.Event()

    async def hang(request: web.Request) -> web.Response:
        await never.wait()
        return web.Response()

    pages = web.Application()
    pages.router.add_post("/", hang)
    async with FakeSlack(ack_within=0.05) as slack, TestServer(pages) as server:
        late = await slack.slacker("ada", slack.over_http(str(server.make_url("/")))).command("docker")
        never.set()
    assert (late.status, late.ok) == (None, False)
    assert late.seconds >= 0.05
    assert slack.deliveries == [late]


async def test_a_bot_that_is_not_there_gives_no_status(ada: Slacker) -> None:
    assert (await ada.command("docker")).status is None


# Socket Mode


@pytest.mark.parametrize("trouble", ["refresh_requested", "warning", "cut"])
async def test_a_lost_socket_is_replaced_and_events_go_on(over_socket: Stage, trouble: str) -> None:
    slack, ada = over_socket
    await slack.connected()
    if trouble == "cut":
        slack.drop_socket()
    else:
        await slack.disconnect(trouble)
    assert (await ada.message("still there?")).ok
    await slack.message_where(lambda m: m.text == "You said still there?")
    assert slack.socket.opened == 2


async def test_hello_pings_envelopes_and_acks_are_as_slack_sends_them(slack: FakeSlack) -> None:
    web_client = AsyncWebClient(token=slack.app_token, base_url=slack.api_url)
    opened: Any = await web_client.apps_connections_open(app_token=slack.app_token)
    url: str = opened["url"]
    ada = slack.slacker("ada", slack.over_socket())
    async with aiohttp.ClientSession() as session, session.ws_connect(url, autoping=False) as socket:
        hello = await socket.receive_json()
        await socket.ping(b"are you there")
        pong = await socket.receive()
        delivery = asyncio.create_task(ada.command("docker"))
        envelope = await socket.receive_json()
        payload = {"text": "hello", "response_type": "in_channel"}
        await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": payload})
        assert (await delivery).payload == payload
        event = asyncio.create_task(ada.message("hello"))
        first = await socket.receive_json()
        await socket.send_json({"envelope_id": first["envelope_id"]})
        await event
        again = asyncio.create_task(ada.redeliver(1, "timeout"))
        second = await socket.receive_json()
        await socket.send_json({"envelope_id": second["envelope_id"]})
        await again
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)
    assert (hello["type"], hello["num_connections"], pong.type) == ("hello", 1, aiohttp.WSMsgType.PONG)
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    assert envelope["payload"]["user_name"] == "ada"
    assert (first["type"], first["retry_attempt"], first["retry_reason"]) == ("events_api", 0, "")
    assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")
    assert second["payload"] == first["payload"]
    assert second["envelope_id"] != first["envelope_id"]
    shown = await slack.message_where(lambda m: m.text == "hello")
    assert (shown.seen_by, shown.channel.name) == (None, "general")


async def test_a_silent_socket_neither_pongs_nor_delivers() -> None:
    async with FakeSlack(ack_within=0.05) as slack, linked(echo_bot(slack), slack):
        await slack.connected()
        slack.socket.silent = True
        lost = await slack.slacker("ada", slack.over_socket()).message("hello")
        assert (lost.status, slack.faults) == (None, [])


# Tokens, scopes, things that are not there


async def test_tokens_are_checked(slack: FakeSlack, bot: AsyncWebClient) -> None:
    async def with_token(token: str, method: str = "auth.test") -> tuple[str, str]:
        return await refusal(AsyncWebClient(token=token, base_url=slack.api_url).api_call(method))

    assert (await with_token("xoxb-wrong"))[0] == "invalid_auth"
    assert (await with_token(""))[0] == "not_authed"
    assert (await with_token(slack.app_token))[0] == "not_allowed_token_type"
    assert (await with_token(slack.bot_token, "apps.connections.open"))[0] == "not_allowed_token_type"
    assert (await with_token(slack.bot_token, "chat.shout"))[0] == "unknown_method"
    assert (await bot.auth_test())["user_id"] == slack.team.bot_user_id
    slack.team.revoked = True
    assert (await with_token(slack.bot_token))[0] == "token_revoked"
    assert len(slack.faults) == 6


async def test_teams_do_not_see_each_other(slack: FakeSlack, bot: AsyncWebClient) -> None:
    other = slack.add_team("globex")
    bob = slack.slacker("bob", slack.over_http("http://127.0.0.1:9/"), team=other)
    general = slack.add_channel("secrets", team=other)
    assert (await refusal(bot.chat_postMessage(channel=general.id, text="x")))[0] == "channel_not_found"
    assert (await refusal(bot.users_info(user=bob.id)))[0] == "user_not_found"
    their_bot = AsyncWebClient(token=other.bot_token, base_url=slack.api_url)
    assert (await their_bot.chat_postMessage(channel=general.id, text="x"))["ok"]


async def test_a_missing_scope_is_named() -> None:
    async with FakeSlack(scopes={"commands"}) as slack:
        bot = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        ada = slack.slacker("ada", slack.over_http("http://127.0.0.1:9/"))
        with pytest.raises(SlackApiError) as caught:
            await bot.chat_postMessage(channel=ada.id, text="x")
        answer = caught.value.response
        told = (answer["error"], answer["needed"], answer["provided"])
        assert told == ("missing_scope", "chat:write", "commands")
        assert (await refusal(bot.conversations_open(users=ada.id)))[0] == "missing_scope"
        assert (await refusal(bot.conversations_info(channel=ada.dm.id)))[0] == "missing_scope"
        assert (await refusal(bot.users_info(user=ada.id)))[0] == "missing_scope"
        with pytest.raises(NotDelivered, match="im:history"):
            await ada.message("hello")


async def test_nothing_is_delivered_without_a_subscription_or_outside_the_bots_channels() -> None:
    async with FakeSlack(events={"message.channels"}) as slack:
        ada = slack.slacker("ada", slack.over_http("http://127.0.0.1:9/"))
        away = slack.add_channel("away", bot_is_in=False)
        with pytest.raises(NotDelivered, match=r"message\.im"):
            await ada.message("hello")
        with pytest.raises(NotDelivered, match="#away"):
            await ada.message("hello", channel=away)


async def test_unknown_places_are_refused(slack: FakeSlack, bot: AsyncWebClient, ada: Slacker) -> None:
    away = slack.add_channel("away", bot_is_in=False)
    hidden = slack.add_channel("hidden", kind="group", bot_is_in=False)
    bob = slack.slacker("bob", ada.transport)
    said = slack.space.post(ada.dm, ada.id, {"text": "mine"})
    dm = ada.dm.id
    whispered: Any = await bot.chat_postEphemeral(channel=dm, user=ada.id, text="psst")
    cases = {
        "channel_not_found": bot.chat_postMessage(channel="C404", text="x"),
        "not_in_channel": bot.chat_postMessage(channel=away.id, text="x"),
        "message_not_found": bot.chat_update(channel=dm, ts="1.000000", text="x"),
        "thread_not_found": bot.chat_postMessage(channel=dm, text="x", thread_ts="1.000000"),
        "cant_update_message": bot.chat_update(channel=dm, ts=said.ts, text="x"),
        "cant_delete_message": bot.chat_delete(channel=dm, ts=said.ts),
        "user_not_found": bot.conversations_open(users="U404"),
        "user_not_in_channel": bot.chat_postEphemeral(channel=dm, user=bob.id, text="x"),
    }
    for error, call in cases.items():
        assert (await refusal(call))[0] == error
    assert (await refusal(bot.chat_postMessage(channel=hidden.id, text="x")))[0] == "channel_not_found"
    assert (await refusal(bot.chat_update(channel=dm, ts=whispered["message_ts"], text="x")))[
        0
    ] == "message_not_found"
    assert [fault.error for fault in slack.faults] == [*cases, "channel_not_found", "message_not_found"]


async def test_people_channels_and_dms_can_be_looked_up(bot: AsyncWebClient, ada: Slacker) -> None:
    opened: Any = await bot.conversations_open(users=[ada.id], return_im=True)
    again: Any = await bot.conversations_open(users=ada.id)
    known: Any = await bot.users_info(user=ada.id)
    assert opened["channel"]["user"] == ada.id
    assert (again["already_open"], again["channel"]) == (True, {"id": ada.dm.id})
    assert known["user"]["tz"] == "Europe/Berlin"
    assert "email" not in known["user"]["profile"]


async def test_messages_get_rising_timestamps_and_can_be_deleted(
    slack: FakeSlack, bot: AsyncWebClient, ada: Slacker
) -> None:
    posted: list[Any] = [await bot.chat_postMessage(channel=ada.dm.id, text=str(n)) for n in range(3)]
    stamps = [answer["ts"] for answer in posted]
    assert sorted(set(stamps)) == stamps
    assert all(len(ts.partition(".")[2]) == 6 for ts in stamps)
    await bot.chat_delete(channel=ada.dm.id, ts=stamps[0])
    assert [m.text for m in slack.messages] == ["1", "2"]


async def test_arguments_may_come_as_query_form_or_json(slack: FakeSlack, ada: Slacker) -> None:
    args = {"channel": ada.dm.id, "text": "x", "blocks": '[{"type": "divider"}]'}
    url = f"{slack.api_url}chat.postMessage"
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with aiohttp.ClientSession() as session:
        ways: list[Any] = [{"params": args}, {"data": args}, {"json": args}]
        for sent in ways:
            async with session.post(url, headers=headers, **sent) as answer:
                assert (await answer.json())["ok"], sent
        async with session.post(url, data=args | {"token": slack.bot_token}) as answer:
            assert (await answer.json())["ok"]
    assert [call.args["blocks"] for call in slack.calls] == [[{"type": "divider"}]] * 4
    assert all("token" not in call.args for call in slack.calls)


# Triggers, views, response URLs


async def test_a_trigger_is_good_once_and_for_three_seconds(
    slack: FakeSlack, bot: AsyncWebClient, ada: Slacker
) -> None:
    def new() -> str:
        return slack.space.new_trigger(ada.person)

    old, used = new(), new()
    slack.advance(2.5)
    await bot.views_open(trigger_id=used, view=modal(section("x")))
    assert (await refusal(bot.views_open(trigger_id=used, view=modal(section("x")))))[
        0
    ] == "exchanged_trigger_id"
    slack.advance(1)
    assert (await refusal(bot.views_open(trigger_id=old, view=modal(section("x")))))[
        0
    ] == "expired_trigger_id"
    assert (await refusal(bot.views_open(trigger_id="1.2.x", view=modal(section("x")))))[
        0
    ] == "invalid_trigger_id"
    fresh = new()
    assert (await refusal(bot.views_open(trigger_id=fresh, view={"type": "modal"})))[0] == "invalid_arguments"
    assert (await bot.views_open(trigger_id=fresh, view=modal(section("x"))))["ok"], (
        "a bad view spends nothing"
    )


async def test_views_are_updated_pushed_and_guarded_by_hash(
    slack: FakeSlack, bot: AsyncWebClient, ada: Slacker
) -> None:
    def new() -> str:
        return slack.space.new_trigger(ada.person)

    opened: Any = await bot.views_open(trigger_id=new(), view=modal(section("1"), external_id="one"))
    stale = opened["view"]["hash"]
    await bot.views_update(external_id="one", hash=stale, view=modal(section("2"), external_id="one"))
    view_id = opened["view"]["id"]
    same_name = modal(section("3"), external_id="one")
    for error, call in {
        "duplicate_external_id": bot.views_open(trigger_id=new(), view=same_name),
        "hash_conflict": bot.views_update(view_id=view_id, hash=stale, view=modal(section("3"))),
        "not_found": bot.views_update(view_id="V404", view=modal(section("3"))),
    }.items():
        assert (await refusal(call))[0] == error
    for text in ("over", "over that"):
        await bot.views_push(trigger_id=new(), view=modal(section(text)))
    assert (await refusal(bot.views_push(trigger_id=new(), view=modal(section("x")))))[
        0
    ] == "push_limit_reached"
    top = ada.modal
    assert top is not None
    assert plain(top) == "Answer\nover that\n[Send]"
    await ada.close(top)
    assert ada.modal is not None
    assert (ada.modal.id, ada.modal.root_id) == (top.previous_id, view_id)


async def test_a_closed_modal_is_told_only_where_the_bot_asked(over_http: Stage) -> None:
    slack, ada = over_http
    quiet = slack.space.show_view(ada.person, modal(section("x")))
    assert await ada.close(quiet) is None
    told = slack.space.show_view(ada.person, modal(section("x"), notify_on_close=True))
    closed = await ada.close(told)
    assert closed is not None
    assert closed.sent.payload["type"] == "view_closed"


async def test_a_response_url_serves_five_times_within_half_an_hour(slack: FakeSlack, ada: Slacker) -> None:
    general = next(c for c in slack.space.channels.values() if c.name == "general")
    hook = AsyncWebhookClient(slack.reply_url(slack.space.new_reply_address(ada.person, general)))
    for _ in range(5):
        assert (await hook.send(text="x")).status_code == 200
    assert (await hook.send(text="x")).status_code == 404
    late = AsyncWebhookClient(slack.reply_url(slack.space.new_reply_address(ada.person, general)))
    slack.advance(1801)
    assert (await late.send(text="x")).status_code == 404
    assert [fault.error for fault in slack.faults] == ["used_url", "expired_url"]
    assert all(m.seen_by is ada.person for m in slack.messages)


async def test_a_response_url_replaces_or_deletes_the_message_it_came_from(
    slack: FakeSlack, bot: AsyncWebClient, ada: Slacker
) -> None:
    await bot.chat_postEphemeral(
        channel=ada.dm.id, user=ada.id, text="old", blocks=[actions(button("Go", "go"))]
    )
    shown = slack.messages[0]
    pressed = await ada.press(shown, "Go")
    assert "message" not in pressed.sent.payload
    assert pressed.sent.payload["container"]["is_ephemeral"] is True
    hook = AsyncWebhookClient(pressed.sent.payload["response_url"])
    await hook.send(text="new", replace_original=True)
    assert [m.text for m in slack.messages] == ["new"]
    await hook.send(delete_original=True)
    assert slack.messages == []


async def test_others_cannot_press_what_they_do_not_see(
    slack: FakeSlack, bot: AsyncWebClient, ada: Slacker
) -> None:
    bob = slack.slacker("bob", ada.transport)
    general = next(c for c in slack.space.channels.values() if c.name == "general")
    blocks = [actions(button("Go", "go"))]
    await bot.chat_postEphemeral(channel=general.id, user=ada.id, text="x", blocks=blocks)
    with pytest.raises(LookupError, match="bob cannot see"):
        await bob.press(slack.messages[0], "Go")


async def test_a_bad_answer_to_a_submit_is_a_fault(slack: FakeSlack) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"response_action": "errors", "errors": {"no_such_block": "x"}})

    pages = web.Application()
    pages.router.add_post("/", answer)
    async with TestServer(pages) as server:
        ada = slack.slacker("ada", slack.over_http(str(server.make_url("/"))))
        form = slack.space.show_view(ada.person, ANSWER_FORM)
        await ada.submit(form, {"text": "layers"})
    assert [(fault.method, form.is_open) for fault in slack.faults] == [("ack of view_submission", True)]


@pytest.mark.parametrize("action", ["update", "push", "clear"])
async def test_a_submit_may_change_cover_or_clear_the_modals(slack: FakeSlack, action: str) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"response_action": action, "view": modal(section("next"))})

    pages = web.Application()
    pages.router.add_post("/", answer)
    async with TestServer(pages) as server:
        ada = slack.slacker("ada", slack.over_http(str(server.make_url("/"))))
        under = slack.space.show_view(ada.person, modal(section("under")))
        form = slack.space.show_view(ada.person, ANSWER_FORM, over=under)
        await ada.submit(form, {"text": "layers"})
    top = ada.modal
    shown = None if top is None else plain(top).splitlines()[1]
    expected = {"update": (form, "next"), "push": (slack.views[-1], "next"), "clear": (None, None)}
    assert (top, shown) == expected[action]
    assert [view.is_open for view in slack.views].count(True) == {"update": 2, "push": 3, "clear": 0}[action]
    assert slack.faults == []


async def test_menus_and_buttons_on_the_home_are_used_by_their_labels(
    slack: FakeSlack, bot: AsyncWebClient, ada: Slacker
) -> None:
    bar = menu(options=many(2), placeholder=words("Level"))
    await bot.chat_postMessage(channel=ada.id, text="x", blocks=[bar])
    chosen = await ada.press(slack.messages[0], "Level", "o1")
    action = chosen.sent.payload["actions"][0]
    assert (action["action_id"], action["selected_option"]["value"]) == ("m", "1")
    assert chosen.sent.payload["message"]["ts"] == slack.messages[0].ts
    with pytest.raises(LookupError, match="no option 'o9'"):
        await ada.press(slack.messages[0], "Level", "o9")

    view = {"type": "home", "blocks": [actions(button("Go", "go", value="v"))]}
    await bot.views_publish(user_id=ada.id, view=view)
    assert ada.home is not None
    pressed = (await ada.press(ada.home, "Go")).sent.payload
    assert (pressed["container"]["type"], pressed["view"]["type"]) == ("view", "home")
    assert pressed["actions"][0]["value"] == "v"
    assert "response_url" not in pressed


async def test_the_client_keeps_bad_input_from_being_submitted(slack: FakeSlack, ada: Slacker) -> None:
    form = slack.space.show_view(ada.person, ANSWER_FORM)
    with pytest.raises(ValueError, match="required"):
        await ada.submit(form)
    with pytest.raises(ValueError, match="0 to 200 characters"):
        await ada.submit(form, {"answer": "x" * 201})
    with pytest.raises(LookupError, match="nothing to fill in"):
        await ada.submit(form, {"anwser": "x"})


async def test_menus_boxes_and_dates_are_filled_in_as_slack_reports_them(
    slack: FakeSlack, ada: Slacker
) -> None:
    options = [{"text": words(name), "value": name.lower()} for name in ("Easy", "Hard")]
    form = modal(
        entry({"type": "static_select", "action_id": "level", "options": options}, block_id="level"),
        entry({"type": "checkboxes", "action_id": "boxes", "options": options}, block_id="boxes"),
        entry({"type": "datepicker", "action_id": "day", "initial_date": "2026-01-02"}, block_id="day"),
        entry(
            {"type": "number_input", "action_id": "n", "is_decimal_allowed": False},
            block_id="n",
            optional=True,
        ),
    )
    view = slack.space.show_view(ada.person, form)
    sent = await ada.submit(view, {"level": "Hard", "boxes": ["easy", "Hard"]})
    values = sent.sent.payload["view"]["state"]["values"]
    assert values["level"]["level"]["selected_option"]["value"] == "hard"
    assert [o["value"] for o in values["boxes"]["boxes"]["selected_options"]] == ["easy", "hard"]
    assert values["day"]["day"] == {"type": "datepicker", "selected_date": "2026-01-02"}
    assert values["n"]["n"] == {"type": "number_input", "value": None}


# Trouble on request


async def test_a_rate_limit_says_when_to_come_back(
    slack: FakeSlack, bot: AsyncWebClient, ada: Slacker
) -> None:
    slack.fail("chat.postMessage", status=429, headers={"Retry-After": "1"})
    with pytest.raises(SlackApiError) as caught:
        await bot.chat_postMessage(channel=ada.id, text="x")
    response: Any = caught.value.response
    assert (response.status_code, response.headers["Retry-After"], response["error"]) == (
        429,
        "1",
        "ratelimited",
    )
    assert (await bot.chat_postMessage(channel=ada.id, text="x"))["ok"]
    assert [m.text for m in slack.messages] == ["x"]
    assert slack.faults == [], "what a test asked for is not the bot's fault"


async def test_a_failure_can_happen_before_or_after_the_work(
    slack: FakeSlack, bot: AsyncWebClient, ada: Slacker
) -> None:
    slack.fail("chat.postMessage", status=500)
    slack.fail("chat.postMessage", error="internal_error")
    slack.fail("*", error="fatal_error", works=True, when=lambda args: args.get("text") == "3")
    for text in "123":
        with pytest.raises(SlackApiError):
            await bot.chat_postMessage(channel=ada.id, text=text)
    assert [m.text for m in slack.messages] == ["3"]
    assert [call.error for call in slack.calls] == ["500", "internal_error", "fatal_error"]


async def test_a_lost_reply_leaves_the_work_done(slack: FakeSlack, ada: Slacker) -> None:
    bot = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    slack.fail("chat.postMessage", drop_reply=True)
    with pytest.raises(aiohttp.ClientError):
        await bot.chat_postMessage(channel=ada.id, text="x")
    assert [m.text for m in slack.messages] == ["x"]


async def test_a_call_can_be_delayed_or_held(slack: FakeSlack, bot: AsyncWebClient, ada: Slacker) -> None:
    gate = asyncio.Event()
    slack.fail("chat.postMessage", gate=gate)
    slack.fail("chat.postMessage", delay=0.02)
    held = asyncio.create_task(bot.chat_postMessage(channel=ada.id, text="held"))
    await slack.wait_for(lambda: slack.calls)
    started = time.perf_counter()
    await bot.chat_postMessage(channel=ada.id, text="late")
    assert time.perf_counter() - started >= 0.02
    assert [m.text for m in slack.messages] == ["late"]
    gate.set()
    await held
    assert [m.text for m in slack.messages] == ["late", "held"]
    assert [call.args["text"] for call in await slack.called("chat.postMessage", 2)] == ["held", "late"]


async def test_waiting_in_vain_tells_the_story(slack: FakeSlack, bot: AsyncWebClient, ada: Slacker) -> None:
    await bot.chat_postMessage(channel=ada.id, text="something else")
    with pytest.raises(AssertionError, match=r"(?s)within 0.01 s.*something else.*chat.postMessage ok"):
        await slack.message_where(lambda m: m.text == "never", timeout=0.01)


# Limits: what just fits is taken, one more is refused at the right place


class Limit(NamedTuple):
    at: str
    most: int
    made: Callable[[int], Json]


def many(n: int, kind: str = "o") -> list[Json]:
    return [{"text": words(f"{kind}{i}"), "value": str(i)} for i in range(n)]


def menu(**more: object) -> Json:
    base = {"type": "static_select", "action_id": "m", "placeholder": words("p"), "options": many(1)}
    return actions(base | more)


def one_option(**more: object) -> Json:
    return menu(options=[{"text": words("o"), "value": "v"} | more])


def asking(**more: object) -> Json:
    confirmation = {"title": words("t"), "text": words("x"), "confirm": words("y"), "deny": words("n")}
    return actions(button("b", "a", confirm=confirmation | more))


def chart(**more: object) -> Json:
    segments = [{"label": "a", "value": 1}]
    base = {"type": "data_visualization", "title": "t", "chart": {"type": "pie", "segments": segments}}
    return base | more


def pie(label: str) -> Json:
    return chart(chart={"type": "pie", "segments": [{"label": label, "value": 1}]})


def bars(categories: list[str], series: int = 1, name: str = "s", kind: str = "bar", **axis: str) -> Json:
    data = [{"label": c, "value": 1} for c in categories]
    names = [name, *(f"s{i}" for i in range(1, series))]
    drawn: Json = {"type": kind, "axis_config": {"categories": categories, **axis}}
    drawn["series"] = [{"name": name, "data": data} for name in names]
    return chart(chart=drawn)


def grouped(*options: list[Json], label: str = "g") -> Json:
    made = [{"label": words(label), "options": group} for group in options]
    return menu(options=None, option_groups=made)


def grid(rows: int) -> Json:
    cells = [[{"type": "raw_text", "text": "x"}] for _ in range(rows)]
    return {"type": "data_table", "caption": "c", "rows": cells}


def groups(n: int) -> list[Json]:
    return [{"label": words("g"), "options": many(1)}] * n


def several(**more: object) -> Json:
    base = {"type": "multi_static_select", "action_id": "m", "placeholder": words("p"), "options": many(1)}
    return base | more


def icon(number: int) -> Json:
    return {"type": "icon_button", "icon": "trash", "text": words("x"), "action_id": f"i{number}"}


def columns(n: int) -> Json:
    return {"type": "table", "rows": grid(1)["rows"], "column_settings": [{"align": "left"}] * n}


def link(url: str) -> Json:
    options = [{"text": words("o"), "value": "v", "url": url}]
    return menu(type="overflow", options=options, placeholder=None)


PICKERS = [
    "external_select",
    "users_select",
    "channels_select",
    "conversations_select",
    "datepicker",
    "timepicker",
    "plain_text_input",
    "number_input",
]


def picker(kind: str) -> Callable[[int], Json]:
    more = {"is_decimal_allowed": False} if kind == "number_input" else {}
    return lambda n: entry({"type": kind, "action_id": "a", "placeholder": words("x" * n)} | more)


BLOCK_LIMITS = [
    Limit("text", 3000, lambda n: section("x" * n)),
    Limit("fields", 10, lambda n: {"type": "section", "fields": [words("f")] * n}),
    Limit("fields/0/text", 2000, lambda n: {"type": "section", "fields": [words("x" * n)]}),
    Limit("block_id", 255, lambda n: section("x", block_id="b" * n)),
    Limit("text", 150, lambda n: {"type": "header", "text": words("x" * n)}),
    Limit("elements", 10, lambda n: {"type": "context", "elements": [words("c")] * n}),
    Limit("elements", 25, lambda n: actions(*(button("b", f"a{i}") for i in range(n)))),
    Limit("elements/0/text", 75, lambda n: actions(button("x" * n, "a"))),
    Limit("elements/0/value", 2000, lambda n: actions(button("b", "a", value="x" * n))),
    Limit("elements/0/url", 3000, lambda n: actions(button("b", "a", url="https://".ljust(n, "x")))),
    Limit("elements/0/action_id", 255, lambda n: actions(button("b", "a" * n))),
    Limit("elements/0/options", 100, lambda n: menu(options=many(n))),
    Limit("elements/0/placeholder", 150, lambda n: menu(placeholder=words("x" * n))),
    Limit("elements/0/options/0/text", 75, lambda n: one_option(text=words("x" * n))),
    Limit("elements/0/options/0/value", 150, lambda n: one_option(value="x" * n)),
    Limit("elements/0/options/0/description", 75, lambda n: one_option(description=words("x" * n))),
    Limit("elements/0/options", 5, lambda n: menu(type="overflow", options=many(n), placeholder=None)),
    Limit("elements/0/options", 10, lambda n: menu(type="checkboxes", options=many(n), placeholder=None)),
    Limit("elements/0/options", 10, lambda n: menu(type="radio_buttons", options=many(n), placeholder=None)),
    Limit("elements/0/confirm/title", 100, lambda n: asking(title=words("x" * n))),
    Limit("elements/0/confirm/text", 300, lambda n: asking(text=words("x" * n))),
    Limit("elements/0/confirm/confirm", 30, lambda n: asking(confirm=words("x" * n))),
    Limit("elements/0/confirm/deny", 30, lambda n: asking(deny=words("x" * n))),
    Limit("accessory/text", 75, lambda n: section("x", accessory=button("x" * n, "a"))),
    Limit("alt_text", 2000, lambda n: {"type": "image", "image_url": "https://x", "alt_text": "x" * n}),
    Limit("text", 12_000, lambda n: {"type": "markdown", "text": "x" * n}),
    Limit("title", 50, lambda n: chart(title="x" * n)),
    Limit(
        "chart/segments",
        6,
        lambda n: chart(chart={"type": "pie", "segments": [{"label": "a", "value": 1}] * n}),
    ),
    Limit("chart/series", 6, lambda n: bars(["a"], series=n)),
    Limit("chart/axis_config/categories", 20, lambda n: bars([str(i) for i in range(n)])),
    Limit("chart/series/0/data/0/label", 20, lambda n: bars(["x" * n])),
    Limit("chart/series/0/name", 20, lambda n: bars(["a"], name="x" * n)),
    Limit("chart/axis_config/x_label", 50, lambda n: bars(["a"], x_label="x" * n)),
    Limit("chart/segments/0/label", 20, lambda n: pie("x" * n)),
    Limit("rows", 201, grid),
    Limit("rows", 100, lambda n: {"type": "table", "rows": grid(n)["rows"]}),
    Limit("elements/0/option_groups", 100, lambda n: grouped(*[many(1)] * n)),
    Limit("elements/0/option_groups/0/options", 100, lambda n: grouped(many(n))),
    Limit("elements/0/option_groups/0/label", 75, lambda n: grouped(many(1), label="x" * n)),
    Limit(
        "elements/0/placeholder",
        150,
        lambda n: actions({"type": "users_select", "placeholder": words("x" * n)}),
    ),
    Limit(
        "elements/0/accessibility_label", 75, lambda n: actions(button("b", "a", accessibility_label="x" * n))
    ),
    Limit(
        "image_url", 3000, lambda n: {"type": "image", "image_url": "https://".ljust(n, "x"), "alt_text": "x"}
    ),
    Limit(
        "title",
        2000,
        lambda n: {"type": "image", "image_url": "https://x", "alt_text": "x", "title": words("x" * n)},
    ),
    Limit("elements", 5, lambda n: {"type": "context_actions", "elements": [icon(i) for i in range(n)]}),
    Limit("column_settings", 20, columns),
    Limit("elements/0/options/0/url", 3000, lambda n: link("https://".ljust(n, "x"))),
    Limit("element/options", 100, lambda n: entry(several(options=many(n)))),
    Limit("element/option_groups", 100, lambda n: entry(several(options=None, option_groups=groups(n)))),
    Limit("element/placeholder", 150, lambda n: entry(several(placeholder=words("x" * n)))),
    Limit("chart/axis_config/y_label", 50, lambda n: bars(["a"], y_label="x" * n)),
    Limit("chart/series", 6, lambda n: bars(["a"], series=n, kind="area")),
    Limit("chart/series", 6, lambda n: bars(["a"], series=n, kind="line")),
    *(Limit("element/placeholder", 150, picker(kind)) for kind in PICKERS),
]


def numbered(limits: list[Limit]) -> list[str]:
    return [f"{number}-{limit.at}-{limit.most}" for number, limit in enumerate(limits)]


@pytest.mark.parametrize("limit", BLOCK_LIMITS, ids=numbered(BLOCK_LIMITS))
async def test_a_block_up_to_its_limit(
    slack: FakeSlack, bot: AsyncWebClient, ada: Slacker, limit: Limit
) -> None:
    def post(n: int) -> Any:
        return bot.chat_postMessage(channel=ada.id, text="x", blocks=[limit.made(n)])

    assert (await post(limit.most))["ok"]
    error, told = await refusal(post(limit.most + 1))
    assert (error, len(slack.faults)) == ("invalid_blocks", 1)
    assert f"[json-pointer:/blocks/0/{limit.at}]" in told


VIEW_LIMITS = [
    Limit("blocks", 100, lambda n: modal(*({"type": "divider"} for _ in range(n)))),
    Limit("title", 24, lambda n: modal(section("x"), title=words("x" * n))),
    Limit("submit", 24, lambda n: modal(section("x"), submit=words("x" * n))),
    Limit("close", 24, lambda n: modal(section("x"), close=words("x" * n))),
    Limit("private_metadata", 3000, lambda n: modal(section("x"), private_metadata="x" * n)),
    Limit("callback_id", 255, lambda n: modal(section("x"), callback_id="x" * n)),
    Limit("external_id", 255, lambda n: modal(section("x"), external_id="x" * n)),
    Limit("blocks/0/label", 2000, lambda n: modal(entry({"type": "plain_text_input"}, label=words("x" * n)))),
    Limit("blocks/0/hint", 2000, lambda n: modal(entry({"type": "plain_text_input"}, hint=words("x" * n)))),
]


@pytest.mark.parametrize("limit", VIEW_LIMITS, ids=numbered(VIEW_LIMITS))
async def test_a_view_up_to_its_limit(
    slack: FakeSlack, bot: AsyncWebClient, ada: Slacker, limit: Limit
) -> None:
    def open_view(n: int) -> Any:
        return bot.views_open(trigger_id=slack.space.new_trigger(ada.person), view=limit.made(n))

    assert (await open_view(limit.most))["ok"]
    error, told = await refusal(open_view(limit.most + 1))
    assert error == "invalid_arguments"
    assert f"[json-pointer:/view/{limit.at}]" in told


def twins(**ids: str) -> list[Json]:
    return [section("x", **ids), section("y", **ids)]


BAD_BLOCKS: dict[str, tuple[list[Any], str]] = {
    "51 blocks": ([{"type": "divider"}] * 51, "no more than 50 items"),
    "same block_id": (twins(block_id="b"), "block_id already exists: b"),
    "same action_id": ([actions(button("a", "a"), button("b", "a"))], "action_id already exists: a"),
    "empty text": ([section("")], "must be more than 0 characters"),
    "no text": ([{"type": "section"}], "text or fields"),
    "no elements": ([actions()], "at least 1 items"),
    "mrkdwn header": ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "plain_text"),
    "unknown type": ([{"type": "sektion"}], "unsupported type: sektion"),
    "unknown element": ([actions({"type": "knob", "action_id": "a"})], "unsupported type: knob"),
    "unknown key": ([section("x", colour="red")], "invalid additional property: colour"),
    "unknown style": ([actions(button("b", "a", style="loud"))], "style"),
    "not an object": (["hello"], "must be an object"),
    "image without alt": ([{"type": "image", "image_url": "https://x"}], "alt_text"),
    "three charts": ([chart()] * 3, "too many data_visualization"),
    "chart key": ([chart(subtitle="x")], "invalid additional property: subtitle"),
    "flat slice": (
        [chart(chart={"type": "pie", "segments": [{"label": "a", "value": 0}]})],
        "greater than 0",
    ),
    "unknown chart": ([chart(chart={"type": "radar"})], "unsupported type: radar"),
    "repeated category": ([bars(["a", "a"])], "unique"),
    "headless table": ([grid(1)], "at least 2 items"),
}


@pytest.mark.parametrize("name", BAD_BLOCKS)
async def test_bad_blocks_are_refused(bot: AsyncWebClient, ada: Slacker, name: str) -> None:
    blocks, expected = BAD_BLOCKS[name]
    error, told = await refusal(bot.chat_postMessage(channel=ada.id, text="x", blocks=blocks))
    assert error == "invalid_blocks"
    assert expected in told


BAD_VIEWS: dict[str, tuple[Json, str]] = {
    "no title": ({"type": "modal", "blocks": [section("x")]}, "title"),
    "no blocks": (modal(), "blocks"),
    "input without submit": (modal(entry({"type": "plain_text_input"}), submit=None), "submit"),
    "mrkdwn title": (modal(section("x"), title={"type": "mrkdwn", "text": "x"}), "plain_text"),
    "home as modal": ({"type": "home", "blocks": [section("x")]}, "unsupported type: home"),
    "chart in modal": (modal(chart()), "unsupported type: data_visualization"),
    "bad block": (modal(section("x", colour="red")), "colour"),
}


@pytest.mark.parametrize("name", BAD_VIEWS)
async def test_bad_views_are_refused(slack: FakeSlack, bot: AsyncWebClient, ada: Slacker, name: str) -> None:
    view, expected = BAD_VIEWS[name]
    trigger_id = slack.space.new_trigger(ada.person)
    error, told = await refusal(bot.views_open(trigger_id=trigger_id, view=view))
    assert error == "invalid_arguments"
    assert expected in told


async def test_a_home_has_no_submit(bot: AsyncWebClient, ada: Slacker) -> None:
    view = {"type": "home", "blocks": [section("x")], "submit": words("Send")}
    assert (await refusal(bot.views_publish(user_id=ada.id, view=view)))[0] == "invalid_arguments"


async def test_a_view_over_250_kb_is_too_large(slack: FakeSlack, bot: AsyncWebClient, ada: Slacker) -> None:
    big = modal(*(section("x" * 2900) for _ in range(90)))
    trigger_id = slack.space.new_trigger(ada.person)
    assert (await refusal(bot.views_open(trigger_id=trigger_id, view=big)))[0] == "view_too_large"


async def test_blocks_hold_13200_characters_in_all(bot: AsyncWebClient, ada: Slacker) -> None:
    full = [section("x" * 3000) for _ in range(4)]
    assert (await bot.chat_postMessage(channel=ada.id, text="x", blocks=[*full, section("x" * 1200)]))["ok"]
    over = bot.chat_postMessage(channel=ada.id, text="x", blocks=[*full, section("x" * 1201)])
    assert (await refusal(over))[0] == "msg_blocks_too_long"


async def test_a_text_holds_40000_characters_and_4000_in_an_update(bot: AsyncWebClient, ada: Slacker) -> None:
    posted: Any = await bot.chat_postMessage(channel=ada.id, text="x" * 40_000)
    assert (await refusal(bot.chat_postMessage(channel=ada.id, text="x" * 40_001)))[0] == "msg_too_long"
    place = {"channel": posted["channel"], "ts": posted["ts"]}
    assert (await bot.chat_update(**place, text="x" * 4000))["ok"]
    assert (await refusal(bot.chat_update(**place, text="x" * 4001)))[0] == "msg_too_long"


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.postEphemeral", "chat.update"])
async def test_blocks_without_a_fallback_text_are_a_fault(
    slack: FakeSlack, bot: AsyncWebClient, ada: Slacker, method: str
) -> None:
    posted: Any = await bot.chat_postMessage(channel=ada.id, text="x")
    args = {"channel": ada.dm.id, "user": ada.id, "ts": posted["ts"], "blocks": [section("x")]}
    assert (await refusal(bot.api_call(method, json=args)))[0] == "no_text"
    assert [(fault.method, fault.error) for fault in slack.faults] == [(method, "no_text")]


async def test_odd_shapes_are_refused(bot: AsyncWebClient, ada: Slacker) -> None:
    base = {"channel": ada.id, "text": "x"}
    for error, more in {
        "invalid_blocks_format": {"blocks": "[{"},
        "invalid_attachments": {"attachments": ["x"]},
        "too_many_attachments": {"attachments": [{"text": "x"}] * 101},
        "invalid_metadata_format": {"metadata": {"event_payload": {}}},
        "invalid_blocks": {"attachments": [{"blocks": [section("")]}]},
    }.items():
        assert (await refusal(bot.api_call("chat.postMessage", json=base | more)))[0] == error


# Reading


async def test_plain_shows_what_a_person_reads(slack: FakeSlack, bot: AsyncWebClient, ada: Slacker) -> None:
    def piece(text: str) -> Json:
        return {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}

    rich = [
        piece("said"),
        {"type": "rich_text_list", "style": "ordered", "elements": [piece("one"), piece("two")]},
        {"type": "rich_text_list", "style": "bullet", "elements": [piece("dot")]},
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "quoted"}]},
    ]
    blocks = [
        {"type": "header", "text": words("Score: 7")},
        section("*met* a &amp; b", fields=[words("left"), words("right")], accessory=button("Why", "why")),
        {"type": "divider"},
        {
            "type": "context",
            "elements": [words("graded by"), {"type": "image", "image_url": "https://x", "alt_text": "logo"}],
        },
        {"type": "rich_text", "elements": rich},
        {"type": "image", "image_url": "https://x", "alt_text": "a chart of scores"},
        bars(["net", "vol"]),
        actions(button("Next", "next"), menu()["elements"][0]),
    ]
    await bot.chat_postMessage(channel=ada.id, text="x", blocks=blocks)
    assert plain(slack.messages[0]).splitlines() == [
        "Score: 7",
        "*met* a & b",
        "left",
        "right",
        "[Why]",
        "---",
        "graded by logo",
        "said",
        "1. one",
        "2. two",
        "• dot",
        "> quoted",
        "a chart of scores",
        "t",
        "s: net 1, vol 1",
        "[Next] [p]",
    ]
    assert slack.faults == []
