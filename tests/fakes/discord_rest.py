"""Discord's REST interface: checks who asks and what, then does it."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from .discord_checks import Rejected, check_commands, check_described, check_message, check_modal, need
from .discord_state import DM, EPHEMERAL, PRIVATE_THREAD, PUBLIC_THREAD, Channel, Interaction, Json, Message

MESSAGE, THINKING, SILENT, UPDATE, CHOICES, FORM = 4, 5, 6, 7, 8, 9
_AGENT = re.compile(r"^DiscordBot \(.+\)")
_PUBLIC_THREADS, _PRIVATE_THREADS, _SEND_IN_THREADS, _SEND, _VIEW = (
    1 << 35,
    1 << 36,
    1 << 38,
    1 << 11,
    1 << 10,
)
_ATTACH = 1 << 15


@dataclass
class Call:
    """A call that was made, and how it was answered."""

    method: str
    path: str
    body: Any
    status: int = 0


@dataclass
class Trouble:
    """A failure on request."""

    path: str
    times: int
    status: int
    code: int
    retry_after: float
    lost: bool = False
    everywhere: bool = False


@dataclass
class Asked:
    """A call being answered."""

    body: Any
    query: dict[str, str]
    files: dict[str, bytes] = field(default_factory=dict)


class Rest:
    """Routes of the interface; `host` is the fake."""

    def __init__(self, host: Any) -> None:
        self.host = host
        self._nonces: dict[str, Message] = {}
        self._routes: list[tuple[str, str, Callable[..., Any]]] = [
            ("GET", "/users/@me", self._me),
            ("GET", "/oauth2/applications/@me", self._application),
            ("GET", "/applications/@me", self._application),
            ("GET", "/gateway/bot", self._gateway),
            ("PUT", "/applications/{application_id}/commands", self._commands),
            ("POST", "/users/@me/channels", self._open_dm),
            ("POST", "/channels/{channel_id}/threads", self._open_thread),
            ("POST", "/channels/{channel_id}/messages/{message_id}/threads", self._open_below),
            ("PUT", "/channels/{channel_id}/thread-members/{user_id}", self._add_member),
            ("GET", "/guilds/{guild_id}/threads/active", self._active_threads),
            ("POST", "/channels/{channel_id}/messages", self._post),
            ("PATCH", "/channels/{channel_id}/messages/{message_id}", self._edit),
            ("POST", "/interactions/{interaction_id}/{interaction_token}/callback", self._answer),
            ("POST", "/webhooks/{webhook_id}/{webhook_token}", self._follow_up),
        ]

    async def serve(self, request: web.Request) -> web.Response:
        """Answer one call."""
        path = "/" + request.match_info["path"]
        asked = await _read(request)
        call = Call(request.method, path, asked.body)
        self.host.calls.append(call)
        trouble = self._trouble(path)
        try:
            if trouble and not trouble.lost:
                return self._fail(call, trouble)
            status, told = self._do(request, path, asked)
        except Rejected as refused:
            self.host.faults.append(f"{request.method} {path}: {refused}")
            status, told = refused.status, {"message": refused.words, "code": refused.code}
        call.status = status
        await self.host.changed()
        if trouble and request.transport:
            request.transport.abort()
        return _json(status, told)

    def _trouble(self, path: str) -> Trouble | None:
        for trouble in self.host.troubles:
            if trouble.times > 0 and trouble.path in path:
                trouble.times -= 1
                return trouble
        return None

    def _fail(self, call: Call, trouble: Trouble) -> web.Response:
        call.status = trouble.status
        if trouble.status == 429:
            told = {"message": "You are being rate limited.", "retry_after": trouble.retry_after,
                    "global": trouble.everywhere}  # fmt: skip
            return _json(429, told, {"Via": "1.1 google", "Retry-After": str(int(trouble.retry_after) + 1)})
        return _json(trouble.status, {"message": "told to fail", "code": trouble.code})

    def _do(self, request: web.Request, path: str, asked: Asked) -> tuple[int, Any]:
        for method, template, route in self._routes:
            pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)
            match = re.fullmatch(pattern, path)
            if match and method == request.method:
                is_secret = template.startswith(("/interactions", "/webhooks"))
                if not is_secret:
                    if request.headers.get("Authorization") != f"Bot {self.host.token}":
                        raise Rejected(401, 0, "401: Unauthorized")
                    need(_AGENT.match(request.headers.get("User-Agent", "")), "User-Agent")
                check_described(method, template, asked.body)
                return route(asked, **match.groupdict())
        raise Rejected(404, 0, "404: Not Found")

    def _me(self, asked: Asked) -> tuple[int, Any]:
        return 200, self.host.bot.told()

    def _application(self, asked: Asked) -> tuple[int, Any]:
        return 200, {"id": self.host.application, "name": "Bot", "description": "", "icon": None, "bot_public": True,
                     "bot_require_code_grant": False, "owner": self.host.bot.told(), "verify_key": "", "flags": 0}  # fmt: skip

    def _gateway(self, asked: Asked) -> tuple[int, Any]:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return 200, {
            "url": self.host.gateway_url,
            "shards": self.host.least_shards,
            "session_start_limit": limit,
        }

    def _commands(self, asked: Asked, application_id: str) -> tuple[int, Any]:
        need(application_id == self.host.application, "somebody else's application")
        check_commands(asked.body)
        self.host.commands = asked.body
        return 200, asked.body

    def _open_dm(self, asked: Asked) -> tuple[int, Any]:
        person = self.host.people.get(str(asked.body["recipient_id"]))
        if person is None:
            raise Rejected(400, 50033, "Invalid Recipient(s)")
        return 200, self.host.dm(person).told()

    def _channel(self, channel_id: str) -> Channel:
        channel = self.host.channels.get(channel_id)
        if channel is None or channel.gone:
            raise Rejected(404, 10003, "Unknown Channel")
        if not channel.permissions & _VIEW:
            raise Rejected(403, 50001, "Missing Access")
        return channel

    def _open_thread(self, asked: Asked, channel_id: str) -> tuple[int, Any]:
        parent = self._channel(channel_id)
        if parent.kind != 0:
            raise Rejected(400, 50024, "Cannot execute action on this channel type")
        if not parent.permissions & _PRIVATE_THREADS:
            raise Rejected(403, 50013, "Missing Permissions")
        need(asked.body["type"] == PRIVATE_THREAD and 1 <= len(asked.body["name"]) <= 100, "thread")
        thread = Channel(PRIVATE_THREAD, parent.guild, asked.body["name"], parent.id, self.host.bot.id)
        thread.permissions = parent.permissions
        self.host.channels[thread.id] = thread
        return 201, thread.told()

    def _open_below(self, asked: Asked, channel_id: str, message_id: str) -> tuple[int, Any]:
        parent = self._channel(channel_id)
        if not any(one.id == message_id and one.channel is parent for one in self.host.messages):
            raise Rejected(404, 10008, "Unknown Message")
        if not parent.permissions & _PUBLIC_THREADS:
            raise Rejected(403, 50013, "Missing Permissions")
        if message_id in self.host.channels:
            raise Rejected(400, 160004, "A thread has already been created for this message")
        need(1 <= len(asked.body["name"]) <= 100, "thread")
        thread = Channel(
            PUBLIC_THREAD, parent.guild, asked.body["name"], parent.id, self.host.bot.id, id=message_id
        )
        self.host.channels[thread.id] = thread
        return 201, thread.told()

    def _add_member(self, asked: Asked, channel_id: str, user_id: str) -> tuple[int, Any]:
        self._channel(channel_id).members.add(user_id)
        return 204, None

    def _active_threads(self, asked: Asked, guild_id: str) -> tuple[int, Any]:
        active = [one.told() for one in self.host.threads if one.guild == guild_id and not one.gone]
        return 200, {"threads": active, "members": []}

    def _post(self, asked: Asked, channel_id: str) -> tuple[int, Any]:
        channel = self._channel(channel_id)
        body = asked.body
        if channel.kind == DM and channel.person and not channel.person.takes_dms:
            raise Rejected(403, 50007, "Cannot send messages to this user")
        if channel.locked:
            raise Rejected(403, 160005, "Thread is locked")
        if not channel.permissions & (_SEND_IN_THREADS if channel.parent else _SEND):
            raise Rejected(403, 50013, "Missing Permissions")
        if asked.files and not channel.permissions & _ATTACH:
            raise Rejected(403, 50013, "Missing Permissions")
        check_message(body, files=asked.files)
        need(body.get("nonce") and body.get("enforce_nonce"), "every message needs an enforced nonce")
        message = self._nonces.get(str(body["nonce"]))
        if message is None:
            message = Message(channel, self.host.bot, body, files=asked.files)
            self._nonces[str(body["nonce"])] = message
            self.host.messages.append(message)
            self.host.said.append(message.text)
        return 200, message.told()

    def _edit(self, asked: Asked, channel_id: str, message_id: str) -> tuple[int, Any]:
        channel = self._channel(channel_id)
        message = next((one for one in self.host.messages if one.id == message_id), None)
        if message is None or message.channel is not channel:
            raise Rejected(404, 10008, "Unknown Message")
        if channel.locked:
            raise Rejected(403, 50083, "Thread is archived")
        if asked.files and not channel.permissions & _ATTACH:
            raise Rejected(403, 50013, "Missing Permissions")
        if message.author is not self.host.bot:
            raise Rejected(403, 50005, "Cannot edit a message authored by another user")
        check_message(asked.body, files=asked.files)
        message.body, message.edits = asked.body, message.edits + 1
        message.files = asked.files
        self.host.said.append(message.text)
        return 200, message.told()

    def _answer(self, asked: Asked, interaction_id: str, interaction_token: str) -> tuple[int, Any]:
        interaction = self._interaction(interaction_token)
        if interaction.id != interaction_id or (
            interaction.response is None and time.monotonic() - interaction.at > self.host.answer_within
        ):
            raise Rejected(404, 10062, "Unknown interaction")
        if interaction.response is not None:
            raise Rejected(400, 40060, "Interaction has already been acknowledged.")
        kind, data = asked.body["type"], asked.body.get("data") or {}
        _check_kind(interaction, kind)
        if kind == MESSAGE:
            check_message(data, ephemeral_allowed=True, files=asked.files)
            self._show(interaction, data, asked.files)
        elif kind == FORM:
            check_modal(data)
            interaction.modal = data
        elif kind == CHOICES:
            need(len(data["choices"]) <= 25, "more than 25 suggestions")
            interaction.choices = data["choices"]
        interaction.response = kind
        interaction.changed.set()
        told: Json = {"interaction": {"id": interaction.id, "type": interaction.kind}}
        if kind == MESSAGE:
            told["interaction"]["response_message_id"] = interaction.shown[-1].id
            told["resource"] = {"type": kind, "message": interaction.shown[-1].told()}
        return 200, told

    def _follow_up(self, asked: Asked, webhook_id: str, webhook_token: str) -> tuple[int, Any]:
        interaction = self._interaction(webhook_token)
        if interaction.response is None:
            raise Rejected(404, 10015, "Unknown Webhook")
        check_message(asked.body, ephemeral_allowed=True, files=asked.files)
        return 200, self._show(interaction, asked.body, asked.files).told()

    def _interaction(self, token: str) -> Interaction:
        interaction = self.host.interactions.get(token)
        if interaction is None:
            raise Rejected(404, 10015, "Unknown Webhook")
        return interaction

    def _show(self, interaction: Interaction, body: Json, files: dict[str, bytes]) -> Message:
        need((body.get("flags") or 0) & EPHEMERAL, "what is said at once is for the sender alone")
        message = Message(interaction.channel, self.host.bot, body, interaction.person.id, files=files)
        interaction.shown.append(message)
        self.host.messages.append(message)
        self.host.said.append(message.text)
        return message


def _check_kind(interaction: Interaction, kind: int) -> None:
    """Which answers are possible to which interaction."""
    possible = {2: {MESSAGE, THINKING, FORM}, 3: {MESSAGE, THINKING, SILENT, UPDATE, FORM}, 4: {CHOICES},
                5: {MESSAGE, THINKING, *({SILENT, UPDATE} if interaction.message else ())}}  # fmt: skip
    need(kind in possible[interaction.kind], f"answer {kind} to an interaction of type {interaction.kind}")


async def _read(request: web.Request) -> Asked:
    query = dict(request.query)
    if request.content_type.startswith("multipart/"):
        form = await request.post()
        files = {one.filename: one.file.read() for one in form.values() if isinstance(one, web.FileField)}
        told = form["payload_json"]  # bytes where the part says that it is JSON, else text
        return Asked(json.loads(told if isinstance(told, bytes | bytearray | str) else b""), query, files)
    raw = await request.read()
    return Asked(json.loads(raw) if raw else None, query)


def _json(status: int, told: Any, headers: dict[str, str] | None = None) -> web.Response:
    """Exactly `application/json`: discord.py reads nothing else."""
    if told is None:
        return web.Response(status=status, headers=headers)
    return web.Response(
        status=status,
        body=json.dumps(told).encode(),
        headers={"Content-Type": "application/json", **(headers or {})},
    )
