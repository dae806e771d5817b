"""Who writes: their language and whether they may manage the team, which Slack tells only when asked."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog
from slack_sdk.errors import SlackApiError

from interview_bot.chat.messages import Message
from interview_bot.core.interview import Who
from interview_bot.core.ports import Job
from interview_bot.core.records import Profile
from interview_bot.platforms.slack.clients import Clients
from interview_bot.platforms.slack.manifest import Method

Learn = Callable[[Who, str, bool], Awaitable[None]]
Recall = Callable[[Who], Awaitable[Profile | None]]
Promise = Callable[[Message, bool], Awaitable[None]]

REMEMBERED = 10_000
FRESH = timedelta(minutes=10)
"""How long one process trusts what it read; a language or a role that changes is heard of so much later."""
STALE = timedelta(days=1)
"""After which Slack is asked again."""
ASK = "slack-person"
"""The kind of the jobs that ask."""

_INFO: Method = "users.info"
_NOBODY = {"missing_scope", "user_not_found", "user_not_visible", "users_not_found"}
log = structlog.get_logger()


class Spoken(NamedTuple):
    """A message with what is known of its sender; not `certain` before Slack was asked for the first time."""

    message: Message
    certain: bool


class People:
    """Remembers what was read for a while."""

    def __init__(self, recall: Recall, promise: Promise, now: Callable[[], datetime]) -> None:
        """Know people.

        Args:
            recall: what Slack told of a person before.
            promise: has Slack asked about a message's sender; and if so told, does the message once more then.
            now: the time.
        """
        self._recall = recall
        self._promise = promise
        self._now = now
        self._read: OrderedDict[tuple[str, str], tuple[Profile, datetime]] = OrderedDict()

    async def know(self, message: Message) -> Spoken:
        """The message in its sender's language, with what they may do; Slack is asked later where nothing is known."""
        who, now = message.who, self._now()
        profile = self._remembered(who, now) or await self._recall(who)
        if profile is None or now - profile.at > STALE:
            await self._promise(message, False)
        if profile is None:
            return Spoken(message._replace(may_manage=False), certain=False)
        self._read[who[:2]] = (profile, now)
        self._read.move_to_end(who[:2])
        while len(self._read) > REMEMBERED:
            self._read.popitem(last=False)
        known = who._replace(language=profile.language)
        return Spoken(message._replace(who=known, may_manage=profile.may_manage), certain=True)

    async def ask_first(self, message: Message) -> None:
        """Have the message done as soon as Slack has told of its sender."""
        await self._promise(message, True)

    def _remembered(self, who: Who, now: datetime) -> Profile | None:
        profile, read_at = self._read.get(who[:2], (None, now))
        return profile if profile and now - read_at < FRESH else None


class AskSlack:
    """Does the jobs that ask Slack about a person."""

    def __init__(self, clients: Clients, learn: Learn, do: Callable[[Message], Awaitable[None]]) -> None:
        """Ask with these clients; `learn` keeps what was told, `do` does a message that waited for it."""
        self._clients = clients
        self._learn = learn
        self._do = do

    async def __call__(self, job: Job) -> None:
        """Ask, keep what was told, and do what waited for it."""
        who, address = Who(**job.payload["who"]), job.payload["address"]
        client = await self._clients.of(address)
        if client is None:
            return
        arguments = {"user": who.candidate, "include_locale": "true"}
        try:
            answer = await client.api_call(_INFO, http_verb="GET", params=arguments)
            user: dict[str, Any] = answer.get("user") or {}
        except SlackApiError as refused:
            if _says(refused) not in _NOBODY:
                raise
            log.warning("slack.person_unknown", reason=_says(refused))
            user = {}
        language = str(user.get("locale") or who.language)
        manages = bool(user.get("is_admin") or user.get("is_owner") or user.get("is_primary_owner"))
        await self._learn(who, language, manages)
        if job.payload.get("waits"):
            await self._do(
                Message(who._replace(language=language), may_manage=manages, **job.payload["waits"])
            )


def waiting(message: Message, *, again: bool) -> dict[str, Any]:
    """The payload of a job that asks about a message's sender; `again`: the message is done afterwards."""
    told = {"who": message.who._asdict(), "address": dict(message.address)}
    if not again:
        return told
    place = dict(message.place) if message.place else None
    kept = {"delivery": message.delivery, "command": message.command, "address": dict(message.address)}
    return told | {"waits": kept | {"place": place}}


def _says(refused: SlackApiError) -> str:
    data = getattr(refused.response, "data", None)
    return str(data.get("error")) if isinstance(data, dict) else ""
