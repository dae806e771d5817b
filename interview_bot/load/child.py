"""One process that is measured: `python -m interview_bot.load.child web|bare PORT SECRET [DATABASE]`."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import structlog
import uvicorn
from pydantic import SecretStr
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from uvicorn.loops.auto import auto_loop_factory

from interview_bot.health.logs import configure_logs
from interview_bot.settings import Settings
from interview_bot.wiring import House

NOWHERE = "http://127.0.0.1:9/"
"""A Web API that nobody can reach: whoever only acknowledges calls none."""


def bare(secret: str) -> Starlette:
    """A Bolt app that does nothing: it checks the signature and acknowledges."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token="xoxb-1")  # noqa: S106

    # Bolt's decorators are partially unknown to a strict checker.
    app: Any = AsyncApp(process_before_response=True, signing_secret=secret, authorize=authorize)

    async def command(ack: AsyncAck) -> None:
        await ack()

    async def event() -> None:
        pass

    app.command("/mock-interview")(command)
    app.event("message")(event)
    bolt = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await bolt.handle(request)

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok")

    return Starlette(routes=[Route("/slack/events", events, methods=["POST"]), Route("/healthz", healthz)])


async def _serve(which: str, port: str, secret: str, database: str = "") -> None:
    if which == "bare":
        config = uvicorn.Config(bare(secret), "127.0.0.1", int(port), log_level="error", access_log=False)
        await uvicorn.Server(config).serve()
        return
    settings = Settings.model_validate(
        {
            "database_url": database,
            "host": "127.0.0.1",
            "port": int(port),
            "slack_bot_token": SecretStr("xoxb-1"),
            "slack_signing_secret": SecretStr(secret),
            "slack_app_token": None,
            "slack_client_id": None,
            "slack_api_url": NOWHERE,
            "discord_token": None,
        }
    )
    await House(settings).serve("web")


def main() -> None:
    """Serve until told to stop."""
    configure_logs(sys.stderr)
    structlog.contextvars.bind_contextvars(child=sys.argv[1])
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(_serve(*sys.argv[1:]))


if __name__ == "__main__":
    main()
