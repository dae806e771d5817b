"""Log lines: JSON for machines, plain for people, and never a secret in either."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Generator, MutableMapping
from contextlib import contextmanager
from typing import Any, TextIO


@contextmanager
def _without(package: str) -> Generator[None]:
    """Let a package look as if it were not installed, to one that would take it along for nothing."""
    loaded = sys.modules.pop(package, None)
    sys.modules[package] = None  # pyright: ignore[reportArgumentType]  (import then says that it is missing)
    try:
        yield
    finally:
        del sys.modules[package]
        if loaded:
            sys.modules[package] = loaded


with _without("rich"):  # for tracebacks in colours, which no log of ours has: 4 MiB in a process that serves
    import structlog

_SECRET = re.compile(
    r"xox[a-z](?:\.xox[a-z])?-[\w-]+|xapp-[\w-]+|sk-[\w-]{8,}|[\w-]{23,}\.[\w-]{6}\.[\w-]{27,}|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)|(?<=Bearer )[\w.~+/-]+"
)
"""Slack's, OpenAI's and Discord's tokens, the user and password of an address, and any bearer token."""


def configure_logs(stream: TextIO, *, as_json: bool | None = None) -> None:
    """Log to a stream: one JSON object a line, or text; unless told, text where a person reads the stream.

    Tracebacks are printed plainly: the usual ones show local variables, and so people's answers.
    """
    people = stream.isatty()
    as_json = not people if as_json is None else as_json
    for_people = structlog.dev.ConsoleRenderer(
        colors=people, exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_secrets,
            structlog.processors.JSONRenderer() if as_json else for_people,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )


def without_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The line with every token and password in its texts struck out."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _SECRET.sub("***", value)
    return event
