"""The process that is measured: `python -m interview_bot.load.web PORT SECRET DATABASE`, as `serve --role web` runs it."""

from __future__ import annotations

import sys

from interview_bot.health.logs import configure_logs
from interview_bot.settings import Settings
from interview_bot.wiring import House

NOWHERE = "http://127.0.0.1:9/"
"""A Web API that nobody can reach: whoever only acknowledges calls none."""


def main() -> None:
    """Serve until told to stop; what the environment or a `.env` sets up besides Slack over HTTP is left out."""
    port, secret, database = sys.argv[1:]
    configure_logs(sys.stderr)
    settings = {
        "database_url": database,
        "host": "127.0.0.1",
        "port": int(port),
        "slack_bot_token": "xoxb-1",
        "slack_signing_secret": secret,
        "slack_app_token": None,
        "slack_client_id": None,
        "slack_api_url": NOWHERE,
        "discord_token": None,
    }
    House(Settings.model_validate(settings)).run("web")


if __name__ == "__main__":
    main()
