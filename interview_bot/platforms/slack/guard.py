"""Stands in front of Bolt: bounded bodies, well-formed and fresh signature headers, or no answer beyond a number."""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 1024 * 1024
MOST_SECONDS = 300
_TIMESTAMP = re.compile(rb"\d{10}")
_SIGNATURE = re.compile(rb"v0=[0-9a-f]{64}")


class Guard:
    """An ASGI wrapper; Bolt itself answers 500 to a timestamp that is no number, and reads bodies of any size."""

    def __init__(self, app: ASGIApp, now: Callable[[], float]) -> None:
        """Guard this app; `now` tells the seconds since 1970."""
        self._app = app
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or end it with 401 or 413."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        if not self._signed(dict(scope["headers"])):
            await _end(send, 401)
            return
        body = await _read(receive)
        if body is None:
            await _end(send, 413)
            return
        given = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def again() -> Message:
            return next(given, {"type": "http.disconnect"})

        await self._app(scope, again, send)

    def _signed(self, headers: dict[bytes, bytes]) -> bool:
        stamp = headers.get(b"x-slack-request-timestamp", b"")
        signature = headers.get(b"x-slack-signature", b"")
        if not _TIMESTAMP.fullmatch(stamp) or not _SIGNATURE.fullmatch(signature):
            return False
        return abs(self._now() - int(stamp)) <= MOST_SECONDS


async def _read(receive: Receive) -> bytes | None:
    """The whole body, or None as soon as it is too long."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            return None
        if not message.get("more_body"):
            return bytes(body)


async def _end(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
