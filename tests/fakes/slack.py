"""A Slack on loopback: Web API, response URLs, Socket Mode, and the people who use the bot.

    async with FakeSlack(scopes={"chat:write", "commands", "im:history"}) as slack:
        ada = slack.slacker("ada", slack.over_http("http://127.0.0.1:3000/slack/events"))
        await ada.command("docker")
        question = await slack.message_where(lambda m: "Question 1" in m.text)
        await ada.press(question, "Hint")
        assert slack.faults == []

It is as strict as Slack where Slack is known to be strict (`slack_checks`), keeps every call (`calls`),
every refusal (`faults`) and every delivery (`deliveries`), and fails on request (`fail`).
"""

import asyncio
import html
import re
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import NamedTuple, Self, TypeVar

import aiohttp
from aiohttp import web

from .slack_api import METHODS, reply
from .slack_calls import Call, Fault, Trouble, read_arguments
from .slack_checks import Json, Rejected
from .slack_plain import plain
from .slack_socket import SocketMode
from .slack_state import APP_ID, Channel, ChannelKind, Message, Person, Team, View
from .slack_transport import Delivery, HttpTransport, SocketTransport, Transport
from .slack_user import NotDelivered, Slacker
from .slack_workspace import Workspace

__all__ = ["Call", "Delivery", "FakeSlack", "Fault", "NotDelivered", "Slacker", "plain"]

RESPONSE_URL = "response_url"
_SOCKET_METHOD = "apps.connections.open"
T = TypeVar("T")


class Visit(NamedTuple):
    """A page that a browser was shown: its link to Slack's consent, and the cookie that it gave."""

    status: int
    page: str
    link: str
    cookie: str


