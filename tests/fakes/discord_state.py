"""What the fake Discord remembers: servers, channels, people, messages, interactions."""

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from typing import Any

from .discord_plain import labels, plain

Json = dict[str, Any]
TEXT, DM, PRIVATE_THREAD = 0, 1, 12
EPHEMERAL, V2 = 64, 1 << 15
ALL_PERMISSIONS = (1 << 53) - 1
_MOMENT = "2026-01-01T00:00:00+00:00"
_ids = itertools.count(250_000_000_000)


def snowflake() -> str:
    """A new id; neighbours fall on different shards."""
    return str(next(_ids) << 22)


@dataclass
class Person:
    """Somebody with an account."""

    name: str
    locale: str = "en-US"
    takes_dms: bool = True
    id: str = field(default_factory=snowflake)
    bot: bool = False

    def told(self) -> Json:
        """As Discord tells of them."""
        return {"id": self.id, "username": self.name.lower(), "global_name": self.name, "avatar": None,
                "discriminator": "0000" if self.bot else "0", "bot": self.bot, "public_flags": 0}  # fmt: skip

    def member(self) -> Json:
        """As a member of a server."""
        return {"user": self.told(), "roles": [], "joined_at": _MOMENT, "deaf": False, "mute": False,
                "flags": 0, "nick": None, "permissions": str(ALL_PERMISSIONS)}  # fmt: skip


@dataclass(eq=False)
class Channel:
    """A text channel, a private thread, or direct messages (`guild` is None)."""

    kind: int
    guild: str | None = None
    name: str | None = None
    parent: str | None = None
    owner: str | None = None
    person: Person | None = None
    members: set[str] = field(default_factory=set)
    locked: bool = False
    gone: bool = False
    permissions: int = ALL_PERMISSIONS
    """What the bot may do there."""
    id: str = field(default_factory=snowflake)

    def told(self) -> Json:
        """As Discord tells of it."""
        told: Json = {
            "id": self.id,
            "type": self.kind,
            "name": self.name,
            "flags": 0,
            "last_message_id": None,
        }
        if self.kind == DM:
            return told | {"recipients": [self.person.told()] if self.person else []}
        told |= {"guild_id": self.guild, "position": 0, "permission_overwrites": [], "nsfw": False, "topic": None,
                 "rate_limit_per_user": 0, "parent_id": self.parent}  # fmt: skip
        if self.kind == PRIVATE_THREAD:
            told |= {"owner_id": self.owner, "message_count": 0, "member_count": len(self.members),
                     "thread_metadata": {"archived": False, "auto_archive_duration": 1440, "invitable": False,
                                         "archive_timestamp": _MOMENT, "locked": self.locked}}  # fmt: skip
        return told


@dataclass
class Message:
    """A message; `seen_by` is the only person who sees it, if it is ephemeral."""

    channel: Channel
    author: Person
    body: Json
    seen_by: str | None = None
    edits: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    id: str = field(default_factory=snowflake)

    @property
    def text(self) -> str:
        """What can be read, without markup."""
        return plain(self.body)

    @property
    def buttons(self) -> dict[str, Json]:
        """The buttons by label."""
        return labels(self.body)

    def told(self) -> Json:
        """As Discord tells of it."""
        return {"id": self.id, "channel_id": self.channel.id, "author": self.author.told(), "timestamp": _MOMENT,
                "edited_timestamp": _MOMENT if self.edits else None, "tts": False, "mention_everyone": False,
                "mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "pinned": False, "type": 0,
                "content": self.body.get("content") or "", "flags": self.body.get("flags") or 0,
                "components": _numbered(self.body.get("components") or []),
                } | ({"guild_id": self.channel.guild} if self.channel.guild else {})  # fmt: skip


def _numbered(components: list[Json]) -> list[Json]:
    """Discord gives every component a number."""
    counter = itertools.count(1)

    def walk(node: Any) -> Any:
        if isinstance(node, list):
            return [walk(one) for one in node]
        if isinstance(node, dict):
            told = {key: walk(value) for key, value in node.items()}
            return {"id": next(counter), **told} if "type" in told else told
        return node

    return walk(components)


@dataclass
class Interaction:
    """Something a person did with the bot, and how it was answered."""

    kind: int
    person: Person
    channel: Channel
    data: Json
    message: Message | None = None
    id: str = field(default_factory=snowflake)
    token: str = field(default_factory=lambda: f"token-{snowflake()}")
    at: float = field(default_factory=time.monotonic)
    response: int | None = None
    """The type of the first response; None if there is none."""
    modal: Json | None = None
    choices: list[Json] = field(default_factory=list)
    shown: list[Message] = field(default_factory=list)
    """What the person alone was shown."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def text(self) -> str:
        """All that was shown, as text."""
        return "\n".join(one.text for one in self.shown)
