"""A bot in Bolt's default way, which acknowledges before anything is kept: the control of the test that kills bots."""

import asyncio
from typing import Any

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from interview_bot.platforms.slack.payloads import from_command, from_event
from interview_bot.wiring import House


def eager_app(house: House) -> Starlette:
    """The same bot over the same database; only the order of keeping and acknowledging differs."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token="xoxb-1")

    secret = house.settings.slack_signing_secret
    assert secret
    app = AsyncApp(signing_secret=secret.get_secret_value(), authorize=authorize)
    bot = house.bot

    async def command(ack: AsyncAck, body: dict[str, Any]) -> None:
        await bot.receive(from_command(body))
        await ack()

    async def event(body: dict[str, Any]) -> None:
        message = from_event(body)
        assert message
        await bot.receive(message)

    app.command("/mock-interview")(command)
    app.event("message")(event)
    bolt = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await bolt.handle(request)

    async def health(_: Request) -> Response:
        return PlainTextResponse("ok")

    return Starlette(routes=[Route("/slack/events", events, methods=["POST"]), Route("/healthz", health)])


async def serve() -> None:
    """Serve until killed."""
    house = House()
    await house.ready()
    settings = house.settings
    await uvicorn.Server(
        uvicorn.Config(eager_app(house), settings.host, settings.port, log_level="error")
    ).serve()


def main() -> None:
    """Serve in a loop of its own."""
    asyncio.run(serve())
