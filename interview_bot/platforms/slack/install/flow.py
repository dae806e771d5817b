"""The pages where somebody adds the app to a workspace: Slack's OAuth with a state that no other browser can use."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from secrets import token_hex

from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from interview_bot.platforms.slack.manifest import BACK, INSTALL, Method

GOOD_FOR = 600
"""Seconds between leaving for Slack and coming back."""

CALLED: tuple[Method, ...] = ("oauth.v2.access", "auth.test")
"""What Bolt's flow and Slack's rotator call."""


class States(AsyncOAuthStateStore):
    """States that prove themselves, so that any process can take one; the cookie binds it to the browser, Slack's code is good once."""

    def __init__(self, secret: str, now: Callable[[], float]) -> None:
        """Sign with a secret; `now` tells Unix seconds."""
        self._secret = secret.encode()
        self._now = now

    async def async_issue(self, *args: object, **kwargs: object) -> str:  # noqa: ARG002  (Bolt's signature)
        """A new state."""
        told = f"{int(self._now())}.{token_hex(8)}"
        return f"{told}.{self._sign(told)}"

    async def async_consume(self, state: str) -> bool:
        """Whether a state is ours and not too old."""
        told, _, signature = state.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(told).encode()):
            return False
        return 0 <= self._now() - int(told.partition(".")[0]) <= GOOD_FOR

    def _sign(self, told: str) -> str:
        return hmac.new(self._secret, told.encode(), hashlib.sha256).hexdigest()[:40]


def make_flow(
    client_id: str,
    client_secret: str,
    scopes: Sequence[str],
    store: AsyncInstallationStore,
    client: AsyncWebClient,
    now: Callable[[], float],
) -> AsyncOAuthFlow:
    """The install flow; `client` has no token, and says where Slack is."""
    settings = AsyncOAuthSettings(
        client_id=client_id,
        client_secret=client_secret,
        scopes=scopes,
        user_scopes=[],
        install_path=INSTALL,
        redirect_uri_path=BACK,
        installation_store=store,
        installation_store_bot_only=True,
        state_store=States(client_secret, now),
        state_expiration_seconds=GOOD_FOR,
        authorization_url=client.base_url.removesuffix("api/") + "oauth/v2/authorize",
    )
    return AsyncOAuthFlow(client=client, settings=settings)
