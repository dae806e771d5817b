"""How fast Slack lets an app speak: a message a second in a channel, tiers for methods, and rests that it asks for."""

from __future__ import annotations

from collections.abc import Callable

from interview_bot.platforms.slack.manifest import Method

IN_A_CHANNEL = 1.0
"""Messages a second in one channel, as Slack asks."""
BURST = 3.0
"""Messages that may come at once after a pause: an edit of a result, the next question and a note belong together."""
REMEMBERED = 10_000

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
    """Calls that may be made now, filled as time goes by."""

    def __init__(self, now: float, most: float, each_second: float) -> None:
        self._left, self._at, self._most, self._each_second = most, now, most, each_second

    def wait(self, now: float) -> float:
        """Seconds until the next call may be made; 0 if now."""
        self._left = min(self._most, self._left + (now - self._at) * self._each_second)
        self._at = now
        return 0.0 if self._left >= 1 else (1 - self._left) / self._each_second

    def take(self) -> None:
        self._left -= 1


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

    def wait(self, team: str, method: Method, channel: str = "") -> float:
        """Seconds to wait before a call; 0: go on, it is counted.

        Args:
            team: whose limits they are.
            method: what is called.
            channel: where a message is posted; empty for everything else.
        """
        longest = self.look(team, method, channel)
        if not longest:
            for bucket in self._limits(team, method, channel, self._now()):
                bucket.take()
        return longest

    def look(self, team: str, method: Method, channel: str = "") -> float:
        """Seconds to wait before a call, without counting one; see `wait`."""
        now = self._now()
        resting = self._rests.get((team, method), now) - now
        return max(0.0, resting, *(one.wait(now) for one in self._limits(team, method, channel, now)))

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
