"""The token with which a workspace is spoken to."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Token(NamedTuple):
    """A bot's token, and who the bot is there (empty: not known, and not needed)."""

    token: str
    bot_id: str = ""
    bot_user_id: str = ""


class Tokens(Protocol):
    """Knows where the app is installed."""

    async def of(self, enterprise: str | None, team: str | None) -> Token | None:
        """The token for a workspace of an organisation; None if the app is not installed there."""
        ...


class OneToken:
    """One workspace, one token."""

    def __init__(self, token: str) -> None:
        """`token`: xoxb-..."""
        self._token = Token(token)

    async def of(self, enterprise: str | None, team: str | None) -> Token | None:  # noqa: ARG002
        """The token, whoever asks: Slack signs for this one workspace alone."""
        return self._token
