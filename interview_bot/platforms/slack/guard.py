"""Stands in front of Bolt: nothing that Slack did not sign, and nothing large, gets any further."""

from __future__ import annotations

import re
from collections.abc import Callable

from slack_sdk.signature import Clock, SignatureVerifier
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 1 << 20
MOST_AT_ONCE = 100
"""Requests that may be on their way inside; more are turned away at once, and Slack delivers again later."""

_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)


class Guard:
    """Lets a request through whose signature is right, not older than five minutes, of at most 1 MiB, and not in a flood.

    Bolt checks signatures too, but parses the body first and fails with 500 on headers that are no headers.
    """

    def __init__(self, app: ASGIApp, *, signing_secret: str, now: Callable[[], float] | None = None) -> None:
        """Stand in front of `app`; `now` tells Unix seconds, the machine's unless given."""
        self._app = app
        self._inside = 0
        self._verifier = SignatureVerifier(signing_secret, _Clock(now) if now else Clock())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, check it, and hand both on."""
        headers = Headers(scope=scope)
        if _declared(headers) > MOST_BYTES:
            await _turn_away(413, scope, receive, send)
            return
        body = await _read(receive)
        if body is None:
            await _turn_away(413, scope, receive, send)
        elif not self._is_from_slack(headers, body):
            await _turn_away(401, scope, receive, send)
        elif self._inside >= MOST_AT_ONCE:
            await _turn_away(503, scope, receive, send)
        else:
            self._inside += 1
            try:
                await self._app(scope, _Replay(body, receive), send)
            finally:
                self._inside -= 1

    def _is_from_slack(self, headers: Headers, body: bytes) -> bool:
        timestamp = headers.get("x-slack-request-timestamp", "")
        signature = headers.get("x-slack-signature", "")
        if not (_TIMESTAMP.fullmatch(timestamp) and _SIGNATURE.fullmatch(signature)):
            return False
        try:
            return self._verifier.is_valid(body, timestamp, signature)
        except UnicodeDecodeError:
            return False


class _Clock(Clock):
    """Our clock, as slack_sdk wants it."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now

    def now(self) -> float:
        return self._now()


class _Replay:
    """Gives the body that was read already, then listens on."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


def _declared(headers: Headers) -> int:
    length = headers.get("content-length", "0")
    return int(length) if length.isascii() and length.isdecimal() and len(length) < 20 else 0


async def _read(receive: Receive) -> bytes | None:
    """The whole body; None as soon as it is too large."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            return None
        if not message.get("more_body"):
            return bytes(body)


async def _turn_away(status: int, scope: Scope, receive: Receive, send: Send) -> None:
    # What was not read must not be taken for the next request.
    response = PlainTextResponse("", status_code=status, headers={"Connection": "close"})
    await response(scope, receive, send)
