"""Logs as tests want them."""

import structlog


def plain_logs() -> None:
    """Short tracebacks: structlog draws them with all variables otherwise, which takes longer on a busy machine than Discord waits."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.dev.set_exc_info,
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
        ]
    )
