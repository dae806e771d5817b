"""Says cards in Slack: opens the direct messages, keeps to one thread, edits what was said, waits when told to."""

from __future__ import annotations

from typing import Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from interview_bot.chat.messages import Card
from interview_bot.core.ports import Outgoing, SendLater, SendNever, Sent
from interview_bot.platforms.slack.blocks import render

_FOR_GOOD = frozenset(
    """channel_not_found is_archived not_in_channel token_revoked token_expired account_inactive invalid_auth
    not_authed user_not_found user_disabled cannot_dm_bot missing_scope restricted_action msg_blocks_too_long
    invalid_blocks invalid_arguments""".split()
)
LONGEST_WAIT = 60.0


class SlackVoice:
    """The outbox's voice for one workspace."""

    def __init__(self, client: AsyncWebClient) -> None:
        """Speak with this client."""
        self._client = client

    async def say(self, outgoing: Outgoing) -> Sent:
        """Post a card as the next message of its thread, or edit the one that it was sent as.

        Raises:
            SendLater: Slack asks to wait, or the outcome is not known.
            SendNever: it can never be said there.
        """
        try:
            return await self._say(outgoing)
        except SlackApiError as error:
            raise _outcome(error, outgoing.attempts) from error
        except (TimeoutError, ClientError, OSError) as error:
            raise SendLater(min(LONGEST_WAIT, 2.0 ** (outgoing.attempts - 1))) from error

    async def _say(self, outgoing: Outgoing) -> Sent:
        address = dict(outgoing.address)
        if not address.get("channel"):
            opened = await self._client.conversations_open(users=address["user"])
            channel: Any = opened["channel"]
            address["channel"] = _text(channel["id"])
        shown = render(Card.model_validate(outgoing.card))
        if outgoing.sent_as:
            try:
                await self._client.chat_update(
                    channel=address["channel"], ts=outgoing.sent_as, text=shown.text, blocks=shown.blocks
                )
                return Sent(outgoing.sent_as, address)
            except SlackApiError as error:
                if error.response.get("error") != "message_not_found":
                    raise
        posted = await self._client.chat_postMessage(
            channel=address["channel"],
            text=shown.text,
            blocks=shown.blocks,
            thread_ts=address.get("thread_ts"),
            unfurl_links=False,
            unfurl_media=False,
            metadata={"event_type": "interview_bot", "event_payload": {"outbox_id": outgoing.id}},
        )
        stamp = _text(posted["ts"])
        address.setdefault("thread_ts", stamp)
        return Sent(stamp, address)


def _outcome(error: SlackApiError, attempts: int) -> SendLater | SendNever:
    """What to do about a refusal: wait as told, wait a little, or never again."""
    response: Any = error.response
    if response.status_code == 429:
        return SendLater(float(response.headers.get("Retry-After", 1)))
    reason = _text(response.get("error")) if isinstance(response.data, dict) else ""
    if reason in _FOR_GOOD:
        return SendNever(reason)
    return SendLater(min(LONGEST_WAIT, 2.0 ** (attempts - 1)))


def _text(value: Any) -> str:
    return str(value or "")
