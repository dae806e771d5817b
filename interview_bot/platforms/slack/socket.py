"""Connects the Bolt app by Socket Mode: Slack's payloads come over a WebSocket that the bot opens."""

from __future__ import annotations

from aiohttp import ClientError
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from interview_bot.core.errors import BadSetting
from interview_bot.platforms.slack.app import make_client


async def connect(app: AsyncApp, app_token: str, api_url: str) -> AsyncSocketModeHandler:
    """Open the WebSocket.

    Raises:
        BadSetting: Slack refuses the token, or cannot be reached; the text names SLACK_APP_TOKEN.
    """
    handler = AsyncSocketModeHandler(app, app_token, web_client=make_client(app_token, api_url))
    try:
        await handler.connect_async()
    except SlackApiError as error:
        await handler.close_async()
        raise BadSetting(
            f"SLACK_APP_TOKEN: Slack refuses it ({error.response['error']}), expected xapp-..."
        ) from None
    except (TimeoutError, ClientError, OSError) as error:
        await handler.close_async()
        raise BadSetting(f"SLACK_APP_TOKEN: Slack cannot be reached at {api_url}: {error}") from None
    return handler
