"""The figures of a run as a table for people, and as JSON."""

from __future__ import annotations

import json

from interview_bot.load.ingest import RATE, Ingest, Took


def as_markdown(found: Ingest, date: str, machine: str) -> str:
    """A table."""
    rows = [
        ("a Bolt app that does nothing, requests/s", f"{found.bare_a_second:.0f}"),
        (f"durable answers/s, {found.at_once} at once", f"{found.answers_a_second:.0f}"),
        ("ratio of the two", f"{found.ratio:.2f}"),
        ("acknowledged after, all hands busy", _told(found.took)),
        ("CPU for each answer", f"{found.cpu_ms:.2f} ms"),
        (
            f"acknowledged after, {RATE:.0f}/s, database {found.latency_ms:g} ms away",
            _told(found.steady),
        ),
        ("process ready after", f"{found.ready_seconds:.2f} s"),
        ("memory once ready", f"{found.rss_mib:.0f} MiB"),
    ]
    lines = [f"Measured on {date}: {machine}; {found.answers} answers.", "", "| | |", "|---|---|"]
    return "\n".join([*lines, *(f"| {name} | {value} |" for name, value in rows), ""])


def as_json(found: Ingest, date: str, machine: str) -> str:
    """The same as JSON; milliseconds, seconds and MiB as the names say."""
    told = found._asdict() | {
        "date": date,
        "machine": machine,
        "ratio": found.ratio,
        "took": found.took._asdict(),
        "steady": found.steady._asdict(),
        "steady_rate": RATE,
    }
    return json.dumps(told, indent=2) + "\n"


def _told(took: Took) -> str:
    lost = f", {took.lost} lost" if took.lost else ""
    return f"p50 {took.p50:.1f}, p95 {took.p95:.1f}, p99 {took.p99:.1f}, slowest {took.slowest:.1f} ms{lost}"
