"""Slack's side of Socket Mode: tickets, hello, envelopes and their acks, pings, disconnects."""

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from .slack_checks import Json
from .slack_state import APP_ID

MOST_CONNECTIONS = 10


@dataclass(eq=False)
class Link:
    """One WebSocket that the bot opened. A draining one gets nothing new."""

    socket: web.WebSocketResponse
    request: web.Request
    draining: bool = False
    pings: int = 0

    def cut(self) -> None:
        """Break the connection without a word, as a dying network does."""
        if self.request.transport is not None:
            self.request.transport.abort()


@dataclass(eq=False)
class SocketMode:
    """All WebSockets of the app. `silent`: pings are not answered and nothing is sent, yet nothing closes."""

    changed: Callable[[], Awaitable[None]]
    links: list[Link] = field(default_factory=list)
    opened: int = 0
    silent: bool = False
    _tickets: set[str] = field(default_factory=set)
    _waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict)

    @property
    def live(self) -> Link | None:
        """The link that gets the next envelope: the newest that is not draining."""
        return next((link for link in reversed(self.links) if not link.draining), None)

    def ticket(self) -> str:
        """Admits one connection."""
        ticket = uuid.uuid4().hex
        self._tickets.add(ticket)
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One WebSocket from hello to its end; 403 without a ticket that is still good."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets or len(self.links) >= MOST_CONNECTIONS:
            return web.Response(status=403)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(autoping=False, timeout=0.1)
        await socket.prepare(request)
        link = Link(socket, request)
        self.links.append(link)
        self.opened += 1
        await socket.send_json(self._hello())
        await self.changed()
        try:
            await self._read(link)
        finally:
            self.links.remove(link)
            await self.changed()
        return socket

    async def send(self, kind: str, payload: Json, *, retry: int | None, reason: str) -> Json:
        """Send one envelope over the live link and return the ack: `{}` or with the bot's `payload`."""
        link = self.live
        if link is None:
            raise ConnectionError("the bot has no WebSocket open")
        envelope_id = str(uuid.uuid4())
        envelope: Json = {"envelope_id": envelope_id, "type": kind, "payload": payload}
        envelope["accepts_response_payload"] = kind != "events_api"
        if retry is not None:
            envelope |= {"retry_attempt": retry, "retry_reason": reason}
        acked = self._waiting[envelope_id] = asyncio.get_running_loop().create_future()
        try:
            if not self.silent:
                await link.socket.send_json(envelope)
            return await acked
        finally:
            del self._waiting[envelope_id]

    async def disconnect(self, reason: str) -> None:
        """Tell every link to go; they get nothing new, and the bot is to open another."""
        frame = {"type": "disconnect", "reason": reason, "debug_info": {"host": "fake-applink"}}
        for link in list(self.links):
            link.draining = True
            await link.socket.send_json(frame)

    def cut(self) -> None:
        """Break every link hard."""
        for link in list(self.links):
            link.draining = True
            link.cut()

    async def _read(self, link: Link) -> None:
        async for message in link.socket:
            if message.type == WSMsgType.TEXT:
                self._take_ack(message.data)
            elif message.type == WSMsgType.PING and not self.silent:
                link.pings += 1
                await link.socket.pong(message.data)

    def _take_ack(self, text: str) -> None:
        ack = json.loads(text) if text.startswith("{") else {}
        waiting = self._waiting.get(ack.get("envelope_id", ""))
        if waiting is not None and not waiting.done():
            waiting.set_result(ack)

    def _hello(self) -> Json:
        debug = {"host": "fake-applink", "build_number": 1, "approximate_connection_time": 18060}
        hello: Json = {"type": "hello", "num_connections": len(self.links), "debug_info": debug}
        return hello | {"connection_info": {"app_id": APP_ID}}
