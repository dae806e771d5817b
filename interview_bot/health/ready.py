"""Whether this process can do its work: the database answers, its schema fits, the clocks agree, messages get out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from interview_bot.core.errors import Conflict, OperatorError
from interview_bot.core.ports import Clock, Pulse

MOST_SKEW = 60.0
"""Seconds between this clock and the database's; Slack's requests are refused from 300 on."""
MOST_LAG = 300.0
"""Seconds that a message may wait that could be sent; from then on something is stuck."""


class Check(NamedTuple):
    """One thing that was looked at, and what was found."""

    ok: bool
    found: str


class Health(NamedTuple):
    """What was found; `lag` is how many seconds the oldest message has been waiting that could be sent."""

    checks: dict[str, Check]
    lag: float = 0.0

    @property
    def ready(self) -> bool:
        """Whether all is well."""
        return all(check.ok for check in self.checks.values())


@dataclass(frozen=True)
class Readiness:
    """Looks."""

    look: Callable[[], Awaitable[Pulse]]
    """Asks the database how it is."""
    fits: Callable[[], Awaitable[None]]
    """Raises where the schema is too old or too new."""
    clock: Clock
    sends: bool
    """Whether this process sends messages; one that only listens is well while others are stuck."""

    async def __call__(self) -> Health:
        """Look at everything; what cannot be looked at is not well."""
        try:
            pulse = await self.look()
        except (OperatorError, Conflict) as trouble:
            return Health({"database": Check(ok=False, found=str(trouble) or "busy")})
        now = self.clock.now()
        skew = abs((now - pulse.now).total_seconds())
        lag = _since(pulse.oldest_due, now)
        checks = {
            "database": Check(ok=True, found="answers"),
            "schema": await self._schema(),
            "clock": Check(skew <= MOST_SKEW, f"{skew:.1f} s from the database's"),
            "outbox": Check(lag <= MOST_LAG or not self.sends, f"the oldest message waits since {lag:.1f} s"),
        }
        return Health(checks, lag)

    async def _schema(self) -> Check:
        try:
            await self.fits()
        except (OperatorError, Conflict) as trouble:
            return Check(ok=False, found=str(trouble) or "busy")
        return Check(ok=True, found="fits")


def _since(then: datetime | None, now: datetime) -> float:
    return max(0.0, (now - then).total_seconds()) if then else 0.0
