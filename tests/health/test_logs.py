"""Log lines are JSON for machines, and hold no secret."""

import io
import json

import pytest
import structlog

from interview_bot.health.logs import configure_logs
from tests.plain_logs import plain_logs


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture(autouse=True)
def _reset():
    yield
    structlog.reset_defaults()
    plain_logs()


SECRETS = {
    "xoxb-12-ab": "token xoxb-12-ab refused",
    "xoxe.xoxp-1-Mi": "rotates xoxe.xoxp-1-Mi",
    "xapp-1-A0-9": "xapp-1-A0-9",
    "sk-proj-abcdefgh": "key sk-proj-abcdefgh",
    "MTA0ODU3NjAwMjIzMTM2OTcyOA.Gx1y2z.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": (
        "gateway refused MTA0ODU3NjAwMjIzMTM2OTcyOA.Gx1y2z.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    ),
    "bot:geheim": "postgresql://bot:geheim@db/x does not answer",
    "abc.def": "Authorization: Bearer abc.def",
}


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("secret", SECRETS)
def test_secrets_are_struck_out_in_values_and_in_tracebacks(
    stream: io.StringIO, secret: str, as_json: bool
) -> None:
    configure_logs(stream, as_json=as_json)
    log = structlog.get_logger()
    log.info("told", reason=SECRETS[secret])
    try:
        raise ValueError(SECRETS[secret])
    except ValueError:
        log.exception("failed")
    assert secret not in stream.getvalue()
    assert stream.getvalue().count("***") == 2
    assert "ValueError" in stream.getvalue()


def test_a_line_for_machines_is_one_json_object_with_what_is_bound(stream: io.StringIO) -> None:
    configure_logs(stream)
    with structlog.contextvars.bound_contextvars(team="slack:T1", interview="i1"):
        structlog.get_logger().warning("message.buried", outbox=3)
    line = json.loads(stream.getvalue())
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "message.buried", "level": "warning", "outbox": 3, "team": "slack:T1", "interview": "i1",
    }  # fmt: skip


def test_words_that_only_look_like_secrets_stay(stream: io.StringIO) -> None:
    configure_logs(stream)
    structlog.get_logger().info("told", reason="see https://example.com/a:b and sk-a")
    assert "https://example.com/a:b and sk-a" in stream.getvalue()
