"""Slack's Web API methods over a `Workspace`: each takes the calling team and the arguments."""

from collections.abc import Callable

from .slack_checks import UPDATED_TEXT, Json, Rejected, check_message, check_view
from .slack_state import APP_ID, Channel, Message, Team, View
from .slack_workspace import ReplyAddress, Workspace

Handler = Callable[[Workspace, Team, Json], Json]
_READ_SCOPES = {"im": "im:read", "channel": "channels:read", "group": "groups:read"}
_HISTORY_SCOPES = {"im": "im:history", "channel": "channels:history", "group": "groups:history"}
_MOST_REPLIES = 1000


def auth_test(space: Workspace, team: Team, args: Json) -> Json:
    """Who the token stands for."""
    answer: Json = {"url": f"https://{team.domain}.slack.com/", "team": team.domain, "team_id": team.id}
    answer |= {"user": "interview-bot", "user_id": team.bot_user_id, "bot_id": team.bot_id}
    answer |= {"is_enterprise_install": False, "app_id": APP_ID}
    return answer | ({"enterprise_id": team.enterprise_id} if team.enterprise_id else {})


def post_message(space: Workspace, team: Team, args: Json) -> Json:
    """chat.postMessage: to a channel, a DM, or a user id (then to the DM)."""
    team.need("chat:write")
    channel = _writable(space, team, args)
    _check_metadata(args)
    check_message(args)
    message = space.post(channel, team.bot_user_id, args)
    return {"channel": channel.id, "ts": message.ts, "message": message.json()}


def post_ephemeral(space: Workspace, team: Team, args: Json) -> Json:
    """chat.postEphemeral: seen by one member of the channel only."""
    team.need("chat:write")
    channel = _writable(space, team, args)
    person = space.person(team, _required(args, "user"))
    if channel.person not in (None, person):
        raise Rejected("user_not_in_channel")
    check_message(args)
    message = space.post(channel, team.bot_user_id, args, seen_by=person)
    return {"message_ts": message.ts}


def update_message(space: Workspace, team: Team, args: Json) -> Json:
    """chat.update: only of the bot's own messages that everybody can see."""
    message = _own_message(space, team, args, refusal="cant_update_message")
    _check_metadata(args)
    check_message(args, text_limit=UPDATED_TEXT)
    space.edit(message, args)
    shown = {key: value for key, value in message.json().items() if key != "ts"}
    return {"channel": message.channel.id, "ts": message.ts, "text": message.text, "message": shown}


def delete_message(space: Workspace, team: Team, args: Json) -> Json:
    """chat.delete: only of the bot's own messages."""
    message = _own_message(space, team, args, refusal="cant_delete_message")
    message.deleted = True
    return {"channel": message.channel.id, "ts": message.ts}


def open_conversation(space: Workspace, team: Team, args: Json) -> Json:
    """conversations.open: the DM with one user."""
    team.need("im:write")
    if args.get("channel"):
        channel = space.channel(team, args["channel"])
        return {"no_op": True, "already_open": True, "channel": {"id": channel.id}}
    users = args.get("users") or ""
    ids = users if isinstance(users, list) else [part.strip() for part in users.split(",") if part.strip()]
    if not ids:
        raise Rejected("users_list_not_supplied")
    if len(ids) > 1:
        raise Rejected("method_not_supported_for_channel_type")  # group DMs: not in this fake
    person = space.person(team, ids[0])
    known = any(channel.person is person for channel in space.channels.values())
    channel = space.dm(person)
    shown = _channel_json(channel) if _is_true(args, "return_im") else {"id": channel.id}
    return {"no_op": known, "already_open": known, "channel": shown}


def conversation_info(space: Workspace, team: Team, args: Json) -> Json:
    """conversations.info: needs the read scope of the channel's kind."""
    channel = space.channel(team, _required(args, "channel"))
    team.need(_READ_SCOPES[channel.kind])
    return {"channel": _channel_json(channel)}


