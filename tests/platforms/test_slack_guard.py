"""What is not Slack's is turned away before Bolt reads it, and never with a 500."""

import json
import time
from collections.abc import AsyncIterator
from io import BytesIO

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.testclient import TestClient

from interview_bot.chat.messages import Reply
from interview_bot.platforms.slack.app import make_app
from interview_bot.platforms.slack.http import slack_routes
from interview_bot.platforms.slack.install.tokens import OneToken
from interview_bot.platforms.slack.room import Room as SlackRoom
from tests.fakes.slack import FakeSlack
from tests.platforms.slack_room import TEXTS, Part, Room, note, room_over_http

BODY = "command=%2Fmock-interview&text=docker&team_id=T1&user_id=U1&trigger_id=1.2"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    async with FakeSlack() as slack, room_over_http(slack) as built:
        yield built


def signed(secret: str, body: str = BODY, skew: float = 0) -> dict[str, str]:
    timestamp = str(int(time.time() + skew))
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body) or ""
    return {
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature,
        "Content-Type": FORM,
    }


async def posted(room: Room, headers: dict[str, str], body: str | bytes = BODY) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.post(room.url, data=body, headers=headers) as answer,
    ):
        return answer.status


async def test_a_signed_request_passes(room: Room) -> None:
    room.part.reply = lambda message: Reply((note("Hello."),))
    assert await posted(room, signed(room.slack.signing_secret)) == 200
    assert room.part.last.command == "docker"


@pytest.mark.parametrize(
    "change",
    [
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": "v0=ä" + "0" * 63},
        {"X-Slack-Signature": "v0=" + "g" * 64},
        {"X-Slack-Signature": "v1=" + "0" * 64},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Request-Timestamp": "now"},
        {"X-Slack-Request-Timestamp": "1e9"},
        {"X-Slack-Request-Timestamp": "9" * 5000},
        {"X-Slack-Request-Timestamp": "-1"},
        {"X-Slack-Request-Timestamp": "²"},
    ],
)
async def test_bad_headers_are_401(room: Room, change: dict[str, str]) -> None:
    assert await posted(room, signed(room.slack.signing_secret) | change) == 401
    assert room.part.heard == []


@pytest.mark.parametrize("missing", ["X-Slack-Signature", "X-Slack-Request-Timestamp"])
async def test_missing_headers_are_401(room: Room, missing: str) -> None:
    headers = signed(room.slack.signing_secret)
    del headers[missing]
    assert await posted(room, headers) == 401


@pytest.mark.parametrize(("skew", "status"), [(-290, 200), (290, 200), (-310, 401), (310, 401)])
async def test_a_request_is_good_for_five_minutes(room: Room, skew: float, status: int) -> None:
    assert await posted(room, signed(room.slack.signing_secret, skew=skew)) == status


async def test_the_age_is_told_by_the_clock_that_was_given() -> None:
    app = make_app(SlackRoom(Part().receive, TEXTS), OneToken("xoxb-1"), signing_secret="s3cret")
    with TestClient(Starlette(routes=slack_routes(app, lambda: 1_000_000.0))) as client:
        assert client.post("/slack/events", content=BODY, headers=signed("s3cret")).status_code == 401


async def test_another_secret_or_another_body_is_401(room: Room) -> None:
    assert await posted(room, signed("another-secret")) == 401
    assert await posted(room, signed(room.slack.signing_secret), BODY + "x") == 401
    assert await posted(room, signed(room.slack.signing_secret), b"\xff\xfe") == 401


@pytest.mark.parametrize("body", ["{", "payload=%7B", "[" * 100_000, "{}", '{"type":"event_callback"}', ""])
async def test_an_unsigned_body_is_never_parsed(room: Room, body: str) -> None:
    headers = signed("another-secret", body) | {"Content-Type": "application/json"}
    assert await posted(room, headers, body) == 401


async def test_a_large_body_is_413_whether_its_length_is_told_or_not(room: Room) -> None:
    large = "text=" + "x" * 2 * 1024 * 1024

    async def streamed() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 65_536):
            yield large[start : start + 65_536].encode()

    headers = signed(room.slack.signing_secret, large)
    statuses: list[int] = []
    async with aiohttp.ClientSession() as session:
        for data in (BytesIO(large.encode()), streamed()):
            async with session.post(room.url, data=data, headers=headers) as answer:
                statuses.append(answer.status)
    assert statuses == [413, 413]
    assert room.part.heard == []


async def test_a_large_answer_below_the_limit_passes(room: Room) -> None:
    body = BODY + "&more=" + "x" * 1_000_000
    assert await posted(room, signed(room.slack.signing_secret, body), body) == 200


async def test_slack_can_check_the_address(room: Room) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "c1", "token": "x"})
    headers = signed(room.slack.signing_secret, body) | {"Content-Type": "application/json"}
    async with aiohttp.ClientSession() as session:
        async with session.post(room.url, data=body, headers=headers) as answer:
            assert (answer.status, await answer.text()) == (200, '{"challenge": "c1"}')
        async with session.get(room.url) as answer:
            assert answer.status == 405


async def test_an_app_for_socket_mode_alone_takes_no_request_over_http() -> None:
    app = make_app(SlackRoom(Part().receive, TEXTS), OneToken("xoxb-1"))
    with TestClient(Starlette(routes=slack_routes(app))) as client:
        for secret in ("x", "None"):
            assert client.post("/slack/events", content=BODY, headers=signed(secret)).status_code == 401


def test_an_app_whose_secret_is_not_known_is_not_served() -> None:
    app = AsyncApp(token="xoxb-1", signing_secret="s3cret")
    with pytest.raises(TypeError, match="make_app"):
        slack_routes(app)
