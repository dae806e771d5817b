"""What is counted and timed, as Prometheus reads it."""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

_SHORT = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Seconds: an acknowledgement has three."""
_LONG = (0.001, 0.005, 0.025, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 60.0)
"""Seconds: a model has sixty."""


class Measures:
    """The measures of one process; each has its own registry, so that two in one process do not meet."""

    def __init__(self) -> None:
        """Begin at nought."""
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self.ack = Histogram(
            "interview_bot_ack_seconds",
            "From the first byte of a platform's HTTP request to the acknowledgement.",
            ["status"],
            buckets=_SHORT,
            registry=registry,
        )
        self.received = Histogram(
            "interview_bot_receive_seconds",
            "What a message asks for, done and committed; kind is answer, form or command.",
            ["platform", "kind", "outcome"],
            buckets=_SHORT,
            registry=registry,
        )
        self.answers = Counter(
            "interview_bot_answers", "Answers that were taken.", ["platform"], registry=registry
        )
        self.graded = Histogram(
            "interview_bot_grade_seconds",
            "Grading of one answer, by who graded in the end.",
            ["grader"],
            buckets=_LONG,
            registry=registry,
        )
        self.cost = Counter(
            "interview_bot_model_cost_dollars",
            "What language models have cost, by price list.",
            registry=registry,
        )
        self.sent = Counter(
            "interview_bot_messages_sent",
            "Messages handed to a platform; outcome is sent, later, never or failed.",
            ["platform", "outcome"],
            registry=registry,
        )
        self._lag = Gauge(
            "interview_bot_outbox_lag_seconds",
            "How long the oldest message that could be sent has been waiting; read from the database.",
            registry=registry,
        )
        self._ready = Gauge("interview_bot_ready", "1 when /readyz says ready.", registry=registry)

    def text(self, *, lag: float, ready: bool) -> bytes:
        """All measures in Prometheus' text format."""
        self._lag.set(lag)
        self._ready.set(ready)
        return generate_latest(self._registry)
