"""Slack over HTTP: the one address for commands, events and buttons, and the pages where the app is installed."""

from __future__ import annotations

from collections.abc import Callable

from slack_bolt.adapter.starlette.async_handler import (
    AsyncSlackRequestHandler,
    to_async_bolt_request,
    to_starlette_response,
)
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from interview_bot.platforms.slack.app import SlackApp
from interview_bot.platforms.slack.guard import Guard
from interview_bot.platforms.slack.manifest import BACK, EVENTS_PATH, INSTALL


def slack_routes(
    app: AsyncApp, now: Callable[[], float] | None = None, install: AsyncOAuthFlow | None = None
) -> list[Route]:
    """The routes for Slack.

    Args:
        app: from `make_app`.
        now: Unix seconds, to tell how old a request is; the machine's clock unless given.
        install: the pages where somebody adds the app to a workspace; none unless given.

    Raises:
        TypeError: the app is not from `make_app`, so that its secret is not known.
    """
    if not isinstance(app, SlackApp):
        raise TypeError("slack_routes wants an app from make_app")
    bolt = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await bolt.handle(request)

    async def leave(request: Request) -> Response:
        return to_starlette_response(await flow.handle_installation(to_async_bolt_request(request, b"")))

    async def come_back(request: Request) -> Response:
        return to_starlette_response(await flow.handle_callback(to_async_bolt_request(request, b"")))

    pages: list[Route] = []
    if install is not None:
        flow = install
        pages = [Route(INSTALL, leave, methods=["GET"]), Route(BACK, come_back, methods=["GET"])]
    guard = Middleware(Guard, signing_secret=app.signing_secret, now=now)
    return [Route(EVENTS_PATH, events, methods=["POST"], middleware=[guard]), *pages]
