"""The pages for whoever looks after the bot: is it alive, is it ready, what does it count."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from interview_bot.health.measures import Measures
from interview_bot.health.ready import Health

PROMETHEUS = "text/plain; version=1.0.0; charset=utf-8"


def pages(readiness: Callable[[], Awaitable[Health]], measures: Measures) -> list[Route]:
    """`/healthz` (the process runs), `/readyz` (200 or 503, with what was looked at) and `/metrics` (Prometheus)."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(_: Request) -> Response:
        health = await readiness()
        told = {
            "ready": health.ready,
            "checks": {name: check._asdict() for name, check in health.checks.items()},
        }
        return JSONResponse(told, status_code=200 if health.ready else 503)

    async def metrics(_: Request) -> Response:
        health = await readiness()
        return Response(measures.text(lag=health.lag, ready=health.ready), media_type=PROMETHEUS)

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
