"""The Bolt app: every payload becomes a Message, committed before Slack is told that it arrived."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from interview_bot.chat.messages import Card, Message, Reply
from interview_bot.core.errors import DatabaseUnreachable
from interview_bot.core.interview import Who
from interview_bot.platforms.slack.blocks import ACTION, Labels, answer_form, cut, render

Payload = dict[str, Any]
Receive = Callable[[Message], Awaitable[Reply]]
Whisper = Callable[[Message, tuple[Card, ...]], Awaitable[None]]
COMMAND = "/mock-interview"
_SPOKEN = {None, "file_share", "thread_broadcast"}
"""Subtypes of messages that a person wrote just now; edits, joins and the like are none."""


def make_client(token: str, api_url: str) -> AsyncWebClient:
    """A Web API client that never sends twice by itself: that is the outbox's business."""
    return AsyncWebClient(token=token, base_url=api_url, retry_handlers=[])


def make_app(
    receive: Receive,
    *,
    bot_token: str,
    signing_secret: str | None = None,
    api_url: str = "https://slack.com/api/",
    whisper: Whisper | None = None,
    labels: Labels | None = None,
) -> AsyncApp:
    """Build the app without connecting.

    Args:
        receive: the bot; it has committed when it returns.
        bot_token: the workspace's token, xoxb-...
        signing_secret: proves HTTP requests; Socket Mode needs none.
        api_url: the Web API's base address.
        whisper: says cards to one person where a listener has no reply of its own.
        labels: Slack's own few sentences.
    """

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        """One workspace, one token; asking Slack on every request would cost 50 ms each."""
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=bot_token)

    app = AsyncApp(
        client=make_client(bot_token, api_url),
        signing_secret=signing_secret or "",
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=bool(signing_secret),
    )
    room = _Room(receive, whisper, labels or Labels(), app.client)
    app.command(COMMAND)(room.command)
    app.event("message")(room.message)
    app.action(re.compile(f"^{ACTION}:"))(room.press)
    app.view(f"{ACTION}:answer")(room.submit)
    return app


class _Room:
    """One dispatcher for each kind of payload."""

    def __init__(
        self, receive: Receive, whisper: Whisper | None, labels: Labels, client: AsyncWebClient
    ) -> None:
        self._receive = receive
        self._whisper = whisper
        self._labels = labels
        self._client = client

    async def command(self, ack: AsyncAck, body: Payload) -> None:
        """`/mock-interview ...`: the reply is for the asker alone, in the acknowledgement."""
        who = Who(f"slack:{body['team_id']}", body["user_id"], body.get("user_name", ""))
        said = Message(who, f"slack:{body['trigger_id']}", "", body.get("text") or "help", None, _home(who))
        try:
            reply = await self._receive(said)
        except DatabaseUnreachable:
            await ack(text=self._labels.not_done, response_type="ephemeral")
            return
        if not reply.cards:
            await ack()
            return
        shown = [render(card) for card in reply.cards]
        text = "\n".join(one.text for one in shown)
        await ack(
            text=text, blocks=[block for one in shown for block in one.blocks][:50], response_type="ephemeral"
        )

    async def message(self, body: Payload, event: Payload) -> None:
        """Words typed in the direct messages are an answer; everything else said there is none of ours."""
        if event.get("channel_type") != "im" or event.get("bot_id") or event.get("subtype") not in _SPOKEN:
            return
        team = event.get("user_team") or event.get("team") or body["team_id"]
        who = Who(f"slack:{team}", event["user"])
        key = body.get("event_id") or f"{event['channel']}:{event['ts']}"
        address = {**_home(who), "channel": event["channel"]}
        if event.get("thread_ts"):
            address["thread_ts"] = event["thread_ts"]
        await self._do(Message(who, f"slack:{key}", event.get("text") or "", None, None, address))

    async def press(self, ack: AsyncAck, body: Payload, action: Payload) -> None:
        """A button does what its command does; one that asks for a text opens a form first."""
        stands_for = json.loads(action["value"])
        container = body.get("container", {})
        place = {name: body["message"][name] for name in ("thread_ts",) if body.get("message", {}).get(name)}
        if stands_for["asks"]:
            kept = json.dumps({"turn": stands_for["turn"], "channel": container.get("channel_id"), **place})
            form = answer_form(self._labels, body.get("message", {}).get("blocks", []), kept)
            await self._client.views_open(trigger_id=body["trigger_id"], view=form)
            await ack()
            return
        who = _presser(body)
        address = {**_home(who), "channel": container.get("channel_id", ""), **place}
        key = f"slack:{body['trigger_id']}:{action['action_ts']}"
        await self._do(Message(who, key, "", stands_for["command"], stands_for["turn"], address))
        await ack()

    async def submit(self, ack: AsyncAck, body: Payload, view: Payload) -> None:
        """The form's text is an answer; when it cannot be kept, the form stays open with it."""
        kept = json.loads(view["private_metadata"])
        text = view["state"]["values"]["answer"]["text"]["value"] or ""
        who = _presser(body)
        address = {**_home(who), **{name: kept[name] for name in ("channel", "thread_ts") if kept.get(name)}}
        try:
            reply = await self._receive(
                Message(who, f"slack:{view['id']}:{view['hash']}", text, None, kept["turn"], address)
            )
        except DatabaseUnreachable:
            await ack(response_action="errors", errors={"answer": self._labels.not_saved})
            return
        if reply.cards:
            trouble = cut(" ".join(render(card).text for card in reply.cards), 300)
            await ack(response_action="errors", errors={"answer": trouble})
            return
        await ack()

    async def _do(self, said: Message) -> None:
        """Raise on trouble with the database: Slack sends an event again when it is not told 200."""
        reply = await self._receive(said)
        if reply.cards and self._whisper:
            await self._whisper(said, reply.cards)


def _presser(body: Payload) -> Who:
    user = body["user"]
    team = user.get("team_id") or (body.get("team") or {}).get("id")
    return Who(f"slack:{team}", user["id"], user.get("username") or user.get("name") or "")


def _home(who: Who) -> dict[str, str]:
    return {"platform": "slack", "team": who.team.removeprefix("slack:"), "user": who.candidate}
