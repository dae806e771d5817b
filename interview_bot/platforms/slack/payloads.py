"""What Slack sends, as Messages."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from interview_bot.chat.messages import Message
from interview_bot.core.interview import Who

Json = Mapping[str, Any]

_REFERENCE = re.compile(r"<((?:[@#!]|[a-z][a-z+.-]*:)[^<>|\s]*)(?:\|([^<>]*))?>")
_TEXT_SUBTYPES = {None, "file_share", "thread_broadcast"}


class Pressed(NamedTuple):
    """What a button of ours stands for; `asks`: a form comes first."""

    command: str
    turn: str | None
    asks: bool


def from_command(body: Json) -> Message:
    """A slash command; its words are what was typed after it."""
    who = _who(body["team_id"], body["user_id"], body.get("user_name"), body)
    words = typed(body.get("text") or "").strip()
    channel = body.get("channel_id") or ""
    # Direct messages are no place for a channel's settings.
    place = (
        {"platform": "slack", "team": body["team_id"], "channel": channel}
        if channel[:1] in {"C", "G"}
        else None
    )
    key = _key(body["trigger_id"])
    return Message(who, key, command=words or "help", address=_address(who), place=place)


def from_event(body: Json) -> Message | None:
    """An answer typed in the bot's direct messages; None for every other event, edits and bots among them."""
    event: Json = body["event"]
    if event.get("type") != "message" or event.get("channel_type") != "im" or not event.get("user"):
        return None
    if event.get("bot_id") or event.get("hidden") or event.get("subtype") not in _TEXT_SUBTYPES:
        return None
    text = typed(event.get("text") or "")
    if not text.strip():
        return None
    who = _who(event.get("user_team") or body["team_id"], event["user"], None, event)
    delivery = _key(body.get("event_id") or f"{event['channel']}:{event['ts']}")
    return Message(who, delivery, text, address=_address(who, event["channel"], event.get("thread_ts")))


def pressed(body: Json) -> Pressed | None:
    """What the pressed button stands for; None if it is not one of ours."""
    try:
        value = json.loads(body["actions"][0]["value"])
        return Pressed(str(value["command"]), value.get("turn"), bool(value.get("asks")))
    except (KeyError, TypeError, ValueError):
        return None


def from_press(body: Json, button: Pressed) -> Message:
    """A pressed button: the command that it stands for."""
    who = _who_of_interaction(body)
    delivery = _key(f"{body['trigger_id']}:{body['actions'][0].get('action_ts', '')}")
    place: Json = body.get("container") or {}
    address = _address(who)
    # An ephemeral message may stand in a conversation to which the bot does not belong.
    if str(place.get("channel_id", "")).startswith("D") and not place.get("is_ephemeral"):
        address = _address(who, place["channel_id"], place.get("thread_ts") or place.get("message_ts"))
    return Message(who, delivery, command=button.command, turn=button.turn, address=address)


def from_form(body: Json, text: str) -> Message:
    """A submitted form: an answer to the turn that the form was opened for."""
    who, view = _who_of_interaction(body), body["view"]
    delivery = _key(f"{view['id']}:{view['hash']}")
    return Message(who, delivery, text, turn=view.get("private_metadata") or None, address=_address(who))


def typed(text: str) -> str:
    """Text as the person typed it: Slack's links, mentions and entities taken back."""
    plain = _REFERENCE.sub(_typed_reference, text)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _typed_reference(match: re.Match[str]) -> str:
    target, label = match[1], match[2]
    if target[0] not in "@#!":
        return label or target
    sign = "#" if target[0] == "#" else "@"
    return sign + (label or target[1:]).lstrip("@#")


def _who_of_interaction(body: Json) -> Who:
    user: Json = body["user"]
    team = user.get("team_id") or (body.get("team") or {})["id"]
    return _who(team, user["id"], user.get("name") or user.get("username"), user)


def _who(team: str, user: str, name: str | None, spoken: Json) -> Who:
    return Who(f"slack:{team}", user, name or "", spoken.get("locale") or "en")


def _key(key: str) -> str:
    return f"slack:{key}"


def _address(who: Who, channel: str | None = None, thread_ts: str | None = None) -> dict[str, str]:
    address = {"platform": "slack", "team": who.team.removeprefix("slack:"), "user": who.candidate}
    if channel:
        address["channel"] = channel
    if channel and thread_ts:
        address["thread_ts"] = thread_ts
    return address
