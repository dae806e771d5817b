"""Says what stands in the outbox: in a private thread or direct messages, edits in place."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

import structlog

from interview_bot.chat.messages import Card, Draw, fill
from interview_bot.core.ports import Outgoing, SendLater, SendNever, Sent
from interview_bot.platforms.discord.layout import V2, components, draw_all, file_name
from interview_bot.platforms.discord.rest import USUAL_WAIT, File, Refused, Rest

Json = dict[str, Any]
Address = dict[str, str]

PRIVATE_THREAD = 12
MINUTES_TO_ARCHIVE = 1_440
LONGEST_NAME = 100

_UNKNOWN_CHANNEL, _UNKNOWN_MESSAGE = 10003, 10008
_NOT_OURS = 50005
_ARCHIVED, _LOCKED, _THREAD_THERE = 50083, 160005, 160004
_NO_ACCESS, _NO_PERMISSION = 50001, 50013
_PLACE_GONE = {_UNKNOWN_CHANNEL, _NO_ACCESS, _NO_PERMISSION, _ARCHIVED, _LOCKED}
"""Deleted, closed, or no longer ours to write in: the conversation goes on elsewhere."""
_CANNOT_EDIT = {_UNKNOWN_MESSAGE, _NOT_OURS, *_PLACE_GONE}
log = structlog.get_logger()


class Content(NamedTuple):
    """What a message says, and the files that hang on it."""

    body: Json
    card: Card
    files: tuple[File, ...] = ()

    def in_text(self) -> Json:
        """The same without files: charts are drawn with text."""
        body = {key: value for key, value in self.body.items() if key != "attachments"}
        return body | {"components": components((self.card,))}


class DiscordVoice:
    """Speaks with one bot token."""

    def __init__(self, rest: Rest, draw: Draw | None = None) -> None:
        """Speak through this; charts are pictures where `draw` can draw them."""
        self._rest = rest
        self._draw = draw
        self._bot = ""

    async def say(self, outgoing: Outgoing) -> Sent:
        """Post or edit one message.

        Raises:
            SendLater: Discord asks to wait, or it is not known whether it worked.
            SendNever: there is no place left to say it, or Discord will never take the message.
        """
        try:
            return await self._say(outgoing)
        except Refused as refused:
            if refused.status == 401:
                log.warning("discord.token_refused", outbox=outgoing.id)
                raise SendLater(USUAL_WAIT) from None
            raise SendNever(str(refused)) from None

    async def _say(self, outgoing: Outgoing) -> Sent:
        address = dict(outgoing.address)
        content = await self._content(Card.model_validate(outgoing.card))
        if outgoing.sent_as and address.get("channel"):
            below = address.get("thread") if outgoing.sent_as != address.get("root") else None
            try:
                path = f"/channels/{below or address['channel']}/messages/{outgoing.sent_as}"
                return Sent(await self._put("PATCH", path, content, outgoing), address)
            except Refused as refused:
                if refused.code not in _CANNOT_EDIT:
                    raise
        # Discord gives back the first message if it has the same nonce, instead of saying it twice.
        content.body.update(nonce=nonce(outgoing), enforce_nonce=True)
        if "user" not in address:
            return await self._post_openly(content, address, outgoing)
        return await self._post(content, address, outgoing)

    async def _content(self, card: Card) -> Content:
        pictures = await draw_all((card,), self._draw)
        body: Json = {
            "components": components((card,), pictures),
            "flags": V2,
            "allowed_mentions": {"parse": []},
        }
        if pictures:
            body["attachments"] = [{"id": at, "filename": file_name(at)} for at in pictures]
        return Content(
            body, card, tuple(File(file_name(at), one.png, "image/png") for at, one in pictures.items())
        )

    async def _post_openly(self, content: Content, address: Address, outgoing: Outgoing) -> Sent:
        """Post for all of a channel; what follows the first message stands in a thread below it."""
        root = address.get("root")
        if root is None:
            sent = await self._post_in(address, content, outgoing)
            return sent._replace(address=address | {"root": sent.sent_as})
        if "thread" not in address:
            address |= {"thread": await self._thread_below(root, address, outgoing)}
        sent = await self._post_in(address | {"channel": address["thread"]}, content, outgoing)
        return sent._replace(address=address)

    async def _thread_below(self, root: str, address: Address, outgoing: Outgoing) -> str:
        """A thread below a message, or the channel itself where none may be opened."""
        first = Card.model_validate(outgoing.card).lines[0]
        wanted = {"name": fill(first)[:LONGEST_NAME], "auto_archive_duration": MINUTES_TO_ARCHIVE}
        path = f"/channels/{address['channel']}/messages/{root}/threads"
        try:
            return str((await self._rest.call("POST", path, wanted, attempts=outgoing.attempts))["id"])
        except Refused as refused:
            # A thread has the id of the message that it stands below.
            return root if refused.code == _THREAD_THERE else address["channel"]

    async def _post(self, content: Content, address: Address, outgoing: Outgoing) -> Sent:
        """Post where the lane is held; where that is gone, in a new place."""
        if address.get("channel"):
            try:
                return await self._post_in(address, content, outgoing)
            except Refused as refused:
                if refused.code not in _PLACE_GONE or "user" not in address:
                    raise
                log.info("discord.place_gone", outbox=outgoing.id, reason=str(refused))
        try:
            thread = await self._thread(address, outgoing)
            if thread:
                return await self._post_in(address | {"channel": thread}, content, outgoing)
        except SendLater as later:
            # A thread may be open by now: the next try has to count as the second, and look for it.
            raise SendLater(later.seconds, tried=later.tried or outgoing.attempts == 1) from later
        except Refused as refused:
            log.info("discord.no_thread", outbox=outgoing.id, reason=str(refused))
        direct = await self._direct(address, outgoing)
        return await self._post_in(address | {"channel": direct}, content, outgoing)

    async def _post_in(self, address: Address, content: Content, outgoing: Outgoing) -> Sent:
        path = f"/channels/{address['channel']}/messages"
        return Sent(await self._put("POST", path, content, outgoing), address)

    async def _put(self, method: str, path: str, content: Content, outgoing: Outgoing) -> str:
        """Send a message, and its id; without pictures where the bot may attach nothing."""
        try:
            told = await self._rest.call(
                method, path, content.body, files=content.files, attempts=outgoing.attempts
            )
        except Refused as refused:
            if refused.code != _NO_PERMISSION or not content.files:
                raise
            told = await self._rest.call(method, path, content.in_text(), attempts=outgoing.attempts)
        return str(told["id"])

    async def _thread(self, address: Address, outgoing: Outgoing) -> str | None:
        """A private thread with the candidate in it; None if the lane asks for none."""
        parent, attempts = address.get("parent"), outgoing.attempts
        if not parent:
            return None
        thread = await self._opened_before(address) if attempts > 1 else None
        if thread is None:
            wanted = {
                "name": address["title"],
                "type": PRIVATE_THREAD,
                "auto_archive_duration": MINUTES_TO_ARCHIVE,
                "invitable": False,
            }
            made = await self._rest.call("POST", f"/channels/{parent}/threads", wanted, attempts=attempts)
            thread = str(made["id"])
        await self._rest.call(
            "PUT", f"/channels/{thread}/thread-members/{address['user']}", attempts=attempts
        )
        return thread

    async def _opened_before(self, address: Address) -> str | None:
        """A thread that an earlier try opened, for then nobody wrote down where it is."""
        if not self._bot:
            self._bot = str((await self._rest.call("GET", "/users/@me"))["id"])
        active = await self._rest.call("GET", f"/guilds/{address['guild']}/threads/active")
        ours = [
            str(one["id"])
            for one in active.get("threads", [])
            if (one.get("parent_id"), one.get("owner_id"), one.get("name"))
            == (address["parent"], self._bot, address["title"])
        ]
        return max(ours, key=int, default=None)

    async def _direct(self, address: Address, outgoing: Outgoing) -> str:
        wanted = {"recipient_id": address["user"]}
        opened = await self._rest.call("POST", "/users/@me/channels", wanted, attempts=outgoing.attempts)
        return str(opened["id"])


def nonce(outgoing: Outgoing) -> str:
    """The same for every try to say the same; Discord takes 25 characters."""
    told = f"{outgoing.lane}:{outgoing.id}:{outgoing.revision}"
    return hashlib.blake2s(told.encode(), digest_size=12).hexdigest()
