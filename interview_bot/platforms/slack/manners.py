"""How fast Slack lets an app speak: a message a second in a channel, tiers for methods, and rests that it asks for."""

from __future__ import annotations

from collections.abc import Callable

from interview_bot.platforms.slack.manifest import Method

IN_A_CHANNEL = 1.0
"""Messages a second in one channel, as Slack asks."""
BURST = 3.0
"""Messages that may come at once after a pause: an edit of a result, the next question and a note belong together."""
REMEMBERED = 10_000
KEPT = 60.0
"""Seconds that a turn is kept for who does not come."""
SHORTEST = 0.001
"""Seconds that nobody waits for: clocks and databases round."""

_A_MINUTE: dict[Method, int] = {
    "chat.postMessage": 300,
    "chat.update": 50,
    "conversations.history": 50,
    "conversations.open": 50,
    "conversations.replies": 50,
    "users.info": 100,
    "views.publish": 100,
}
"""Calls of a method a minute in one team: Slack's tiers, and for messages less than its "several hundred"."""


class _Bucket:
    """Calls that may be made now, filled as time goes by; who has to wait is given a turn of its own."""

    def __init__(self, now: float, most: float, each_second: float) -> None:
        self._left, self._at, self._most, self._each_second = most, now, most, each_second
        self._turns: dict[int, float] = {}

    def wait(self, now: float, who: int) -> float:
        """Seconds until a caller's turn; 0 if it is now."""
        self._left = min(self._most, self._left + (now - self._at) * self._each_second)
        self._at = now
        if who not in self._turns:
            if self._left >= 1:
                return 0.0
            self._forget(now - KEPT)
            # Were all told when the next call may be made, all of them would come then, and one be served.
            self._turns[who] = now + (1 - self._left) / self._each_second
            self._left -= 1
        seconds = self._turns[who] - now
        return seconds if seconds >= SHORTEST else 0.0

    def take(self, who: int) -> None:
        if self._turns.pop(who, None) is None:
            self._left -= 1

    def _forget(self, before: float) -> None:
        """Whoever did not come is not waited for; turns are given in the order of time."""
        while self._turns and self._turns[first := next(iter(self._turns))] < before:
            del self._turns[first]


class Manners:
    """Remembers what was said where; one for a process. What other processes say, Slack's own refusals tell."""

    def __init__(self, now: Callable[[], float], in_a_channel: float = IN_A_CHANNEL) -> None:
        """Know nothing yet.

        Args:
            now: seconds of any clock that does not go back.
            in_a_channel: messages a second in one channel.
        """
        self._now = now
        self._in_a_channel = in_a_channel
        self._buckets: dict[tuple[str, str], _Bucket] = {}
        self._rests: dict[tuple[str, Method], float] = {}
        self._dead: dict[str | None, float] = {}

    def wait(self, who: int, team: str, method: Method, channel: str = "") -> float:
        """Seconds until the caller's turn; 0: go on, it is counted.

        Args:
            who: the message that is to be said; its turn is kept until it comes.
            team: whose limits they are.
            method: what is called.
            channel: where a message is posted; empty for everything else.
        """
        longest = self.look(who, team, method, channel)
        if not longest:
            for bucket in self._limits(team, method, channel, self._now()):
                bucket.take(who)
        return longest

    def look(self, who: int, team: str, method: Method, channel: str = "") -> float:
        """Seconds until the caller's turn, without counting a call; see `wait`."""
        now = self._now()
        resting = self._rests.get((team, method), now) - now
        return max(0.0, resting, *(one.wait(now, who) for one in self._limits(team, method, channel, now)))

    def _limits(self, team: str, method: Method, channel: str, now: float) -> list[_Bucket]:
        limits = [self._bucket((team, method), now, _A_MINUTE.get(method, 50) / 60)]
        if channel:
            limits.append(self._bucket((team, channel), now, self._in_a_channel, BURST))
        return limits

    def rest(self, team: str, method: Method, seconds: float) -> None:
        """Slack asks to leave a method alone in a team for a while."""
        self._rests[team, method] = max(self._rests.get((team, method), 0.0), self._now() + seconds)

    def bury(self, token: str | None, seconds: float) -> None:
        """A token is refused: it is not shown again for a while."""
        self._dead[token] = self._now() + seconds

    def is_dead(self, token: str | None) -> bool:
        """Whether a token was refused a while ago."""
        if self._dead.get(token, 0.0) > self._now():
            return True
        self._dead.pop(token, None)
        return False

    def _bucket(
        self, key: tuple[str, str], now: float, each_second: float, most: float | None = None
    ) -> _Bucket:
        while len(self._buckets) >= REMEMBERED:
            self._buckets.pop(next(iter(self._buckets)))  # the oldest is full again
        bucket = self._buckets.get(key) or _Bucket(now, most or each_second * 60, each_second)
        return self._buckets.setdefault(key, bucket)
