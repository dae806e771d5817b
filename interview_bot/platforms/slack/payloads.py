"""What Slack sends, as Messages."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from interview_bot.chat.messages import Message
from interview_bot.core.interview import Who
from interview_bot.platforms.slack.modals.filled import Filled

Json = Mapping[str, Any]

_REFERENCE = re.compile(r"<((?:[@#!]|[a-z][a-z+.-]*:)[^<>|\s]*)(?:\|([^<>]*))?>")
_LONGEST_SAID = 2_000
_TEXT_SUBTYPES = {None, "file_share", "thread_broadcast"}


class Pressed(NamedTuple):
    """What a button of ours stands for; `asks`: a form comes first."""

    command: str
    turn: str | None
    asks: bool
    label: str = ""


class Removed(NamedTuple):
    """Where the app was taken away (no team: from a whole organisation), and when, in Unix seconds."""

    enterprise: str
    team: str
    at: float


def from_command(body: Json) -> Message:
    """A slash command; its words are what was typed after it."""
    who = _who(body["team_id"], body["user_id"], body.get("user_name"))
    words = typed(body.get("text") or "").strip()
    channel = body.get("channel_id") or ""
    address = _address(body, who)
    # Direct messages are no place for a channel's settings.
    place = {name: value for name, value in address.items() if name != "user"} | {"channel": channel}
    key = _key(body["trigger_id"])
    return Message(
        who, key, command=words or "help", address=address, place=place if channel[:1] in {"C", "G"} else None
    )


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
    who = _who(_own_team(body, event.get("user_team")), event["user"], None)
    delivery = _key(body.get("event_id") or f"{event['channel']}:{event['ts']}")
    address = _address(body, who, event["channel"], event.get("thread_ts"))
    return Message(who, delivery, text, address=address)


def from_home(body: Json) -> Message | None:
    """Somebody who looks at the App Home; None for every other event."""
    event: Json = body["event"]
    if event.get("type") != "app_home_opened" or event.get("tab") != "home" or not event.get("user"):
        return None
    who = _who(_own_team(body, None), event["user"], None)
    key = _key(body.get("event_id") or f"home:{event['user']}:{event.get('event_ts')}")
    return Message(who, key, command="home", address=_address(body, who))


def removed_from(body: Json) -> list[Removed]:
    """Where the app was uninstalled, its bot's token revoked, or an organisation's app kept out; nothing for every other event."""
    event, at = body["event"], float(body.get("event_time") or 0)
    if event.get("type") == "team_access_revoked":
        return [Removed(_enterprise(body), str(team), at) for team in event.get("team_ids") or ()]
    revoked = event.get("type") == "tokens_revoked" and (event.get("tokens") or {}).get("bot")
    if event.get("type") != "app_uninstalled" and not revoked:
        return []
    first: Json = next(iter(body.get("authorizations") or ()), {})
    # An organisation may stand where a workspace's id is expected.
    in_workspace = str(body.get("team_id") or "").startswith("T")
    whole = first.get("is_enterprise_install") and not in_workspace
    return [Removed(_enterprise(body), "" if whole else _installed_in(body), at)]


def pressed(body: Json) -> Pressed | None:
    """What the pressed button stands for; None if it is not one of ours."""
    try:
        action = body["actions"][0]
        value = json.loads(action["value"])
        label = (action.get("text") or {}).get("text") or ""
        return Pressed(str(value["command"]), value.get("turn"), bool(value.get("asks")), label)
    except (KeyError, TypeError, ValueError):
        return None


def on_home(body: Json) -> bool:
    """Whether the pressed button stands on the App Home."""
    return (body.get("view") or {}).get("type") == "home"


def from_press(body: Json, button: Pressed) -> Message:
    """A pressed button: the command that it stands for."""
    who = _who_of_interaction(body)
    delivery = _key(f"{body['trigger_id']}:{body['actions'][0].get('action_ts', '')}")
    place: Json = body.get("container") or {}
    address = _address(body, who)
    # An ephemeral message may stand in a conversation to which the bot does not belong.
    if str(place.get("channel_id", "")).startswith("D") and not place.get("is_ephemeral"):
        address = _address(body, who, place["channel_id"], place.get("thread_ts") or place.get("message_ts"))
    return Message(who, delivery, command=button.command, turn=button.turn, address=address)


def from_shortcut(body: Json) -> Message:
    """A shortcut; one from a message asks for questions about the same."""
    who, said = _who_of_interaction(body), typed((body.get("message") or {}).get("text") or "")
    command = f"near {said[:_LONGEST_SAID]}" if said.strip() else "topics"
    return Message(who, _key(body["trigger_id"]), command=command, address=_address(body, who))


def from_form(body: Json, filled: Filled) -> Message:
    """A submitted form: a command, or a text for the turn that the form was opened for."""
    who, view = _who_of_interaction(body), body["view"]
    delivery = _key(f"{view['id']}:{view['hash']}")
    return Message(who, delivery, filled.text, filled.command, filled.turn, _address(body, who))


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
    name = user.get("name") or user.get("username")
    return _who(_own_team(body, user.get("team_id")), user["id"], name)


def _own_team(body: Json, told: str | None) -> str:
    """The team that a person belongs to: people of another workspace, over Slack Connect, stay in their own.

    Inside one organisation Slack may tell a person's home workspace; there it is the workspace where they act.
    """
    here = _installed_in(body)
    return (
        (here or told or "") if _enterprise(body) and not body.get("is_ext_shared_channel") else told or here
    )


def _installed_in(body: Json) -> str:
    """The team whose token answers: where the app is installed, which need not be the sender's own."""
    first: Json = next(iter(body.get("authorizations") or ()), {})
    of_view = (body.get("view") or {}).get("app_installed_team_id")
    in_payload = (body.get("team") or {}).get("id") or body.get("team_id")
    return of_view or first.get("team_id") or in_payload or (body.get("user") or {}).get("team_id") or ""


def _enterprise(body: Json) -> str:
    first: Json = next(iter(body.get("authorizations") or ()), {})
    return (
        first.get("enterprise_id")
        or (body.get("enterprise") or {}).get("id")
        or body.get("enterprise_id")
        or ""
    )


def _who(team: str, user: str, name: str | None) -> Who:
    return Who(f"slack:{team}", user, name or "")


def _key(key: str) -> str:
    return f"slack:{key}"


def _address(
    body: Json, who: Who, channel: str | None = None, thread_ts: str | None = None
) -> dict[str, str]:
    team = _installed_in(body) or who.team.removeprefix("slack:")
    address = {"platform": "slack", "team": team, "user": who.candidate}
    if enterprise := _enterprise(body):
        address["enterprise"] = enterprise
    if channel:
        address["channel"] = channel
    if channel and thread_ts:
        address["thread_ts"] = thread_ts
    return address
