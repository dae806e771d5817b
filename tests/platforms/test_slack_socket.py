"""The WebSocket: trouble at the start is one line for the operator, trouble later is lived through."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from interview_bot.core.errors import BadSetting
from interview_bot.platforms.slack.app import make_app
from interview_bot.platforms.slack.install.tokens import OneToken
from interview_bot.platforms.slack.room import Room as SlackRoom
from interview_bot.platforms.slack.socket import connect, make_socket
from tests.fakes.slack import FakeSlack
from tests.platforms.slack_room import TEXTS, Part, Room, new_app, room_over_socket


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as fake:
        yield fake


@pytest.fixture
async def room(slack: FakeSlack) -> AsyncIterator[Room]:
    async with room_over_socket(slack) as built:
        yield built


@pytest.mark.parametrize(
    "error", ["invalid_auth", "not_authed", "not_allowed_token_type", "account_inactive"]
)
async def test_a_refused_token_is_one_line_that_names_the_setting(slack: FakeSlack, error: str) -> None:
    slack.fail("apps.connections.open", error=error)
    with pytest.raises(BadSetting, match=rf"^SLACK_APP_TOKEN: .*{error}.*xapp-") as trouble:
        await connect(new_app(slack, Part()), "xapp-1-wrong", slack.api_url)
    assert "\n" not in str(trouble.value)
    assert "xapp-1-wrong" not in str(trouble.value)


async def test_a_bot_token_in_its_place_is_told_too(slack: FakeSlack) -> None:
    with pytest.raises(BadSetting, match="not_allowed_token_type"):
        await connect(new_app(slack, Part()), slack.bot_token, slack.api_url)


async def test_a_slack_that_cannot_be_reached_is_one_line_too() -> None:
    app = make_app(SlackRoom(Part().receive, TEXTS), OneToken("xoxb-1"))
    with pytest.raises(BadSetting, match=r"^SLACK_APP_TOKEN: .*127\.0\.0\.1:9.*SLACK_API_URL") as trouble:
        await connect(app, "xapp-1", "http://127.0.0.1:9/api/")
    assert "\n" not in str(trouble.value)


async def test_a_page_of_a_proxy_in_slacks_place_is_one_line_too(slack: FakeSlack) -> None:
    slack.fail("apps.connections.open", status=502)
    with pytest.raises(BadSetting, match=r"^SLACK_APP_TOKEN: "):
        await connect(new_app(slack, Part()), slack.app_token, slack.api_url)


async def test_building_connects_to_nothing(slack: FakeSlack) -> None:
    handler = make_socket(new_app(slack, Part()), slack.app_token, slack.api_url)
    await asyncio.sleep(0.05)
    assert slack.calls == []
    assert slack.socket.opened == 0
    await handler.close_async()


async def test_when_slack_asks_for_a_new_connection_nothing_is_lost(room: Room) -> None:
    await room.ada.message("one")
    await room.slack.disconnect()
    await room.slack.connected(2)
    await room.ada.message("two")
    assert [message.text for message in room.part.heard] == ["one", "two"]
    assert all(delivery.ok for delivery in room.slack.deliveries)


async def test_a_broken_connection_is_opened_again(slack: FakeSlack) -> None:
    async with room_over_socket(slack, ping_every=1.0) as room:
        await room.ada.message("one")
        slack.drop_socket()
        await slack.connected(2, timeout=30)
        await room.ada.message("two")
        assert [message.text for message in room.part.heard] == ["one", "two"]


async def test_a_connection_that_the_sdk_gave_up_is_forced_open(room: Room) -> None:
    # What bolt-python #1529 looks like: the SDK's own watch is gone, and nothing would ever come again.
    handler = make_socket(new_app(room.slack, room.part), room.slack.app_token, room.slack.api_url)
    handler.look_every, handler.dead_after = 0.05, 0.1
    await handler.connect_async()
    try:
        await room.slack.connected(2)
        assert handler.client.current_session_monitor is not None
        handler.client.current_session_monitor.cancel()
        handler.client.auto_reconnect_enabled = False
        assert handler.client.current_session is not None
        await handler.client.current_session.close()
        await room.slack.connected(3)
        await room.ada.message("still there")
        assert room.part.last.text == "still there"
    finally:
        await handler.close_async()


async def test_a_closed_room_leaves_no_task_behind(slack: FakeSlack) -> None:
    before = asyncio.all_tasks()
    handler = await connect(new_app(slack, Part()), slack.app_token, slack.api_url)
    await handler.close_async()
    await slack.wait_for(lambda: not slack.socket.links)
    await asyncio.sleep(0.05)
    assert asyncio.all_tasks() <= before
