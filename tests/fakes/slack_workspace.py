"""Everything that Slack would remember, and what it does to it. No HTTP, no limits."""

import copy
import uuid
from dataclasses import dataclass

from .slack_checks import Json, Rejected
from .slack_state import Channel, Clock, Message, Person, Team, View, controls

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 1800.0
RESPONSE_URL_USES = 5
VIEW_STACK = 3


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
        self.statuses: dict[tuple[str, str], str] = {}
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
        if root and user_id == channel.team.bot_user_id:
            self.statuses.pop((channel.id, root.ts), None)
        return message

    def show_status(self, channel: Channel, thread_ts: str, status: str) -> None:
        """A status below a thread until the bot's next message there, an edit is none; an empty one takes it away."""
        self.statuses.pop((channel.id, thread_ts), None)
        if status:
            self.statuses[channel.id, thread_ts] = status

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
