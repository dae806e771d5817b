"""Discord's REST interface as the outbox needs it: one try for each call, waiting left to the caller."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from typing import Any, NamedTuple, cast

import aiohttp
import structlog

from interview_bot.core.ports import SendLater

Json = dict[str, Any]

TIMEOUT = 10
EACH_SECOND = 40
"""Calls a second; Discord takes 50 of a bot, and discord.py makes some of its own."""
LONGEST_WAIT = 60.0
USUAL_WAIT = 30.0
"""Seconds to wait where Discord says 429 without saying how long, or knows the token no more."""
USER_AGENT = "DiscordBot (https://pypi.org/project/interview-bot, 0)"
log = structlog.get_logger()


class Refused(Exception):
    """Discord's answer was an error that time does not heal; `code` is Discord's number for it."""

    def __init__(self, status: int, code: int, words: str) -> None:
        """Keep what Discord said."""
        super().__init__(f"{status} {code} {words}".strip())
        self.status = status
        self.code = code


class File(NamedTuple):
    """Something attached to a message."""

    name: str
    content: bytes
    kind: str


class Rest:
    """Calls with one bot token. Several may share the token: each learns from Discord's answers how long to wait."""

    def __init__(self, token: str, base: str) -> None:
        """Speak with this token; nothing connects yet."""
        self._headers = {"Authorization": f"Bot {token}", "User-Agent": USER_AGENT}
        self._base = base.rstrip("/")
        self._session: aiohttp.ClientSession | None = None
        self._free_at: dict[str, float] = {}
        self._called: deque[float] = deque(maxlen=EACH_SECOND)

    async def close(self) -> None:
        """Close the connections."""
        if self._session:
            await self._session.close()

    async def call(
        self,
        method: str,
        path: str,
        body: Json | list[Json] | None = None,
        *,
        files: tuple[File, ...] = (),
        attempts: int = 1,
    ) -> Json:
        """Call once.

        Raises:
            SendLater: Discord asks to wait, or it is not known whether it worked.
            Refused: Discord will never take it.
        """
        bucket = f"{method} {'/'.join(path.split('/')[:3])}"
        now = asyncio.get_running_loop().time
        again = self._called[0] + 1.0 if len(self._called) == EACH_SECOND else 0.0
        wait = max(self._free_at.get(bucket, 0.0), self._free_at.get("", 0.0), again) - now()
        if wait > 0:
            raise SendLater(wait, tried=False)
        self._called.append(now())
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT))
        sent: Json = {"json": body} if body is not None and not files else {}
        if files:
            sent = {"data": _form(body, files)}
        try:
            async with self._session.request(
                method, self._base + path, headers=self._headers, **sent
            ) as answer:
                told = await _read(answer)
        except (aiohttp.ClientError, TimeoutError, OSError) as lost:
            raise SendLater(backoff(attempts)) from lost
        if answer.headers.get("X-RateLimit-Remaining") == "0" and answer.status != 429:
            self._free_at[bucket] = now() + _seconds(answer.headers.get("X-RateLimit-Reset-After"), 0.0)
        if answer.status < 300:
            return told
        if answer.status == 429:
            seconds = _seconds(told.get("retry_after", answer.headers.get("Retry-After")), USUAL_WAIT)
            self._free_at["" if told.get("global") else bucket] = now() + seconds
            raise SendLater(seconds, tried=False)
        if answer.status >= 500:
            log.warning("discord.not_sent", status=answer.status)
            raise SendLater(backoff(attempts))
        if answer.status == 401:
            # Too many of these, and Discord shuts out the whole address.
            self._free_at[""] = now() + USUAL_WAIT
        raise Refused(answer.status, int(told.get("code") or 0), str(told.get("message") or ""))


def backoff(attempts: int) -> float:
    """Seconds to wait after so many attempts: doubled each time, at most a minute."""
    return min(LONGEST_WAIT, 2.0 ** min(attempts, 10))


def _form(body: Json | list[Json] | None, files: tuple[File, ...]) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", json.dumps(body), content_type="application/json")
    for number, file in enumerate(files):
        form.add_field(f"files[{number}]", file.content, filename=file.name, content_type=file.kind)
    return form


async def _read(answer: aiohttp.ClientResponse) -> Json:
    """The answer's body; what is no JSON (a proxy's page) is as good as none."""
    try:
        told: Any = json.loads(await answer.read() or b"{}")
    except ValueError:
        return {}
    return cast("Json", told) if isinstance(told, dict) else {"list": told}


def _seconds(told: object, usual: float) -> float:
    try:
        return max(0.0, float(str(told)))
    except ValueError:
        return usual
