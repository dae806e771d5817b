"""Clients of Slack's Web API, one for each workspace's token, over connections that are kept open."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar
from slack_sdk.web.async_client import AsyncWebClient

from interview_bot.platforms.slack.install.tokens import Tokens

API_URL = "https://slack.com/api/"
TIMEOUT = 10
"""Seconds for a Web API call; one that runs into it may have worked."""


class Clients:
    """Clients of the Web API, one for each token; without retries: the outbox repeats what can be repeated."""

    def __init__(self, tokens: Tokens, api_url: str = API_URL, timeout: int = TIMEOUT) -> None:
        """`api_url`: the Web API's base address, with a slash at the end; `timeout` in seconds."""
        self._tokens = tokens
        self.api_url = api_url
        self._timeout = timeout
        self.session: ClientSession | None = None
        """What clients that are made while it is open speak through."""

    async def open(self) -> None:
        """Keep connections open from now on: slack_sdk by itself makes one for each call, with all that TLS takes."""
        # No cookies: what one workspace is given is not shown for another.
        timeout = ClientTimeout(total=self._timeout)
        self.session = ClientSession(timeout=timeout, cookie_jar=DummyCookieJar())

    async def close(self) -> None:
        """Close all connections."""
        if self.session:
            await self.session.close()

    async def of(self, address: Mapping[str, str]) -> AsyncWebClient | None:
        """The client for the workspace of an address; None if the app is not installed there."""
        token = await self._tokens.of(address.get("enterprise"), address.get("team"))
        return self.with_token(token.token) if token else None

    def with_token(self, token: str | None) -> AsyncWebClient:
        """A client with a token, or with none."""
        # slack_sdk's own retries would say things twice.
        return AsyncWebClient(
            token=token,
            base_url=self.api_url,
            timeout=self._timeout,
            retry_handlers=[],
            session=self.session,
        )
