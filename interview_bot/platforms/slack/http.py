"""Slack over HTTP: the one address for commands, events and buttons, and the one for health checks."""

from __future__ import annotations

from collections.abc import Callable

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from interview_bot.platforms.slack.app import SlackApp
from interview_bot.platforms.slack.guard import Guard

PATH = "/slack/events"


def make_http(app: AsyncApp, now: Callable[[], float] | None = None) -> Starlette:
    """The routes for Slack.

    Args:
        app: from `make_app`.
        now: Unix seconds, to tell how old a request is; the machine's clock unless given.

    Raises:
        TypeError: the app is not from `make_app`, so that its secret is not known.
    """
    if not isinstance(app, SlackApp):
        raise TypeError("make_http wants an app from make_app")
    bolt = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await bolt.handle(request)

    async def health(_: Request) -> Response:
        return PlainTextResponse("ok")

    guard = Middleware(Guard, signing_secret=app.signing_secret, now=now)
    return Starlette(
        routes=[
            Route(PATH, events, methods=["POST"], middleware=[guard]),
            Route("/healthz", health, methods=["GET"]),
        ]
    )
