"""Says what stands in the outbox: a direct message, a thread below it, edits in place."""

from __future__ import annotations

from typing import Any, NamedTuple

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from interview_bot.chat.messages import Card
from interview_bot.core.ports import Outgoing, SendLater, SendNever, Sent
from interview_bot.platforms.slack.blocks import render
from interview_bot.platforms.slack.home import HOME, home_view
from interview_bot.platforms.slack.install.tokens import Clients
from interview_bot.platforms.slack.manifest import Method

Json = dict[str, Any]

LONGEST_WAIT = 60.0
USUAL_WAIT = 30.0
"""Seconds to wait where Slack says 429 without saying how long."""

_CHARTS_REFUSED = {"invalid_blocks", "invalid_blocks_format"}
_GONE = {"message_not_found", "cant_update_message", "edit_window_closed"}
_NO_THREAD = {"thread_not_found"}
_NEVER = {
    "account_inactive",
    "channel_not_found",
    "invalid_arguments",
    "invalid_auth",
    "not_enabled",
    "view_too_large",
    "is_archived",
    "missing_scope",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
    "not_authed",
    "not_in_channel",
    "token_expired",
    "token_revoked",
    "user_disabled",
    "user_not_found",
    *_CHARTS_REFUSED,
    *_GONE,
    *_NO_THREAD,
}
log = structlog.get_logger()


class _Refused(Exception):
    """Slack's answer was an error that time does not heal; `error` is Slack's word."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class _Answer(NamedTuple):
    """What can be known of an answer that was no success."""

    status: int
    error: str
    retry_after: str


class SlackVoice:
    """Speaks with the token of each message's workspace."""

    def __init__(self, clients: Clients) -> None:
        """Speak through these clients."""
        self._clients = clients

    async def say(self, outgoing: Outgoing) -> Sent:
        """Post or edit one message.

        Raises:
            SendLater: Slack asks to wait, or it is not known whether it worked.
            SendNever: the place or the token is gone, or Slack will never take the message.
        """
        if outgoing.address.get("surface") == HOME:
            return await self._publish(outgoing)
        card = Card.model_validate(outgoing.card)
        try:
            return await self._say(outgoing, card, charts=True)
        except _Refused as refused:
            if refused.error not in _CHARTS_REFUSED or card.chart is None:
                raise SendNever(refused.error) from None
        log.warning("slack.chart_refused", outbox=outgoing.id)
        try:
            return await self._say(outgoing, card, charts=False)
        except _Refused as refused:
            raise SendNever(refused.error) from None

    async def _publish(self, outgoing: Outgoing) -> Sent:
        """Show the newest state on a person's App Home; there is nothing to edit there."""
        cards = [Card.model_validate(one) for one in outgoing.card["cards"]]
        arguments = {"user_id": outgoing.address["user"], "view": home_view(cards)}
        try:
            shown = await self._call("views.publish", arguments, outgoing)
        except _Refused as refused:
            raise SendNever(refused.error) from None
        return Sent(str(shown["view"]["id"]), outgoing.address)

    async def _say(self, outgoing: Outgoing, card: Card, *, charts: bool) -> Sent:
        address = dict(outgoing.address)
        if not address.get("channel"):
            opened = await self._call("conversations.open", {"users": address["user"]}, outgoing)
            address["channel"] = opened["channel"]["id"]
        shown = render((card,), mark=f"{outgoing.id}.{outgoing.revision}", charts=charts)
        content: Json = {"channel": address["channel"], "text": shown.text, "blocks": shown.blocks}
        content["metadata"] = {"event_type": "interview_bot", "event_payload": {"outbox_id": outgoing.id}}
        if outgoing.sent_as:
            try:
                edited = await self._call("chat.update", content | {"ts": outgoing.sent_as}, outgoing)
                return Sent(str(edited["ts"]), address)
            except _Refused as refused:
                if refused.error not in _GONE:
                    raise
        return await self._post(content | {"unfurl_links": False, "unfurl_media": False}, address, outgoing)

    async def _post(self, content: Json, address: dict[str, str], outgoing: Outgoing) -> Sent:
        """Post into the lane's thread; the first message of a lane is the thread's root."""
        thread_ts = address.get("thread_ts")
        try:
            thread = {"thread_ts": thread_ts} if thread_ts else {}
            posted = await self._call("chat.postMessage", content | thread, outgoing)
        except _Refused as refused:
            if refused.error not in _NO_THREAD:
                raise
            thread_ts = None  # the root was deleted: go on in a new thread
            posted = await self._call("chat.postMessage", content, outgoing)
        sent_as = str(posted["ts"])
        return Sent(sent_as, address | {"thread_ts": thread_ts or sent_as})

    async def _call(self, method: Method, arguments: Json, outgoing: Outgoing) -> Json:
        client = await self._clients.of(outgoing.address)
        if client is None:
            raise SendNever("not installed")
        try:
            answer = await client.api_call(method, json=arguments)
        except SlackApiError as refused:
            raise _trouble(_read(refused.response), outgoing.attempts) from refused
        except (aiohttp.ClientError, TimeoutError, OSError) as lost:
            raise SendLater(backoff(outgoing.attempts)) from lost
        return dict(answer.data) if isinstance(answer.data, dict) else {}


def backoff(attempts: int) -> float:
    """Seconds to wait after so many attempts: doubled each time, at most a minute."""
    return min(LONGEST_WAIT, 2.0 ** min(attempts, 10))


def _read(response: Any) -> _Answer:
    """slack_sdk hands over its own response, or aiohttp's when the body was no JSON."""
    status = getattr(response, "status_code", None) or getattr(response, "status", 0)
    data = getattr(response, "data", None)
    error = str(data.get("error") or "") if isinstance(data, dict) else ""
    return _Answer(status, error, str(response.headers.get("Retry-After", "")))


def _trouble(answer: _Answer, attempts: int) -> Exception:
    if answer.status == 429 or answer.error in {"ratelimited", "rate_limited"}:
        wait = answer.retry_after
        return SendLater(float(wait) if wait.isascii() and wait.isdecimal() else USUAL_WAIT)
    if answer.error in _NEVER:
        return _Refused(answer.error)
    # 5xx, pages of a proxy, fatal_error and internal_error, and words that are not known here.
    log.warning("slack.not_sent", status=answer.status, error=answer.error)
    return SendLater(backoff(attempts))
