"""Slack over Socket Mode: no public address; the bot opens the connection and keeps it alive."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from interview_bot.core.errors import BadSetting

CONNECT_WITHIN = 20.0
PING_EVERY = 5.0
"""Seconds; the SDK also looks so often whether its connection was cut."""

_LOST = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError)
log = structlog.get_logger()


class Socket(AsyncSocketModeHandler):
    """Bolt's handler with a watch over its connection; good for one start."""

    look_every = 5.0
    dead_after = 60.0
    """Seconds without a working connection after which a new one is forced: the SDK's own watch can fall silent
    (bolt-python #1529, python-slack-sdk #1446)."""

    _watch: asyncio.Task[None] | None = None

    async def connect_async(self) -> None:
        """Connect, and keep connected until closed.

        Raises:
            BadSetting: Slack refuses the app token, or does not answer; one line that names SLACK_APP_TOKEN.
        """
        # Asked here because the SDK would repeat a refused token for ever.
        self.client.wss_uri = await _address(self.client.web_client, self.app_token)
        try:
            async with asyncio.timeout(CONNECT_WITHIN):
                await self.client.connect()
        except TimeoutError:
            raise BadSetting(
                f"SLACK_APP_TOKEN: is good, but no WebSocket opens within {CONNECT_WITHIN:g} s; "
                "check proxies and firewalls"
            ) from None
        self._watch = asyncio.create_task(self._keep())

    async def close_async(self) -> None:
        """Close the connection; what is not acknowledged yet is delivered again by Slack."""
        if self._watch:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self.client.close()

    async def _keep(self) -> None:
        now = asyncio.get_running_loop().time
        alive_at = now()
        while True:
            await asyncio.sleep(self.look_every)
            if await self.client.is_connected():
                alive_at = now()
            elif now() - alive_at >= self.dead_after:
                log.warning("slack.socket_dead", seconds=round(now() - alive_at))
                alive_at = now()
                try:
                    await self.client.connect_to_new_endpoint(force=True)
                except _LOST as trouble:
                    log.warning("slack.socket_not_opened", reason=str(trouble) or type(trouble).__name__)


def make_socket(app: AsyncApp, app_token: str, api_url: str, *, ping_every: float = PING_EVERY) -> Socket:
    """A handler with its own web client; wants a running event loop, but does not connect yet."""
    web_client = AsyncWebClient(token=app_token, base_url=api_url, timeout=10, retry_handlers=[])
    return Socket(app, app_token, web_client=web_client, ping_interval=ping_every)


async def connect(app: AsyncApp, app_token: str, api_url: str, *, ping_every: float = PING_EVERY) -> Socket:
    """A connected handler, to be ended with `close_async`.

    Args:
        app: from `make_app`.
        app_token: xapp-...
        api_url: the Web API's base address, with a slash at the end.
        ping_every: seconds between two looks at the connection.

    Raises:
        BadSetting: Slack refuses the app token, or does not answer; one line that names SLACK_APP_TOKEN.
    """
    handler = make_socket(app, app_token, api_url, ping_every=ping_every)
    try:
        await handler.connect_async()
    except BaseException:
        await handler.close_async()
        raise
    return handler


async def _address(client: AsyncWebClient, app_token: str) -> str:
    try:
        return str((await client.apps_connections_open(app_token=app_token))["url"])
    except SlackApiError as refused:
        raise BadSetting(
            f"SLACK_APP_TOKEN: Slack refuses it ({_word(refused.response)}); "
            "expected an app-level token, xapp-..., with the scope connections:write"
        ) from None
    except _LOST as trouble:
        raise BadSetting(
            f"SLACK_APP_TOKEN: cannot be tried, {client.base_url} does not answer "
            f"({str(trouble) or type(trouble).__name__}); check the network and SLACK_API_URL"
        ) from None


def _word(response: Any) -> str:
    """Slack's word for what is wrong; what came back may be no answer of Slack's at all."""
    data = getattr(response, "data", None)
    return str(data["error"]) if isinstance(data, dict) and data.get("error") else "without a reason"
