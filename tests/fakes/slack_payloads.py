"""The payloads that Slack sends to a bot, complete, without Enterprise Grid unless the team has one."""

import uuid

from .slack_checks import Json
from .slack_state import APP_ID, Channel, Message, Person, Team, View

VERIFICATION_TOKEN = "fake-verification-token"  # deprecated by Slack, still in every payload
_NAMES_OF_KINDS = {"im": "directmessage", "group": "privategroup"}


def escaped(text: str) -> str:
    """Text as Slack passes it on: `&`, `<` and `>` as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def slash_command(
    person: Person, channel: Channel, command: str, text: str, trigger_id: str, url: str
) -> Json:
    """The form fields of a slash command."""
    team = person.team
    fields: Json = {"token": VERIFICATION_TOKEN, "team_id": team.id, "team_domain": team.domain}
    if team.enterprise_id:
        fields |= {"enterprise_id": team.enterprise_id, "enterprise_name": "Fake Enterprise"}
    fields |= {"channel_id": channel.id, "channel_name": _NAMES_OF_KINDS.get(channel.kind, channel.name)}
    fields |= {"user_id": person.id, "user_name": person.name, "command": command, "text": escaped(text)}
    fields |= {"api_app_id": APP_ID, "is_enterprise_install": "false", "response_url": url}
    return fields | {"trigger_id": trigger_id}


def event_callback(
    team: Team, event: Json, *, event_id: str, event_time: int, of_organisation: bool = False
) -> Json:
    """The Events API envelope around one event; one `of_organisation` names no team."""
    team_id = None if of_organisation else team.id
    authorization: Json = {
        "enterprise_id": team.enterprise_id,
        "team_id": team_id,
        "user_id": team.bot_user_id,
    }
    authorization |= {"is_bot": True, "is_enterprise_install": of_organisation}
    body: Json = {"token": VERIFICATION_TOKEN, "team_id": team_id, "context_team_id": team_id}
    body |= {"context_enterprise_id": team.enterprise_id, "enterprise_id": team.enterprise_id}
    body |= {"api_app_id": APP_ID, "event": event, "type": "event_callback", "event_id": event_id}
    body |= {"event_time": event_time, "authorizations": [authorization], "is_ext_shared_channel": False}
    return body | {"event_context": f"4-{uuid.uuid4().hex}"}


def message_event(message: Message) -> Json:
    """The `message` event (message.im, message.channels, message.groups) about a new message."""
    channel = message.channel
    kinds = {"channel": channel.id, "event_ts": message.ts, "channel_type": channel.kind}
    return message.json() | kinds


def changed_event(message: Message, before: Json, ts: str) -> Json:
    """The `message_changed` event about an edited message."""
    channel = message.channel
    event: Json = {"type": "message", "subtype": "message_changed", "hidden": True, "ts": ts, "event_ts": ts}
    event |= {"message": message.json(), "previous_message": before}
    return event | {"channel": channel.id, "channel_type": channel.kind}


def home_event(person: Person, dm: Channel, home: View | None, ts: str) -> Json:
    """The `app_home_opened` event; it carries the home once one was published."""
    event: Json = {
        "type": "app_home_opened",
        "user": person.id,
        "channel": dm.id,
        "tab": "home",
        "event_ts": ts,
    }
    return event | ({"view": home.json()} if home else {})


def rich_text(text: str) -> list[Json]:
    """The blocks that Slack's client makes of what a person typed (unescaped, unlike `text`)."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return [{"type": "rich_text", "elements": [section]}]


def message_action(
    person: Person, message: Message, action: Json, state: Json, trigger_id: str, url: str
) -> Json:
    """block_actions from a message. An ephemeral one is not shown again, only its place."""
    ephemeral = message.seen_by is not None
    container: Json = {"type": "message", "message_ts": message.ts, "channel_id": message.channel.id}
    container |= {"is_ephemeral": ephemeral} | ({"thread_ts": message.thread_ts} if message.thread_ts else {})
    body = _interaction("block_actions", person) | {"container": container, "trigger_id": trigger_id}
    name = _NAMES_OF_KINDS.get(message.channel.kind, message.channel.name)
    body |= {"channel": {"id": message.channel.id, "name": name}, "response_url": url}
    body |= {"state": {"values": state}, "actions": [action]}
    return body if ephemeral else body | {"message": message.json()}


def view_action(person: Person, view: View, action: Json, state: Json, trigger_id: str) -> Json:
    """block_actions from a modal or from the App Home."""
    shown = view.json() | {"state": {"values": state}}
    body = _interaction("block_actions", person) | {"container": {"type": "view", "view_id": view.id}}
    return body | {"trigger_id": trigger_id, "view": shown, "actions": [action]}


def global_shortcut(person: Person, callback_id: str, trigger_id: str) -> Json:
    """A shortcut that was used anywhere."""
    body = _interaction("shortcut", person) | {"callback_id": callback_id, "trigger_id": trigger_id}
    return body | {"action_ts": trigger_id.split(".", maxsplit=1)[0]}


def message_shortcut(person: Person, callback_id: str, message: Message, trigger_id: str, url: str) -> Json:
    """A shortcut that was used on a message; Slack calls it a message_action."""
    body = _interaction("message_action", person) | {"callback_id": callback_id, "trigger_id": trigger_id}
    name = _NAMES_OF_KINDS.get(message.channel.kind, message.channel.name)
    body |= {"channel": {"id": message.channel.id, "name": name}, "response_url": url}
    return body | {
        "message": message.json(),
        "message_ts": message.ts,
        "action_ts": trigger_id.split(".", maxsplit=1)[0],
    }


def view_submission(person: Person, view: View, state: Json, trigger_id: str) -> Json:
    """A submitted modal with all that was entered."""
    shown = view.json() | {"state": {"values": state}}
    body = _interaction("view_submission", person) | {"trigger_id": trigger_id, "view": shown}
    return body | {"response_urls": []}


def view_closed(person: Person, view: View) -> Json:
    """A modal that the person closed; Slack tells only when the view asked for it."""
    return _interaction("view_closed", person) | {"view": view.json(), "is_cleared": False}


def _interaction(kind: str, person: Person) -> Json:
    team = person.team
    user = {"id": person.id, "username": person.name, "name": person.name, "team_id": team.id}
    enterprise = {"id": team.enterprise_id, "name": "Fake Enterprise"} if team.enterprise_id else None
    body: Json = {"type": kind, "user": user, "api_app_id": APP_ID, "token": VERIFICATION_TOKEN}
    body |= {"team": {"id": team.id, "domain": team.domain}, "enterprise": enterprise}
    return body | {"is_enterprise_install": False}
