"""Running the bot: serve, set up Slack, look after the database."""

from __future__ import annotations

import json

from interview_bot.core.errors import OperatorError
from interview_bot.settings import Role
from interview_bot.storage import schema
from interview_bot.wiring import House, slack_manifest


def serve(*, role: Role | None = None) -> None:
    """Serve Slack (Socket Mode with SLACK_APP_TOKEN, else HTTP with SLACK_SIGNING_SECRET), Discord (DISCORD_TOKEN) or both.

    Parameters
    ----------
    role
        What this process does; INTERVIEW_BOT_ROLE unless given. Any number of each over one PostgreSQL; SQLite takes `all` alone.

    """
    House().run(role)


def manifest_(*, request_url: str | None = None, many: bool = False, agent: bool = False) -> None:
    """Print the app manifest for Slack.

    Parameters
    ----------
    request_url
        Where Slack reaches the bot over HTTP, https://.../slack/events; Socket Mode if not given.
    many
        Let other workspaces and whole organisations install the app; wants a request URL.
    agent
        Have Slack show the app among its agents too; wants one more scope, and a workspace that has agents.

    """
    if many and request_url is None:
        raise OperatorError("--many needs --request-url: other workspaces install the app over HTTP")
    print(json.dumps(slack_manifest(request_url, many=many, agent=agent), indent=2))


async def upgrade() -> None:
    """Bring the database to the schema that this version needs."""
    house = House()
    try:
        await house.upgrade()
    finally:
        await house.database.close()
    print(f"schema {schema.head()}")
