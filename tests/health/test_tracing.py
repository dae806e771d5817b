"""Traces reach a collector, and hold nothing that anybody wrote."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from interview_bot.platforms.slack.manifest import EVENTS, scopes
from tests.fakes.slack import FakeSlack
from tests.platforms.slack_process import Stage, write_bank


class Collector:
    """Takes OTLP over HTTP."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.services: set[str] = set()

    async def take(self, request: web.Request) -> web.Response:
        told = ExportTraceServiceRequest.FromString(await request.read())
        for one in told.resource_spans:
            self.services |= {
                pair.value.string_value for pair in one.resource.attributes if pair.key == "service.name"
            }
            self.spans += [span for scope in one.scope_spans for span in scope.spans]
        return web.Response()


@pytest.fixture
async def collector() -> AsyncIterator[tuple[Collector, str]]:
    told = Collector()
    app = web.Application()
    app.router.add_post("/v1/traces", told.take)
    async with TestServer(app) as served:
        yield told, str(served.make_url("/"))


async def test_an_answer_leaves_spans_of_receiving_grading_and_sending(
    collector: tuple[Collector, str], sqlite_url: str, tmp_path: Path
) -> None:
    told, url = collector
    async with FakeSlack(scopes=scopes(), events=EVENTS) as slack:
        stage = Stage(
            slack, sqlite_url, write_bank(tmp_path / "bank"), settings={"OTEL_EXPORTER_OTLP_ENDPOINT": url}
        )
        async with stage.served() as served:
            ada = stage.ada(served)
            await ada.command("fruit 1 seed 1")
            question = await slack.message_where(lambda m: "Question 1 of 1" in m.text)
            await ada.message("The core is sweet and the skin is red.", thread_ts=question.ts)
            await slack.message_where(lambda m: "That was it" in m.text)
            assert await asyncio.wait_for(served.stop(), 20) == 0  # what is left is sent at the end
    assert told.services == {"interview-bot"}
    assert {"receive", "job grade", "grade", "send"} <= {span.name for span in told.spans}
    graded = next(span for span in told.spans if span.name == "grade")
    around = next(span for span in told.spans if span.name == "job grade")
    assert graded.parent_span_id == around.span_id
    assert "core is sweet" not in str(told.spans)
    assert "xoxb" not in str(told.spans)