class FakeSlack:
    """The server and all it remembers. Use it as an async context manager.

    `scopes`: what the first team granted (None: everything). `events`: the app's subscriptions
    (None: all). `ack_within`: how long Slack waits for an acknowledgement, in seconds.
    """

    def __init__(
        self,
        *,
        scopes: Iterable[str] | None = None,
        events: Iterable[str] | None = None,
        ack_within: float = 3.0,
    ) -> None:
        self.signing_secret = "fake-signing-secret"
        self.app_token = "xapp-1-fake-app-token"
        self.events = None if events is None else frozenset(events)
        self.ack_within = ack_within
        self.space = Workspace()
        self.socket = SocketMode(self.changed)
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.deliveries: list[Delivery] = []
        self.origin = ""
        self._consents: dict[str, Team] = {}
        self.refreshes: dict[str, tuple[str, str]] = {}
        self._changed = asyncio.Condition()
        self._troubles: list[Trouble] = []
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None
        self.team = self.add_team("acme", scopes=scopes)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=4 * 1024**2)
        app.router.add_route("*", "/api/{method}", self._serve_method)
        app.router.add_post("/commands/{key:.+}", self._serve_reply)
        app.router.add_get("/link", self.socket.serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.origin = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.cut()
        if self._session is not None:
            await self._session.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # Where the bot is pointed at

    @property
    def api_url(self) -> str:
        """The base URL of the Web API, with the trailing slash that slack_sdk wants."""
        return f"{self.origin}/api/"

    @property
    def bot_token(self) -> str:
        """The bot token of the first team."""
        return self.team.bot_token

    def reply_url(self, key: str) -> str:
        """The response_url with this key."""
        return f"{self.origin}/commands/{key}"

    # Who and what is there

    def add_team(
        self, domain: str, *, scopes: Iterable[str] | None = None, enterprise_id: str | None = None
    ) -> Team:
        """Install the app in one more team; it comes with a bot token and a #general."""
        team_id = self.space.new_id("T")
        team = Team(
            id=team_id,
            domain=domain,
            bot_token=f"xoxb-fake-{team_id}",
            bot_user_id=self.space.new_id("U"),
            bot_id=self.space.new_id("B"),
            scopes=None if scopes is None else frozenset(scopes),
            enterprise_id=enterprise_id,
        )
        self.space.teams.append(team)
        self.add_channel("general", team=team)
        return team

    def add_channel(
        self, name: str, *, kind: ChannelKind = "channel", bot_is_in: bool = True, team: Team | None = None
    ) -> Channel:
        """A public (`channel`) or private (`group`) channel."""
        channel_id = self.space.new_id("C")
        channel = Channel(channel_id, team or self.team, name, kind, bot_is_in)
        self.space.channels[channel_id] = channel
        return channel

    def slacker(
        self, name: str, transport: Transport, *, team: Team | None = None, tz: str = "Europe/Berlin"
    ) -> Slacker:
        """A new person in a team, whose doings reach the bot by `transport`."""
        where = team or self.team
        person = Person(self.space.new_id("U"), where, name, name.title(), tz)
        self.space.people[person.id] = person
        return Slacker(self, person, transport)

    def over_http(self, url: str, *, signing_secret: str | None = None) -> HttpTransport:
        """Signed requests to `url`, the bot's `/slack/events`."""
        if self._session is None:
            raise RuntimeError("enter the fake first")
        return HttpTransport(url, signing_secret or self.signing_secret, self._session, self.ack_within)

    def over_socket(self) -> SocketTransport:
        """Envelopes over the WebSocket that the bot opened."""
        return SocketTransport(self.socket, self.connected, self.ack_within)

    @property
    def messages(self) -> list[Message]:
        """All messages that are there now, ephemeral ones too, oldest first."""
        return [message for message in self.space.messages if not message.deleted]

    @property
    def views(self) -> list[View]:
        """All modals that were opened, closed ones too, oldest first."""
        return self.space.views

    def thread(self, root: Message) -> list[Message]:
        """The replies to `root`, oldest first."""
        return [m for m in self.messages if m.channel is root.channel and m.thread_ts == root.ts]

    def calls_to(self, method: str) -> list[Call]:
        """The finished calls of one method, in order."""
        return [call for call in self.calls if call.method == method and call.finished]

    # Installing

    def consent(self, team: Team) -> str:
        """Somebody of the team lets the app in: the code that Slack sends back with the browser."""
        code = self.space.new_id("code")
        self._consents[code] = team
        return code

    async def browse(self, url: str, *, cookie: str = "") -> Visit:
        """Open a page of the bot in a browser that keeps cookies only when told."""
        if self._session is None:
            raise RuntimeError("enter the fake first")
        headers = {"Cookie": cookie} if cookie else {}
        async with self._session.get(url, headers=headers, allow_redirects=False) as answer:
            page, given = await answer.text(), answer.headers.get("Set-Cookie", "")
            found = re.search(r'href="([^"]*oauth/v2/authorize[^"]*)"', page)
            link = html.unescape(found[1]) if found else answer.headers.get("Location", "")
            return Visit(answer.status, page, link, given.partition(";")[0])

    def _access(self, args: Json) -> Json:
        """oauth.v2.access: a code or a refresh token for an access token; each is good once."""
        if args.get("client_id") != "1.2" or args.get("client_secret") != "secret":
            raise Rejected("bad_client_secret")
        if args.get("grant_type") == "refresh_token":
            if args.get("refresh_token") not in self.refreshes:
                raise Rejected("invalid_refresh_token")
            access, refresh = self.refreshes.pop(str(args["refresh_token"]))
            told = {"access_token": access, "refresh_token": refresh, "expires_in": 43_200}
            return told | {"token_type": "bot"}
        team = self._consents.pop(str(args.get("code")), None)
        if team is None:
            raise Rejected("invalid_code")
        told = {"access_token": team.bot_token, "token_type": "bot", "bot_user_id": team.bot_user_id}
        told |= {"scope": ",".join(sorted(team.scopes or ())), "app_id": APP_ID}
        told |= {"team": {"id": team.id, "name": team.domain}, "enterprise": None}
        return told | {"authed_user": {"id": self.space.new_id("U")}, "is_enterprise_install": False}

    # Trouble

    def fail(
        self,
        method: str,
        *,
        times: int = 1,
        when: Callable[[Json], bool] = lambda args: True,
        status: int = 200,
        error: str = "",
        headers: dict[str, str] | None = None,
        works: bool = False,
        drop_reply: bool = False,
        delay: float = 0.0,
        gate: asyncio.Event | None = None,
    ) -> None:
        """Spoil the next `times` calls of `method` ("*": any; "response_url") whose arguments suit `when`.

        `status` and/or `error` are answered instead of the work, after it with `works=True` (as Slack's
        internal_error may). `drop_reply`: works, then cuts the connection. `delay` seconds or until `gate`
        is set: answers late. Several wishes for one method are used up in order.
        """
        works = works or drop_reply
        trouble = Trouble(method, times, when, status, error, headers or {}, works, drop_reply, delay, gate)
        self._troubles.append(trouble)

    def advance(self, seconds: float) -> None:
        """Let time pass for Slack: trigger_ids expire after 3 s, response_urls after 30 min."""
        self.space.clock.advance(seconds)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask the bot to open a new WebSocket (`warning`, `refresh_requested`); the old one gets nothing."""
        await self.socket.disconnect(reason)

    def drop_socket(self) -> None:
        """Break the bot's WebSockets hard."""
        self.socket.cut()

    # Waiting

    async def changed(self) -> None:
        """Wake everybody who waits, as something happened."""
        async with self._changed:
            self._changed.notify_all()

    async def wait_for(self, found: Callable[[], T | None], *, timeout: float = 5.0) -> T:  # noqa: ASYNC109
        """The first truthy value of `found()`, asked again whenever anything happens here.

        AssertionError with all that was said and called when nothing came within `timeout` seconds.
        """
        async with self._changed:
            try:
                async with asyncio.timeout(timeout):
                    while not (value := found()):
                        await self._changed.wait()
                    return value
            except TimeoutError:
                raise AssertionError(f"nothing like that within {timeout} s.\n{self.story()}") from None

    async def message_where(
        self,
        suits: Callable[[Message], bool],
        *,
        timeout: float = 5.0,  # noqa: ASYNC109
    ) -> Message:
        """The newest message of the bot that suits, once there is one (ephemeral ones count)."""
        return await self.wait_for(
            lambda: next((m for m in reversed(self.messages) if m.by_bot and suits(m)), None), timeout=timeout
        )

    async def view_where(
        self,
        suits: Callable[[View], bool],
        *,
        timeout: float = 5.0,  # noqa: ASYNC109
    ) -> View:
        """The newest open modal that suits, once there is one."""
        return await self.wait_for(
            lambda: next((v for v in reversed(self.views) if v.is_open and suits(v)), None), timeout=timeout
        )

    async def called(
        self,
        method: str,
        times: int = 1,
        *,
        timeout: float = 5.0,  # noqa: ASYNC109
    ) -> list[Call]:
        """All finished calls of `method`, once there are at least `times`."""
        await self.wait_for(lambda: len(self.calls_to(method)) >= times, timeout=timeout)
        return self.calls_to(method)

    async def connected(self, opened: int = 1, *, timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Wait until the bot has a usable WebSocket and has opened at least `opened` in all."""
        await self.wait_for(lambda: self.socket.live and self.socket.opened >= opened, timeout=timeout)

    def story(self) -> str:
        """All messages, calls and faults in plain text, for the message of a failed test."""
        said = [
            f"- {'bot' if m.by_bot else m.user_id} in {m.channel.name}: {plain(m)}" for m in self.messages
        ]
        called = [f"- {call.method} {call.error or 'ok'}" for call in self.calls]
        faults = [f"- {fault}" for fault in self.faults]
        return "\n".join(["Messages:", *said, "Calls:", *called, "Faults:", *faults])

    def blame(self, method: str, refusal: Rejected, args: Json) -> None:
        """Keep a fault of the bot."""
        self.faults.append(Fault(method, refusal.error, refusal.messages, args))

    # Serving

    async def _serve_method(self, request: web.Request) -> web.StreamResponse:
        args, token = await read_arguments(request)
        return await self._serve(
            request, Call(request.match_info["method"], args, self.space.clock.now(), token)
        )

    async def _serve_reply(self, request: web.Request) -> web.StreamResponse:
        args, _ = await read_arguments(request)
        return await self._serve(request, Call(RESPONSE_URL, args, self.space.clock.now()))

    async def _serve(self, request: web.Request, call: Call) -> web.StreamResponse:
        self.calls.append(call)
        if request.transport:
            call.port = request.transport.get_extra_info("peername")[1]
        await self.changed()
        trouble = next((one for one in self._troubles if one.takes(call)), None)
        if trouble is None:
            response = self._work(request, call)
        else:
            response = await self._spoil(request, call, trouble)
        call.finished = True
        await self.changed()
        if trouble is not None and trouble.drop_reply and request.transport is not None:
            request.transport.abort()
        return response

    async def _spoil(self, request: web.Request, call: Call, trouble: Trouble) -> web.Response:
        call.injected = True
        await trouble.hold()
        response = self._work(request, call) if trouble.works or not trouble.answers else web.Response()
        if not trouble.answers:
            return response
        call.error = trouble.error or str(trouble.status)
        return trouble.response()

    def _work(self, request: web.Request, call: Call) -> web.Response:
        is_reply = call.method == RESPONSE_URL
        try:
            if is_reply:
                self._reply(request.match_info["key"], call)
                return web.Response(text="ok")
            return web.json_response({"ok": True, **self._answer(call)})
        except Rejected as refusal:
            call.error = refusal.error
            self.blame(call.method, refusal, call.args)
            status = (404 if refusal.error.endswith("_url") else 400) if is_reply else 200
            return web.json_response(refusal.answer(), status=status)

    def _reply(self, key: str, call: Call) -> None:
        address = self.space.use_reply_address(key)
        call.team = address.person.team
        reply(self.space, address, call.args)

    def _answer(self, call: Call) -> Json:
        if call.method == "oauth.v2.access":
            return self._access(call.args)
        if call.method != _SOCKET_METHOD and call.method not in METHODS:
            raise Rejected("unknown_method", req_method=call.method)
        if not call.token:
            raise Rejected("not_authed")
        call.team = next((team for team in self.space.teams if team.bot_token == call.token), None)
        if call.team is None and call.token != self.app_token:
            raise Rejected("invalid_auth")
        if (call.team is None) != (call.method == _SOCKET_METHOD):
            raise Rejected("not_allowed_token_type")
        if call.team is None:
            return {"url": f"ws{self.origin.removeprefix('http')}/link?ticket={self.socket.ticket()}"}
        if call.team.revoked:
            raise Rejected("token_revoked")
        return METHODS[call.method](self.space, call.team, call.args)
