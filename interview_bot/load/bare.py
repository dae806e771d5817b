"""What a process is measured against, a Bolt app that does nothing: `python -m interview_bot.load.bare PORT SECRET`."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from uvicorn.loops.auto import auto_loop_factory


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


def main() -> None:
    """Serve until told to stop."""
    port, secret = sys.argv[1:]
    config = uvicorn.Config(bare(secret), "127.0.0.1", int(port), log_level="error", access_log=False)
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
