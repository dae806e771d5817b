"""What a Slack workspace holds: teams, people, channels, messages, views, triggers. No HTTP here."""

import copy
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from .slack_checks import Json, Rejected

ChannelKind = Literal["im", "channel", "group"]
APP_ID = "A0FAKEAPP1"
TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 1800.0
RESPONSE_URL_USES = 5
VIEW_STACK = 3
_WITHOUT_ACTION_ID = {"image", "plain_text", "mrkdwn"}


class Clock:
    """The fake's own time: real time plus whatever a test added with `advance`."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._last_ts = 0

    def now(self) -> float:
        """Unix seconds."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once, so that triggers and response URLs grow old."""
        self._ahead += seconds

    def ts(self) -> str:
        """A new message ts: `1700000000.000100`, unique and later than all before."""
        self._last_ts = max(self._last_ts + 1, int(self.now() * 1_000_000) // 100)
        return f"{self._last_ts // 10_000}.{self._last_ts % 10_000 * 100:06d}"


@dataclass(eq=False)
class Team:
    """A workspace in which the app is installed. `scopes` None: every scope was granted."""

    id: str
    domain: str
    bot_token: str
    bot_user_id: str
    bot_id: str
    scopes: frozenset[str] | None = None
    enterprise_id: str | None = None
    revoked: bool = False

    def need(self, scope: str) -> None:
        """Raise `missing_scope` unless the app holds `scope` here."""
        if self.scopes is not None and scope not in self.scopes:
            raise Rejected("missing_scope", needed=scope, provided=",".join(sorted(self.scopes)))


@dataclass(eq=False)
class Person:
    """One human member of a team."""

    id: str
    team: Team
    name: str
    real_name: str
    tz: str = "Europe/Berlin"
    locale: str = "en-GB"


@dataclass(eq=False)
class Channel:
    """A public (`channel`) or private (`group`) channel, or the bot's DM (`im`) with `person`."""

    id: str
    team: Team
    name: str
    kind: ChannelKind
    bot_is_in: bool = True
    person: Person | None = None


@dataclass(eq=False)
class Message:
    """One message as it stands now; `versions` are its earlier (text, blocks).

    `seen_by` is set for an ephemeral message: the one person who sees it.
    """

    channel: Channel
    ts: str
    user_id: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    parent_user_id: str | None = None
    seen_by: Person | None = None
    metadata: Json | None = None
    client_msg_id: str | None = None
    edited_ts: str | None = None
    deleted: bool = False
    versions: list[tuple[str, list[Json]]] = field(default_factory=list)

    @property
    def by_bot(self) -> bool:
        """Whether the bot wrote it."""
        return self.user_id == self.channel.team.bot_user_id

    def json(self) -> Json:
        """The message as Slack shows it in answers and payloads."""
        team = self.channel.team
        body: Json = {"type": "message", "user": self.user_id, "text": self.text, "ts": self.ts, "team": team.id}
        if self.by_bot:
            body |= {"bot_id": team.bot_id, "app_id": APP_ID}
        if self.edited_ts:
            body["edited"] = {"user": self.user_id, "ts": self.edited_ts}
        optional = ("client_msg_id", "blocks", "attachments", "thread_ts", "parent_user_id", "metadata")
        body |= {key: getattr(self, key) for key in optional if getattr(self, key)}
        return copy.deepcopy(body)


@dataclass(eq=False)
class View:
    """A modal (while `is_open`) or a person's App Home. `errors` is what the bot said about the last submit."""

    id: str
    person: Person
    body: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    is_open: bool = True
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        """Its blocks, with the ids that Slack filled in."""
        return self.body["blocks"]

    @property
    def callback_id(self) -> str:
        """The bot's name for this kind of view."""
        return self.body.get("callback_id") or ""

    def json(self) -> Json:
        """The view as Slack shows it in answers and payloads (`state` empty)."""
        team = self.person.team
        body: Json = {"private_metadata": "", "callback_id": "", "external_id": "", "close": None, "submit": None}
        body |= {"clear_on_close": False, "notify_on_close": False, "state": {"values": {}}} | self.body
        body |= {"id": self.id, "team_id": team.id, "hash": self.hash, "bot_id": team.bot_id, "app_id": APP_ID}
        body |= {"root_view_id": self.root_id, "previous_view_id": self.previous_id}
        body |= {"app_installed_team_id": team.id}
        return copy.deepcopy(body)


@dataclass
class _Trigger:
    person: Person
    at: float
    used: bool = False


@dataclass
class ReplyAddress:
    """What a response_url stands for: who acted, where, and on which message (None for a command)."""

    person: Person
    channel: Channel
    message: Message | None
    expires: float
    uses_left: int = RESPONSE_URL_USES


class Workspace:
    """Everything that Slack would remember, for all teams."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.teams: list[Team] = []
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: list[Message] = []
        self.views: list[View] = []
        self.homes: dict[str, View] = {}
        self._triggers: dict[str, _Trigger] = {}
        self._reply_addresses: dict[str, ReplyAddress] = {}
        self._count = 0

    def new_id(self, letter: str) -> str:
        """An id that was never given before, in Slack's form."""
        self._count += 1
        return f"{letter}0{self._count:09X}"

    def dm(self, person: Person) -> Channel:
        """The bot's DM with `person`, made when it is not there yet."""
        for channel in self.channels.values():
            if channel.person is person:
                return channel
        channel = Channel(self.new_id("D"), person.team, "directmessage", "im", person=person)
        self.channels[channel.id] = channel
        return channel

    def person(self, team: Team, user_id: str) -> Person:
        """Somebody of `team`, or `user_not_found`."""
        person = self.people.get(user_id)
        if person is None or person.team is not team:
            raise Rejected("user_not_found")
        return person

    def channel(self, team: Team, channel_id: str) -> Channel:
        """A channel that the bot can see, or `channel_not_found`."""
        channel = self.channels.get(channel_id)
        hidden = channel is not None and channel.kind == "group" and not channel.bot_is_in
        if channel is None or channel.team is not team or hidden:
            raise Rejected("channel_not_found")
        return channel

    def message(self, channel: Channel, ts: str) -> Message:
        """A message that all can see, or `message_not_found`."""
        for message in self.messages:
            if message.channel is channel and message.ts == ts and not (message.deleted or message.seen_by):
                return message
        raise Rejected("message_not_found")

    def post(
        self,
        channel: Channel,
        user_id: str,
        args: Json,
        *,
        seen_by: Person | None = None,
        client_msg_id: str | None = None,
    ) -> Message:
        """Add a message; `thread_not_found` when its `thread_ts` is not the first message of a thread."""
        root = self._root(channel, args.get("thread_ts"))
        message = Message(
            channel=channel,
            ts=self.clock.ts(),
            user_id=user_id,
            text=args.get("text") or "",
            blocks=self.with_ids(args.get("blocks") or []),
            attachments=copy.deepcopy(args.get("attachments") or []),
            thread_ts=root.ts if root else None,
            parent_user_id=root.user_id if root else None,
            seen_by=seen_by,
            metadata=args.get("metadata"),
            client_msg_id=client_msg_id,
        )
        self.messages.append(message)
        return message

    def edit(self, message: Message, args: Json) -> None:
        """Replace text and blocks as chat.update does; new text without blocks drops the blocks."""
        message.versions.append((message.text, message.blocks))
        message.text = args.get("text") or ""
        message.blocks = self.with_ids(args.get("blocks") or [])
        message.attachments = copy.deepcopy(args.get("attachments") or [])
        message.metadata = args.get("metadata", message.metadata)
        message.edited_ts = self.clock.ts()

    def _root(self, channel: Channel, thread_ts: str | None) -> Message | None:
        if not thread_ts:
            return None
        for message in self.messages:
            if message.channel is channel and message.ts == thread_ts and not message.thread_ts:
                return message
        raise Rejected("thread_not_found")

    def with_ids(self, blocks: list[Json]) -> list[Json]:
        """A copy of `blocks` in which Slack has named every block and control that the bot left unnamed."""
        filled = copy.deepcopy(blocks)
        for block in filled:
            block.setdefault("block_id", uuid.uuid4().hex[:5])
            for control in controls(block):
                control.setdefault("action_id", uuid.uuid4().hex[:5])
        return filled

    def show_view(self, person: Person, body: Json, *, over: View | None = None) -> View:
        """Open a modal, over another one if `over` is given (`push_limit_reached` for the fourth)."""
        depth = sum(1 for view in self.views if view.is_open and over and view.root_id == over.root_id)
        if depth >= VIEW_STACK:
            raise Rejected("push_limit_reached")
        self._refuse_known_external_id(person.team, body)
        view_id = self.new_id("V")
        view = View(view_id, person, {}, "", over.root_id if over else view_id, over.id if over else None)
        self.views.append(view)
        self.change_view(view, body)
        return view

    def publish_home(self, person: Person, body: Json) -> View:
        """Set what `person` sees on the App Home."""
        view = self.homes.get(person.id)
        if view is None:
            view_id = self.new_id("V")
            view = self.homes[person.id] = View(view_id, person, {}, "", view_id)
        self.change_view(view, body)
        return view

    def change_view(self, view: View, body: Json) -> None:
        """Replace what a view shows; its hash changes and errors vanish."""
        view.body = {**copy.deepcopy(body), "blocks": self.with_ids(body["blocks"])}
        view.hash = f"{int(self.clock.now())}.{uuid.uuid4().hex[:8]}"
        view.errors = {}

    def top_view(self, person: Person) -> View | None:
        """The modal that `person` looks at."""
        return next((v for v in reversed(self.views) if v.person is person and v.is_open), None)

    def _refuse_known_external_id(self, team: Team, body: Json) -> None:
        external_id = body.get("external_id")
        same = (v for v in self.views if v.person.team is team and v.body.get("external_id") == external_id)
        if external_id and any(view.is_open for view in same):
            raise Rejected("duplicate_external_id")

    def new_trigger(self, person: Person) -> str:
        """A trigger_id: good once, for three seconds."""
        trigger_id = f"{self.clock.ts()}.{uuid.uuid4().hex[:12]}"
        self._triggers[trigger_id] = _Trigger(person, self.clock.now())
        return trigger_id

    def use_trigger(self, team: Team, trigger_id: str, *, dry: bool = False) -> Person:
        """Who acted; Slack's error when the trigger is unknown, used or too old. `dry`: only look."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None or trigger.person.team is not team:
            raise Rejected("invalid_trigger_id")
        if trigger.used:
            raise Rejected("exchanged_trigger_id")
        if self.clock.now() - trigger.at > TRIGGER_SECONDS:
            raise Rejected("expired_trigger_id")
        trigger.used = not dry
        return trigger.person

    def new_reply_address(self, person: Person, channel: Channel, message: Message | None = None) -> str:
        """The path of a fresh response_url."""
        key = f"{person.team.id}/{self.new_id('')}/{uuid.uuid4().hex}"
        self._reply_addresses[key] = ReplyAddress(
            person, channel, message, self.clock.now() + RESPONSE_URL_SECONDS
        )
        return key

    def use_reply_address(self, key: str) -> ReplyAddress:
        """What a response_url stands for: five uses within 30 minutes, then an error."""
        address = self._reply_addresses.get(key)
        if address is None or self.clock.now() > address.expires:
            raise Rejected("expired_url")
        if address.uses_left == 0:
            raise Rejected("used_url")
        address.uses_left -= 1
        return address


def controls(block: Json) -> Iterator[Json]:
    """The elements of a block with which a person can act: buttons, menus, inputs."""
    several = block.get("elements") if block.get("type") in ("actions", "context_actions") else []
    for element in [*(several or []), block.get("accessory"), block.get("element")]:
        if isinstance(element, dict) and element.get("type") not in _WITHOUT_ACTION_ID:
            yield element
