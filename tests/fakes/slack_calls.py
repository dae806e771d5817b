"""The calls that a bot makes: read from a request, kept, refused, or spoilt on request."""

import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from .slack_checks import Json
from .slack_state import Team

_JSON_ARGUMENTS = ("blocks", "attachments", "view", "metadata")


@dataclass
class Call:
    """One call of the bot. `error`: what it was told ("" = ok); `injected`: because a test wanted it."""

    method: str
    args: Json
    at: float
    token: str = field(default="", repr=False)
    team: Team | None = field(default=None, repr=False)
    error: str = ""
    injected: bool = False
    port: int = 0
    """The caller's: calls of one port came through one connection."""
    finished: bool = False


@dataclass
class Fault:
    """Something the bot did that Slack refuses."""

    method: str
    error: str
    messages: list[str]
    args: Json = field(repr=False)


@dataclass
class Trouble:
    """What is to happen to the next `times` calls of `method` ("*": any) whose arguments suit `when`."""

    method: str
    times: int
    when: Callable[[Json], bool]
    status: int
    error: str
    headers: dict[str, str]
    works: bool
    drop_reply: bool
    delay: float
    gate: asyncio.Event | None

    def takes(self, call: Call) -> bool:
        """Whether this call is one of them; counts it if so."""
        if self.times < 1 or self.method not in ("*", call.method) or not self.when(call.args):
            return False
        self.times -= 1
        return True

    async def hold(self) -> None:
        """Wait as long as the call is to be held up."""
        await asyncio.sleep(self.delay)
        if self.gate is not None:
            await self.gate.wait()

    @property
    def answers(self) -> bool:
        """Whether the bot gets this instead of Slack's answer."""
        return bool(self.error) or self.status != 200

    def response(self) -> web.Response:
        """The answer the bot gets."""
        if self.status >= 500 and not self.error:
            page = "<html><body>Server Error</body></html>"
            return web.Response(status=self.status, text=page, content_type="text/html", headers=self.headers)
        error = self.error or ("ratelimited" if self.status == 429 else "internal_error")
        return web.json_response({"ok": False, "error": error}, status=self.status, headers=self.headers)


async def read_arguments(request: web.Request) -> tuple[Json, str]:
    """The arguments as slack_sdk may send them (query, form, JSON), JSON strings decoded, and the token."""
    args: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        body = _decoded(await request.text())
        args |= body if isinstance(body, dict) else {}
    else:
        args |= dict(await request.post())
    for name in _JSON_ARGUMENTS:
        if isinstance(args.get(name), str):
            args[name] = _decoded(args[name])
    token = str(args.pop("token", ""))
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Basic":
        args["client_id"], _, args["client_secret"] = base64.b64decode(bearer).decode().partition(":")
    return args, (bearer if scheme == "Bearer" else token)


def _decoded(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text  # left for the method to refuse
