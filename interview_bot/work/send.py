"""Sends what stands in the outbox, in order for each conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from interview_bot.core.errors import Conflict, DatabaseUnreachable
from interview_bot.core.ports import Clock, Outgoing, Queue, SendLater, SendNever, Sent, Voice
from interview_bot.work.crew import Crew

MOST_TRIES = 10
IN_HAND = timedelta(seconds=10)
"""How long a message is kept that has to wait for its turn: far shorter than its lease."""
log = structlog.get_logger()


@dataclass
class Sender:
    """Says messages with the voice of their platform."""

    queue: Queue
    voices: Mapping[str, Voice]
    clock: Clock
    unheard: Callable[[Outgoing], Awaitable[None]] | None = None
    """Is told of a message that can never be sent."""
    many: int = 8
    """Messages that are on their way at once, each in another conversation: a platform takes its time to answer."""
    mouths: Crew[Outgoing] = field(init=False)
    """Who say the messages."""
    _said: list[tuple[Outgoing, Sent]] = field(default_factory=list[tuple[Outgoing, Sent]], init=False)
    _in_hand: dict[int, datetime] = field(default_factory=dict[int, datetime], init=False)
    """Until when what waits for its turn is kept."""

    def __post_init__(self) -> None:
        """Nobody speaks yet."""
        self.mouths = Crew(self._find, self._send, self.many, batch=self.many)

    async def _find(self, most: int) -> Sequence[Outgoing]:
        await self._note()
        return await self.queue.claim_messages(self.clock.now(), tuple(self.voices), most)

    async def _send(self, outgoing: Outgoing) -> Sequence[Outgoing]:
        """Say a message; what its conversation waits to hear next."""
        kept_until = self._in_hand.pop(outgoing.id, self.clock.now() + IN_HAND)
        try:
            sent = await self.voices[outgoing.address["platform"]].say(outgoing)
        except SendLater as later:
            again_at = self.clock.now() + timedelta(seconds=later.seconds)
            if later.tried:
                await self._later(outgoing, later.seconds)
            elif again_at < kept_until and self.mouths.park(outgoing, later.seconds):
                self._in_hand[outgoing.id] = kept_until  # to give it back and lease it again are two commits
            else:
                await self.queue.fail_message(outgoing, again_at, tried=False)
        except SendNever as never:
            log.warning("message.buried", outbox=outgoing.id, team=outgoing.team, reason=str(never))
            await self.queue.fail_message(outgoing, None)
            if self.unheard:
                await self.unheard(outgoing)
        except asyncio.CancelledError:
            # Perhaps it arrived: the next try looks before it says anything twice, as after a lost reply.
            with suppress(DatabaseUnreachable, Conflict):
                await self.queue.fail_message(outgoing, self.clock.now())
            raise
        except Exception:
            log.exception("message.failed", outbox=outgoing.id, team=outgoing.team)
            await self._later(outgoing, min(60.0, 2.0**outgoing.attempts))
        else:
            self._said.append((outgoing, sent))
            await self._note()
            return await self.queue.claim_messages(self.clock.now(), tuple(self.voices), 1, outgoing.lane)
        return ()

    async def _note(self) -> None:
        """Note what was said. While the database is away it is kept in mind, for in a channel it would be said again."""
        while self._said:
            said = self._said.pop()
            try:
                await self.queue.finish_message(*said)
            except DatabaseUnreachable:
                self._said.append(said)
                raise

    async def _later(self, outgoing: Outgoing, seconds: float) -> None:
        if outgoing.attempts >= MOST_TRIES:
            log.error("message.buried", outbox=outgoing.id, team=outgoing.team, reason="too many tries")
            await self.queue.fail_message(outgoing, None)
            return
        await self.queue.fail_message(outgoing, self.clock.now() + timedelta(seconds=seconds))
