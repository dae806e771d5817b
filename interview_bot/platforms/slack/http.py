"""Serves the Bolt app over HTTP: events at /slack/events behind the guard, and /healthz."""

from __future__ import annotations

from collections.abc import Callable

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from interview_bot.platforms.slack.guard import Guard


def make_http(app: AsyncApp, now: Callable[[], float]) -> Starlette:
    """The web application; `now` tells the seconds since 1970."""
    handler = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    async def healthy(_request: Request) -> Response:
        return PlainTextResponse("ok")

    served = Starlette(routes=[Route("/slack/events", events, methods=["POST"]), Route("/healthz", healthy)])
    served.add_middleware(Guard, now=now)
    return served
