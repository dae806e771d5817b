"""Sends what stands in the outbox, in order for each conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from interview_bot.core.errors import Conflict, DatabaseUnreachable
from interview_bot.core.ports import Clock, Outgoing, Queue, SendLater, SendNever, Sent, Voice
from interview_bot.work.crew import Crew

MOST_TRIES = 10
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

    def __post_init__(self) -> None:
        """Nobody speaks yet."""
        self.mouths = Crew(self._find, self._send, self.many)

    async def _find(self) -> Outgoing | None:
        await self._note()
        return await self.queue.claim_message(self.clock.now(), tuple(self.voices))

    async def _send(self, outgoing: Outgoing) -> None:
        try:
            sent = await self.voices[outgoing.address["platform"]].say(outgoing)
        except SendLater as later:
            if later.tried:
                await self._later(outgoing, later.seconds)
            else:
                again_at = self.clock.now() + timedelta(seconds=later.seconds)
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
