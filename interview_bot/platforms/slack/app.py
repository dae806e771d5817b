"""Builds the app that hears Slack: one listener for each kind of delivery, and nothing connects."""

from __future__ import annotations

import logging
import re
from secrets import token_hex
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from interview_bot.platforms.slack.blocks import ACTION
from interview_bot.platforms.slack.clients import API_URL, Clients
from interview_bot.platforms.slack.install.tokens import Tokens
from interview_bot.platforms.slack.manifest import COMMAND
from interview_bot.platforms.slack.room import Room, refuse


class SlackApp(AsyncApp):
    """Bolt's app, with the secret that the guard in front of it needs too."""

    def __init__(self, *, signing_secret: str, **options: Any) -> None:
        """Build without connecting; `options` are Bolt's own."""
        super().__init__(signing_secret=signing_secret, **options)
        self.signing_secret = signing_secret


def make_app(
    room: Room, tokens: Tokens, *, signing_secret: str | None = None, api_url: str = API_URL
) -> SlackApp:
    """Build the app; nothing connects.

    Args:
        room: answers what Slack delivers.
        tokens: where the app is installed.
        signing_secret: None where only Socket Mode is used; then no HTTP request is ever accepted.
        api_url: the Web API's base address, with a slash at the end.
    """

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        # Bolt's own way asks auth.test, each time.
        token = await tokens.of(enterprise_id, team_id)
        if token is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=token.token,
            bot_id=token.bot_id or None,
            bot_user_id=token.bot_user_id or None,
        )

    app = SlackApp(
        logger=_quiet_logger(),
        name="interview-bot",
        # Commit, then acknowledge: Bolt's default acknowledges first and loses what is in flight when killed.
        process_before_response=True,
        signing_secret=signing_secret or token_hex(),
        authorize=authorize,
        client=Clients(tokens, api_url).with_token(None),
        ignoring_self_events_enabled=False,
    )
    ours = re.compile(re.escape(ACTION))
    # One listener for each kind: Bolt tries listeners one after another.
    app.command(COMMAND)(room.command)
    app.event(re.compile(".*"))(room.event)
    app.action(ours)(room.press)
    app.view(ours)(room.submit)
    app.shortcut(ours)(room.shortcut)
    app.error(refuse)
    return app


def _quiet_logger() -> logging.Logger:
    """Bolt's logger: it must have a level of its own, or Bolt takes it for DEBUG and prints payloads."""
    logger = logging.getLogger("interview_bot.slack")
    logger.setLevel(logging.ERROR)
    return logger
