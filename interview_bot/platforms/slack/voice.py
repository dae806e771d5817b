"""Says what stands in the outbox: a direct message, a thread below it, edits in place."""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from typing import Any, NamedTuple

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from interview_bot.chat.messages import Card, plain
from interview_bot.core.ports import Outgoing, SendLater, SendNever, Sent
from interview_bot.platforms.slack.blocks import render
from interview_bot.platforms.slack.clients import Clients
from interview_bot.platforms.slack.home import HOME, home_view
from interview_bot.platforms.slack.manifest import Method
from interview_bot.platforms.slack.manners import Manners

Json = dict[str, Any]

LONGEST_WAIT = 60.0
DEAD_WAIT = 3_600.0
"""Seconds that a workspace without a good token is left alone; the outbox tries ten times, so that a message waits half a day."""
USUAL_WAIT = 30.0
"""Seconds to wait where Slack says 429 without saying how long."""

_LOOKED_AT = 15
"""Messages to look through at once; as many as Slack gives to apps that are not on its marketplace."""
_PAGES = 5
_LONGEST_STATUS = 80
_MOST_STATUSES = 10_000
_READ_WITH_FORMS = {"conversations.history", "conversations.replies"}
_CHARTS_REFUSED = {"invalid_blocks", "invalid_blocks_format"}
_GONE = {"message_not_found", "cant_update_message", "edit_window_closed"}
_NO_PREVIEWS = {"unfurl_links": False, "unfurl_media": False}
_NO_THREAD = {"thread_not_found"}
_DEAD = {"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"}
"""A workspace's token is good for nothing: what is to be said waits for another one."""
_NEVER = {
    "channel_not_found",
    "invalid_arguments",
    "not_enabled",
    "view_too_large",
    "is_archived",
    "missing_scope",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
    "not_in_channel",
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

    def __init__(self, clients: Clients, manners: Manners | None = None) -> None:
        """Speak through these clients, as fast as Slack likes it."""
        self._clients = clients
        self._manners = manners or Manners(monotonic)
        self._statuses: dict[int, tuple[str, str]] = {}

    async def say(self, outgoing: Outgoing) -> Sent:
        """Post or edit one message, or show it on a person's App Home.

        Raises:
            SendLater: Slack asks to wait, the token is gone, or it is not known whether it worked.
            SendNever: the place is gone, or Slack will never take the message.
        """
        if outgoing.address.get("surface") == HOME:
            return await self._publish(outgoing)
        self._wait_for_a_turn(outgoing)
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

    def _wait_for_a_turn(self, outgoing: Outgoing) -> None:
        """Where a new message has to wait, there is no need to lay it out first."""
        team, channel = outgoing.address.get("team", ""), outgoing.address.get("channel", "")
        if channel and outgoing.sent_as is None:
            seconds = self._manners.look(outgoing.id, team, "chat.postMessage", channel)
            if seconds > 0:
                raise SendLater(seconds, tried=False)

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
        sent_as = outgoing.sent_as
        if sent_as is None and outgoing.attempts > 1:
            sent_as = await self._found(outgoing, address)
        if sent_as:
            sent = await self._edit(content | {"ts": sent_as}, address, outgoing)
        else:
            sent = await self._post(content, address, outgoing)
        await self._show_status(card, sent, outgoing)
        return sent

    async def _edit(self, content: Json, address: dict[str, str], outgoing: Outgoing) -> Sent:
        """Edit a message in place; one that was deleted is posted anew."""
        try:
            edited = await self._call("chat.update", content, outgoing)
        except _Refused as refused:
            if refused.error not in _GONE:
                raise
            anew = {name: value for name, value in content.items() if name != "ts"}
            return await self._post(anew, address, outgoing)
        return _sent(str(edited["ts"]), address)

    async def _post(self, content: Json, address: dict[str, str], outgoing: Outgoing) -> Sent:
        """Post into the lane's thread; the first message of a lane is the thread's root."""
        thread_ts, content = address.get("thread_ts"), content | _NO_PREVIEWS
        try:
            thread = {"thread_ts": thread_ts} if thread_ts else {}
            posted = await self._call("chat.postMessage", content | thread, outgoing)
        except _Refused as refused:
            if refused.error not in _NO_THREAD:
                raise
            address.pop("thread_ts", None)  # the root was deleted: go on in a new thread
            posted = await self._call("chat.postMessage", content, outgoing)
        return _sent(str(posted["ts"]), address)

    async def _found(self, outgoing: Outgoing, address: Mapping[str, str]) -> str | None:
        """An earlier try may have worked, though nobody heard: the message tells its number in the outbox.

        Only direct messages can be looked through; reading channels would want a scope to read all that people say.
        """
        channel, thread_ts = address["channel"], address.get("thread_ts")
        if not channel.startswith("D"):
            return None
        arguments: Json = {"channel": channel, "include_all_metadata": True, "limit": _LOOKED_AT}
        method: Method = "conversations.replies" if thread_ts else "conversations.history"
        arguments |= {"ts": thread_ts} if thread_ts else {}
        for _ in range(_PAGES):
            try:
                answer = await self._call(method, arguments, outgoing)
            except _Refused:
                return None
            for message in answer.get("messages") or ():
                payload = (message.get("metadata") or {}).get("event_payload") or {}
                if payload.get("outbox_id") == outgoing.id:
                    return str(message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not thread_ts or not cursor:
                return None  # the newest come first where there is no thread
            arguments["cursor"] = cursor
        return None

    async def _show_status(self, card: Card, sent: Sent, outgoing: Outgoing) -> None:
        """A status below the conversation while an answer is read, until its result stands there; the message says it too.

        Slack itself takes it away with the next message, and after two minutes: enough where another process sends the result.
        """
        place = (sent.address["channel"], sent.address.get("thread_ts", ""))
        if card.waits and place[1]:
            status = " ".join(plain(card).split())[:_LONGEST_STATUS]
            self._statuses[outgoing.id] = place
        elif self._statuses.pop(outgoing.id, None) == place:
            status = ""
        else:
            return
        while len(self._statuses) > _MOST_STATUSES:
            self._statuses.pop(next(iter(self._statuses)))
        arguments = {"channel_id": place[0], "thread_ts": place[1], "status": status}
        try:
            await self._call("assistant.threads.setStatus", arguments, outgoing)
        except (_Refused, SendLater, SendNever):
            log.info("slack.no_status", team=outgoing.team)

    async def _call(self, method: Method, arguments: Json, outgoing: Outgoing) -> Json:
        client = await self._clients.of(outgoing.address)
        team = outgoing.address.get("team", "")
        if client is None or self._manners.is_dead(client.token):
            raise SendLater(DEAD_WAIT)
        channel = str(arguments["channel"]) if method == "chat.postMessage" else ""
        if (seconds := self._manners.wait(outgoing.id, team, method, channel)) > 0:
            raise SendLater(seconds, tried=False)
        form = method in _READ_WITH_FORMS
        sent: Json = {"http_verb": "GET", "params": arguments} if form else {"json": arguments}
        try:
            answer = await client.api_call(method, **sent)
        except SlackApiError as refused:
            told = _read(refused.response)
            if told.error in _DEAD:
                log.warning("slack.dead_token", team=outgoing.team, error=told.error)
                self._manners.bury(client.token, DEAD_WAIT)
                raise SendLater(DEAD_WAIT) from refused
            trouble = _trouble(told, outgoing.attempts)
            if isinstance(trouble, SendLater) and not trouble.tried:
                self._manners.rest(team, method, trouble.seconds)
            raise trouble from refused
        except (aiohttp.ClientError, TimeoutError, OSError) as lost:
            raise SendLater(backoff(outgoing.attempts)) from lost
        return dict(answer.data) if isinstance(answer.data, dict) else {}


def _sent(ts: str, address: Mapping[str, str]) -> Sent:
    return Sent(ts, {**address, "thread_ts": address.get("thread_ts") or ts})


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
        seconds = float(wait) if wait.isascii() and wait.isdecimal() else USUAL_WAIT
        return SendLater(seconds, tried=False)
    if answer.error in _NEVER:
        return _Refused(answer.error)
    # 5xx, pages of a proxy, fatal_error and internal_error, and words that are not known here.
    log.warning("slack.not_sent", status=answer.status, error=answer.error)
    return SendLater(backoff(attempts))
