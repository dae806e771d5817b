"""A person in Slack: types commands and messages, presses buttons, fills in modals."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from . import slack_forms as forms
from . import slack_payloads as payloads
from .slack_api import reply
from .slack_checks import Json, Rejected, check_view
from .slack_state import Channel, Message, Person, View
from .slack_transport import Delivery, Kind, Outgoing, Transport
from .slack_workspace import Workspace

_MESSAGE_EVENTS = {"im": "message.im", "channel": "message.channels", "group": "message.groups"}
_EVENT_SCOPES = {
    "message.im": "im:history",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "app_mention": "app_mentions:read",
}


class NotDelivered(Exception):
    """Slack would not tell the bot: no scope, no subscription, or the bot is not in the channel."""


class Host(Protocol):
    """What a person needs of the fake."""

    space: Workspace
    events: frozenset[str] | None
    deliveries: list[Delivery]

    async def changed(self) -> None:
        """Wake everybody who waits."""
        ...

    def blame(self, method: str, refusal: Rejected, args: Json) -> None:
        """Keep a fault of the bot."""
        ...

    def reply_url(self, key: str) -> str:
        """The response_url with this key."""
        ...


class Slacker:
    """One person of one team, with one way to the bot. Every action returns the `Delivery`."""

    def __init__(self, host: Host, person: Person, transport: Transport) -> None:
        self.person = person
        self.transport = transport
        self._host = host
        self._last: tuple[Outgoing, Callable[[Delivery], None]] | None = None

    @property
    def id(self) -> str:
        """The user id."""
        return self.person.id

    @property
    def dm(self) -> Channel:
        """The bot's DM with this person."""
        return self._host.space.dm(self.person)

    @property
    def modal(self) -> View | None:
        """The modal in front of this person."""
        return self._host.space.top_view(self.person)

    @property
    def home(self) -> View | None:
        """What the bot published on this person's App Home."""
        return self._host.space.homes.get(self.person.id)

    async def command(
        self, text: str = "", command: str = "/mock-interview", channel: Channel | None = None
    ) -> Delivery:
        """Type a slash command, in #general unless told; shows the text that the bot acknowledges with."""
        self._granted("commands")
        where = channel or self._general()
        key = self._host.space.new_reply_address(self.person, where)
        url, trigger_id = self._host.reply_url(key), self._trigger()
        payload = payloads.slash_command(self.person, where, command, text, trigger_id, url)
        return await self._send("slash_commands", payload, lambda d: self._show_reply(key, d))

    async def message(
        self, text: str, channel: Channel | None = None, thread_ts: str | None = None
    ) -> Delivery:
        """Write a message, in the DM unless told. `delivery.message` is what was written."""
        where = channel or self.dm
        event_name = _MESSAGE_EVENTS[where.kind]
        self._subscribed(event_name, where)
        args = {"text": payloads.escaped(text), "blocks": payloads.rich_text(text), "thread_ts": thread_ts}
        said = self._host.space.post(where, self.id, args, client_msg_id=str(uuid.uuid4()))
        await self._host.changed()
        delivery = await self.event(payloads.message_event(said))
        delivery.message = said
        return delivery

    async def edit(self, message: Message, text: str) -> Delivery:
        """Change one's own message; the bot hears of a `message_changed`."""
        self._subscribed(_MESSAGE_EVENTS[message.channel.kind], message.channel)
        before = message.json()
        args = {"text": payloads.escaped(text), "blocks": payloads.rich_text(text)}
        self._host.space.edit(message, args)
        ts = self._host.space.clock.ts()
        return await self.event(payloads.changed_event(message, before, ts))

    async def echo(self, message: Message) -> Delivery:
        """Tell the bot of its own message, as Slack does wherever it is subscribed to messages."""
        self._subscribed(_MESSAGE_EVENTS[message.channel.kind], message.channel)
        return await self.event(payloads.message_event(message))

    async def press(self, shown: Message | View, wanted: str, choice: object = None) -> Delivery:
        """Press a button, or choose `choice` in a menu, named by its action_id or its label.

        LookupError when this person cannot see or find it.
        """
        self._looking_at(shown)
        space, ts = self._host.space, self._host.space.clock.ts()
        action = forms.action_of(forms.find_control(shown.blocks, wanted), choice, ts)
        state, trigger_id = forms.state_of(shown.blocks), self._trigger()
        if isinstance(shown, View):
            payload = payloads.view_action(self.person, shown, action, state, trigger_id)
        else:
            url = self._host.reply_url(space.new_reply_address(self.person, shown.channel, shown))
            payload = payloads.message_action(self.person, shown, action, state, trigger_id, url)
        return await self._send("interactive", payload)

    async def shortcut(self, callback_id: str, message: Message | None = None) -> Delivery:
        """Use a global shortcut, or one on a message."""
        self._granted("commands")
        trigger_id = self._trigger()
        if message is None:
            payload = payloads.global_shortcut(self.person, callback_id, trigger_id)
        else:
            url = self._host.reply_url(
                self._host.space.new_reply_address(self.person, message.channel, message)
            )
            payload = payloads.message_shortcut(self.person, callback_id, message, trigger_id, url)
        return await self._send("interactive", payload)

    async def submit(self, view: View, values: Mapping[str, object] | None = None) -> Delivery:
        """Fill in and submit the modal in front; it then closes, shows errors or changes, as the bot says.

        `values` by block_id, action_id or label. ValueError where Slack's client would not submit.
        """
        if view is not self.modal:
            raise LookupError("this modal is not in front of this person")
        state = forms.submitted(view, values or {})
        payload = payloads.view_submission(self.person, view, state, self._trigger())
        return await self._send("interactive", payload, lambda d: self._after_submit(view, d))

    async def close(self, view: View) -> Delivery | None:
        """Close a modal; the bot is told (and the delivery returned) only if the view has notify_on_close."""
        self._looking_at(view)
        view.is_open = False
        if not view.body.get("notify_on_close"):
            return None
        return await self._send("interactive", payloads.view_closed(self.person, view))

    async def open_home(self) -> Delivery:
        """Open the App Home."""
        self._subscribed("app_home_opened", self.dm)
        ts = self._host.space.clock.ts()
        return await self.event(payloads.home_event(self.person, self.dm, self.home, ts))

    async def event(self, event: Json, *, of_organisation: bool = False) -> Delivery:
        """Deliver any inner event (`{"type": "app_uninstalled"}`, ...) with a new event_id, of one team or of none."""
        space = self._host.space
        event_id, now = space.new_id("Ev"), int(space.clock.now())
        body = payloads.event_callback(
            self.person.team, event, event_id=event_id, event_time=now, of_organisation=of_organisation
        )
        return await self._send("events_api", body)

    async def redeliver(self, n: int = 1, reason: str = "http_timeout") -> Delivery:
        """Send the last thing again, same ids. An event says it is retry `n`; a press is just doubled."""
        if self._last is None:
            raise LookupError("nothing was delivered yet")
        sent, after = self._last
        return await self._deliver(replace(sent, retry_num=n, retry_reason=reason), after)

    async def _send(
        self, kind: Kind, payload: Json, after: Callable[[Delivery], None] = lambda delivery: None
    ) -> Delivery:
        self._last = (Outgoing(kind, payload), after)
        return await self._deliver(*self._last)

    async def _deliver(self, sent: Outgoing, after: Callable[[Delivery], None]) -> Delivery:
        delivery = await self.transport.deliver(sent)
        self._host.deliveries.append(delivery)
        if delivery.ok:
            after(delivery)
        await self._host.changed()
        return delivery

    def _show_reply(self, key: str, delivery: Delivery) -> None:
        args = delivery.payload or ({"text": delivery.body} if delivery.body else None)
        if args is None:
            return
        address = self._host.space.use_reply_address(key)
        address.uses_left += 1  # an acknowledgement is not a use of the response_url
        try:
            reply(self._host.space, address, args)
        except Rejected as refusal:
            self._host.blame("ack of a command", refusal, args)

    def _after_submit(self, view: View, delivery: Delivery) -> None:
        answer = delivery.payload or {}
        if not view.is_open:
            return
        try:
            self._respond(view, answer)
        except Rejected as refusal:
            self._host.blame("ack of view_submission", refusal, answer)

    def _respond(self, view: View, answer: Json) -> None:
        space, action = self._host.space, answer.get("response_action")
        if action == "errors":
            view.errors = _checked_errors(view, answer.get("errors"))
        elif action == "update":
            space.change_view(view, check_view(answer.get("view")))
        elif action == "push":
            space.show_view(self.person, check_view(answer.get("view")), over=view)
        elif action == "clear":
            for each in space.views:
                each.is_open = each.is_open and each.person is not self.person
        elif action is None:
            view.is_open = False
        else:
            raise Rejected("invalid_arguments", [f"[ERROR] unknown response_action: {action}"])

    def _looking_at(self, shown: Message | View) -> None:
        if isinstance(shown, View):
            visible = shown.is_open and shown.person is self.person
        else:
            visible = not shown.deleted and shown.seen_by in (None, self.person)
        if not visible:
            raise LookupError(f"{self.person.name} cannot see this any more, or never could")

    def _trigger(self) -> str:
        return self._host.space.new_trigger(self.person)

    def _general(self) -> Channel:
        channels = self._host.space.channels.values()
        return next(c for c in channels if c.team is self.person.team and c.name == "general")

    def _granted(self, scope: str | None) -> None:
        scopes = self.person.team.scopes
        if scope is not None and scopes is not None and scope not in scopes:
            raise NotDelivered(f"the app lacks the scope {scope}")

    def _subscribed(self, event_name: str, channel: Channel) -> None:
        self._granted(_EVENT_SCOPES.get(event_name))
        if self._host.events is not None and event_name not in self._host.events:
            raise NotDelivered(f"the app is not subscribed to {event_name}")
        if not channel.bot_is_in:
            raise NotDelivered(f"the bot is not in #{channel.name}")


def _checked_errors(view: View, errors: object) -> dict[str, str]:
    """The errors to show; Slack refuses them when a key is not the block_id of an input block."""
    inputs = {block["block_id"] for block in view.blocks if block.get("type") == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise Rejected(
            "invalid_arguments", [f"[ERROR] errors {errors} must name input blocks of {sorted(inputs)}"]
        )
    return errors
