"""A burst of requests is acknowledged, each one; benchmarks/slack_ack.py measures for long how fast."""

from pathlib import Path

import pytest

from interview_bot.platforms.slack.manifest import EVENTS, scopes
from tests.databases import Postgres
from tests.fakes.slack import FakeSlack
from tests.platforms.slack_load import burst, people_of
from tests.platforms.slack_process import Stage, write_bank


@pytest.mark.parametrize("kind", ["postgresql"])
async def test_every_request_of_a_burst_is_acknowledged(kind: str, server: Postgres, tmp_path: Path) -> None:
    # Longer than Slack waits: tests share their cores, and this one is about losing nothing.
    async with FakeSlack(scopes=scopes(), events=EVENTS, ack_within=20) as slack:
        stage = Stage(slack, await server.migrated(), write_bank(tmp_path / "bank"))
        async with stage.served() as served:
            found = await burst(slack, people_of(slack, served.url)[:10], steps=6)
    assert sum(len(one) for one in found.seconds.values()) == 60
    assert found.lost == []
    assert slack.faults == []
