"""Traces to an OpenTelemetry collector, where one is named."""

from __future__ import annotations

from collections.abc import Callable

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


def trace_to(endpoint: str, role: str, version: str) -> Callable[[], None]:
    """Send spans to a collector's base address over OTLP/HTTP, in batches; call what is returned to send the rest.

    The SDK reads the other OTEL_... variables itself.
    """
    resource = Resource.create(
        {"service.name": "interview-bot", "service.version": version, "interview_bot.role": role}
    )
    provider = TracerProvider(resource=resource)
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return provider.shutdown