def thread_replies(space: Workspace, team: Team, args: Json) -> Json:
    """conversations.replies: Bolt's own `say` calls it in DM threads. Metadata only when asked for."""
    channel = space.channel(team, _required(args, "channel"))
    team.need(_HISTORY_SCOPES[channel.kind])
    ts = _required(args, "ts")
    there = (m for m in space.messages if m.channel is channel and not (m.deleted or m.seen_by))
    found = [m.json() for m in there if ts in (m.ts, m.thread_ts)]
    if not found:
        raise Rejected("thread_not_found")
    if not _is_true(args, "include_all_metadata"):
        found = [{key: value for key, value in m.items() if key != "metadata"} for m in found]
    most, start = int(args.get("limit") or _MOST_REPLIES), int(args.get("cursor") or 0)
    page: Json = {"messages": found[start : start + most], "has_more": len(found) > start + most}
    return page | ({"response_metadata": {"next_cursor": str(start + most)}} if page["has_more"] else {})


def user_info(space: Workspace, team: Team, args: Json) -> Json:
    """users.info."""
    team.need("users:read")
    person = space.person(team, _required(args, "user"))
    profile: Json = {"real_name": person.real_name, "display_name": person.name, "team": team.id}
    if team.scopes is None or "users:read.email" in team.scopes:
        profile["email"] = f"{person.name}@example.com"
    user: Json = {"id": person.id, "team_id": team.id, "name": person.name, "real_name": person.real_name}
    user |= {
        "deleted": False,
        "is_bot": False,
        "is_admin": person.is_admin,
        "tz": person.tz,
        "profile": profile,
    }
    return {"user": user | ({"locale": person.locale} if _is_true(args, "include_locale") else {})}


def open_view(space: Workspace, team: Team, args: Json) -> Json:
    """views.open: spends the trigger only when the view is good."""
    trigger_id = _required(args, "trigger_id")
    space.use_trigger(team, trigger_id, dry=True)
    body = check_view(args.get("view"))
    view = space.show_view(space.use_trigger(team, trigger_id), body)
    return {"view": view.json()}


def push_view(space: Workspace, team: Team, args: Json) -> Json:
    """views.push: over the modal that the person has open."""
    trigger_id = _required(args, "trigger_id")
    person = space.use_trigger(team, trigger_id, dry=True)
    body = check_view(args.get("view"))
    under = space.top_view(person)
    if under is None:
        raise Rejected("not_found")
    space.use_trigger(team, trigger_id)
    return {"view": space.show_view(person, body, over=under).json()}


def update_view(space: Workspace, team: Team, args: Json) -> Json:
    """views.update: by `view_id` or `external_id`, of a view that is still open."""
    view = _open_view(space, team, args)
    if args.get("hash") and args["hash"] != view.hash:
        raise Rejected("hash_conflict")
    allowed = ("home",) if view.body.get("type") == "home" else ("modal",)
    space.change_view(view, check_view(args.get("view"), allowed=allowed))
    return {"view": view.json()}


def publish_view(space: Workspace, team: Team, args: Json) -> Json:
    """views.publish: one person's App Home."""
    person = space.person(team, _required(args, "user_id"))
    known = space.homes.get(person.id)
    if known and args.get("hash") and args["hash"] != known.hash:
        raise Rejected("hash_conflict")
    body = check_view(args.get("view"), allowed=("home",))
    return {"view": space.publish_home(person, body).json()}


def conversation_history(space: Workspace, team: Team, args: Json) -> Json:
    """conversations.history: the newest messages that are in no thread. Metadata only when asked for."""
    channel = space.channel(team, _required(args, "channel"))
    team.need(_HISTORY_SCOPES[channel.kind])
    there = [
        m for m in space.messages if m.channel is channel and not (m.deleted or m.seen_by or m.thread_ts)
    ]
    found = [m.json() for m in reversed(there)]
    if not _is_true(args, "include_all_metadata"):
        found = [{key: value for key, value in m.items() if key != "metadata"} for m in found]
    most = int(args.get("limit") or 100)
    return {"messages": found[:most], "has_more": len(found) > most}


