"""Discord's gateway: sessions with numbered events, resuming, shards, and the closing codes."""

import asyncio
import contextlib
import json
import zlib
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from .discord_state import Json, snowflake

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
MESSAGE_CONTENT = 1 << 15


class Link:
    """One WebSocket; frames are one compressed stream, as discord.py asks for."""

    def __init__(self, socket: web.WebSocketResponse, compress: bool) -> None:
        self.socket = socket
        self._stream = zlib.compressobj() if compress else None
        self._order = asyncio.Lock()

    async def send(self, frame: Json) -> None:
        async with self._order:
            text = json.dumps(frame)
            if self._stream is None:
                await self.socket.send_str(text)
                return
            packed = self._stream.compress(text.encode()) + self._stream.flush(zlib.Z_SYNC_FLUSH)
            await self.socket.send_bytes(packed)


@dataclass
class Session:
    """A bot's session: it outlives its link for a while."""

    shard: int
    shards: int
    intents: int
    id: str = field(default_factory=snowflake)
    sent: list[Json] = field(default_factory=list)
    link: Link | None = None

    async def tell(self, event: str, data: Json) -> None:
        """Send an event, and keep it for a link that comes back."""
        frame = {"op": DISPATCH, "t": event, "s": len(self.sent) + 1, "d": data}
        self.sent.append(frame)
        if self.link:
            with contextlib.suppress(ConnectionError, aiohttp.ClientError):
                await self.link.send(frame)


class Gateway:
    """Serves the WebSocket. `host` is the fake: it knows the token, the servers, and what is granted."""

    def __init__(self, host: Any) -> None:
        self._host = host
        self.sessions: list[Session] = []
        self.identified = 0
        self.resumed = 0

    @property
    def links(self) -> list[Session]:
        """Sessions that are connected."""
        return [one for one in self.sessions if one.link]

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One connection, until it ends."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        link = Link(socket, request.query.get("compress") == "zlib-stream")
        await link.send({"op": HELLO, "d": {"heartbeat_interval": 41250}})
        session: Session | None = None
        try:
            async for frame in socket:
                if frame.type is not aiohttp.WSMsgType.TEXT:
                    break
                told = json.loads(frame.data)
                if told["op"] == HEARTBEAT:
                    await link.send({"op": ACK})
                elif told["op"] == IDENTIFY:
                    session = await self._identify(link, told["d"])
                elif told["op"] == RESUME:
                    session = await self._resume(link, told["d"])
        finally:
            if session and session.link is link:
                session.link = None
                if socket.close_code in {1000, 1001}:
                    self.sessions.remove(session)
            await self._host.changed()
        return socket

    async def _identify(self, link: Link, asked: Json) -> Session | None:
        self.identified += 1
        shard, shards = asked.get("shard", [0, 1])
        if asked["token"] != self._host.token:
            await link.socket.close(code=4004, message=b"Authentication failed.")
            return None
        if shards < self._host.least_shards:
            await link.socket.close(code=4011, message=b"Sharding required.")
            return None
        if asked["intents"] & MESSAGE_CONTENT and not self._host.message_content:
            await link.socket.close(code=4014, message=b"Disallowed intent(s).")
            return None
        session = Session(shard, shards, asked["intents"], link=link)
        self.sessions.append(session)
        ready = {"v": 10, "user": self._host.bot.told(), "session_id": session.id, "guilds": [],
                 "resume_gateway_url": self._host.gateway_url, "shard": [shard, shards],
                 "application": {"id": self._host.application, "flags": 0}}  # fmt: skip
        await session.tell("READY", ready)
        for guild in self._host.guilds:
            if self._hears(session, guild):
                await session.tell("GUILD_CREATE", self._host.guild_told(guild))
        await self._host.changed()
        return session

    async def _resume(self, link: Link, asked: Json) -> Session | None:
        session = next((one for one in self.sessions if one.id == asked["session_id"]), None)
        if session is None or asked["token"] != self._host.token:
            await link.send({"op": INVALID, "d": False})
            return None
        self.resumed += 1
        session.link = link
        for frame in session.sent[asked["seq"] :]:
            await link.send(frame)
        await session.tell("RESUMED", {})
        await self._host.changed()
        return session

    def _hears(self, session: Session, guild: str | None) -> bool:
        return session.shard == ((int(guild) >> 22) % session.shards if guild else 0)

    async def tell(self, event: str, data: Json, guild: str | None, intents: int = 0) -> int:
        """Tell every session of the server's shard that asked for it; how many there are."""
        told = [one for one in self.sessions if self._hears(one, guild) and one.intents & intents == intents]
        for session in told:
            await session.tell(event, _readable(data, session) if event == "MESSAGE_CREATE" else data)
        return len(told)

    async def drop(self, code: int = 4000) -> None:
        """Cut all connections; the sessions can be resumed."""
        for session in self.links:
            if session.link:
                await session.link.socket.close(code=code)

    async def ask_to_reconnect(self) -> None:
        """What Discord does before maintenance."""
        for session in self.links:
            if session.link:
                await session.link.send({"op": RECONNECT, "d": None})


def _readable(message: Json, session: Session) -> Json:
    """Without the privileged intent what is typed in servers has no content."""
    if message.get("guild_id") and not session.intents & MESSAGE_CONTENT:
        return message | {"content": ""}
    return message
