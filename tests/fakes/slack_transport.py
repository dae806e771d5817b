"""How Slack reaches the bot: signed HTTP requests, or envelopes over the bot's WebSocket."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from .slack_checks import Json
from .slack_socket import SocketMode
from .slack_state import Message

Kind = Literal["events_api", "slash_commands", "interactive"]


@dataclass(frozen=True)
class Outgoing:
    """One thing that Slack tells the bot. `retry_num` 0: for the first time."""

    kind: Kind
    payload: Json
    retry_num: int = 0
    retry_reason: str = ""


@dataclass
class Delivery:
    """What came back. `status` is None when nothing came within Slack's three seconds, or no connection.

    `payload` is the JSON that the bot answered with (a view_submission's response, a command's reply).
    `message` is the person's own message, when that is what was delivered.
    """

    sent: Outgoing
    status: int | None
    body: str = ""
    payload: Json | None = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    message: Message | None = None

    @property
    def ok(self) -> bool:
        """Whether Slack takes it as acknowledged."""
        return self.status == 200


class Transport(Protocol):
    """A way to the bot."""

    async def deliver(self, sent: Outgoing) -> Delivery:
        """Send once, wait for the answer at most as long as Slack does."""
        ...


@dataclass
class HttpTransport:
    """Signed POSTs to the bot's request URL. Change `signing_secret` or `skew` (seconds) to forge them."""

    url: str
    signing_secret: str
    session: aiohttp.ClientSession
    ack_within: float = 3.0
    skew: float = 0.0

    async def deliver(self, sent: Outgoing) -> Delivery:
        """POST once; a late or broken answer gives `status` None."""
        body, content_type = _encoded(sent)
        headers = self._signed(body) | {"Content-Type": content_type} | _retry_headers(sent)
        started = time.perf_counter()
        delivery = Delivery(sent, None)
        try:
            async with asyncio.timeout(self.ack_within):
                async with self.session.post(self.url, data=body.encode(), headers=headers) as answer:
                    delivery.body = await answer.text()
                    delivery.status = answer.status
                    delivery.headers = dict(answer.headers)
        except (TimeoutError, aiohttp.ClientError):
            pass
        delivery.seconds = time.perf_counter() - started
        delivery.payload = _object(delivery.body)
        return delivery

    def _signed(self, body: str) -> dict[str, str]:
        timestamp = str(int(time.time() + self.skew))
        signature = SignatureVerifier(self.signing_secret).generate_signature(timestamp=timestamp, body=body)
        return {
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature or "",
        }


@dataclass
class SocketTransport:
    """Envelopes over the newest WebSocket of the bot; waits for one to open if there is none."""

    socket: SocketMode
    linked: Callable[[], Awaitable[object]]
    ack_within: float = 3.0

    async def deliver(self, sent: Outgoing) -> Delivery:
        """Send one envelope and wait for its ack; none in time, or no socket, gives `status` None."""
        delivery = Delivery(sent, None)
        await self.linked()
        started = time.perf_counter()
        retry = sent.retry_num if sent.kind == "events_api" else None
        try:
            async with asyncio.timeout(self.ack_within):
                ack = await self.socket.send(sent.kind, sent.payload, retry=retry, reason=sent.retry_reason)
            delivery.status = 200
            delivery.payload = ack.get("payload")
            delivery.body = json.dumps(delivery.payload) if delivery.payload else ""
        except (TimeoutError, ConnectionError):
            pass
        delivery.seconds = time.perf_counter() - started
        return delivery


def _encoded(sent: Outgoing) -> tuple[str, str]:
    if sent.kind == "events_api":
        return json.dumps(sent.payload), "application/json"
    fields = sent.payload if sent.kind == "slash_commands" else {"payload": json.dumps(sent.payload)}
    return urlencode(fields), "application/x-www-form-urlencoded"


def _retry_headers(sent: Outgoing) -> dict[str, str]:
    if sent.kind != "events_api" or not sent.retry_num:
        return {}  # only the Events API retries
    return {"X-Slack-Retry-Num": str(sent.retry_num), "X-Slack-Retry-Reason": sent.retry_reason}


def _object(body: str) -> Json | None:
    try:
        value = json.loads(body)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