def set_status(space: Workspace, team: Team, args: Json) -> Json:
    """assistant.threads.setStatus: below a thread, until the bot's next message there."""
    team.need("chat:write")
    channel = space.channel(team, _required(args, "channel_id"))
    space.show_status(channel, _required(args, "thread_ts"), str(args.get("status") or ""))
    return {}


METHODS: dict[str, Handler] = {
    "assistant.threads.setStatus": set_status,
    "conversations.history": conversation_history,
    "auth.test": auth_test,
    "chat.postMessage": post_message,
    "chat.postEphemeral": post_ephemeral,
    "chat.update": update_message,
    "chat.delete": delete_message,
    "conversations.open": open_conversation,
    "conversations.info": conversation_info,
    "conversations.replies": thread_replies,
    "users.info": user_info,
    "views.open": open_view,
    "views.push": push_view,
    "views.update": update_view,
    "views.publish": publish_view,
}


def reply(space: Workspace, address: ReplyAddress, args: Json) -> Message | None:
    """What a response_url or the answer to a command does: a reply, a replacement or a deletion.

    Returns the message that is now there; None after a deletion.
    """
    original = address.message
    if original is not None and args.get("delete_original"):
        original.deleted = True
        return None
    check_message(args)
    if original is not None and args.get("replace_original"):
        space.edit(original, args)
        return original
    to_all = args.get("response_type") == "in_channel"
    seen_by = None if to_all else address.person
    return space.post(address.channel, address.person.team.bot_user_id, args, seen_by=seen_by)


def _required(args: Json, name: str) -> str:
    value = args.get(name)
    if not value:
        raise Rejected("invalid_arguments", [f"[ERROR] missing required field: {name}"])
    return str(value)


def _is_true(args: Json, name: str) -> bool:
    return str(args.get(name, "")).lower() in ("1", "true")


def _writable(space: Workspace, team: Team, args: Json) -> Channel:
    channel_id = _required(args, "channel")
    if channel_id in space.people:
        return space.dm(space.person(team, channel_id))
    channel = space.channel(team, channel_id)
    anywhere = channel.kind == "channel" and "chat:write.public" in (team.scopes or ())
    if not channel.bot_is_in and not anywhere:
        raise Rejected("not_in_channel")
    return channel


def _own_message(space: Workspace, team: Team, args: Json, *, refusal: str) -> Message:
    team.need("chat:write")
    channel = space.channel(team, _required(args, "channel"))
    message = space.message(channel, _required(args, "ts"))
    if not message.by_bot:
        raise Rejected(refusal)
    return message


def _check_metadata(args: Json) -> None:
    metadata = args.get("metadata")
    if metadata is None:
        return
    # Bolt's own `say` sends a null payload in DM threads, and Slack takes it.
    good = isinstance(metadata, dict) and isinstance(metadata.get("event_payload"), dict | None)
    if not good or not isinstance(metadata.get("event_type"), str):
        raise Rejected("invalid_metadata_format")


def _open_view(space: Workspace, team: Team, args: Json) -> View:
    wanted = ("id", args.get("view_id")) if args.get("view_id") else ("external_id", args.get("external_id"))
    if not wanted[1]:
        raise Rejected("invalid_arguments", ["[ERROR] missing required field: view_id"])
    for view in [*space.views, *space.homes.values()]:
        if view.person.team is team and view.is_open and view.json()[wanted[0]] == wanted[1]:
            return view
    raise Rejected("not_found")


def _channel_json(channel: Channel) -> Json:
    body: Json = {
        "id": channel.id,
        "created": 1_700_000_000,
        "is_archived": False,
        "is_im": channel.kind == "im",
    }
    if channel.person is not None:
        return body | {"user": channel.person.id, "is_open": True, "is_org_shared": False}
    body |= {
        "name": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
    }
    return body | {"is_private": channel.kind == "group", "is_member": channel.bot_is_in}
