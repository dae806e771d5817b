"""The things of a Slack workspace: teams, people, channels, messages, views. State only."""

import copy
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from .slack_checks import Json, Rejected

ChannelKind = Literal["im", "channel", "group"]
APP_ID = "A0FAKEAPP1"
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
    is_admin: bool = False


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
        body: Json = {
            "type": "message",
            "user": self.user_id,
            "text": self.text,
            "ts": self.ts,
            "team": team.id,
        }
        if self.by_bot:
            body |= {"bot_id": team.bot_id, "app_id": APP_ID}
        if self.edited_ts:
            body["edited"] = {"user": self.user_id, "ts": self.edited_ts}
        optional = ("client_msg_id", "blocks", "attachments", "thread_ts", "parent_user_id", "metadata")
        body |= {key: getattr(self, key) for key in optional if getattr(self, key)}
        return copy.deepcopy(body)


@dataclass(eq=False)
class View:
    """A modal (while `is_open`) or a person's App Home. `errors`: what the bot said of the last submit."""

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
        body: Json = {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "close": None,
            "submit": None,
        }
        body |= {"clear_on_close": False, "notify_on_close": False, "state": {"values": {}}} | self.body
        body |= {
            "id": self.id,
            "team_id": team.id,
            "hash": self.hash,
            "bot_id": team.bot_id,
            "app_id": APP_ID,
        }
        body |= {"root_view_id": self.root_id, "previous_view_id": self.previous_id}
        body |= {"app_installed_team_id": team.id}
        return copy.deepcopy(body)


def controls(block: Json) -> Iterator[Json]:
    """The elements of a block with which a person can act: buttons, menus, inputs."""
    several = block.get("elements") if block.get("type") in ("actions", "context_actions") else []
    for element in [*(several or []), block.get("accessory"), block.get("element")]:
        if isinstance(element, dict) and element.get("type") not in _WITHOUT_ACTION_ID:
            yield element
