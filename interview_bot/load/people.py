"""Many people of one team who type at once: signed requests over HTTP, and how long each took."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import NamedTuple
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from interview_bot.core.ports import Clock

_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"
SLOWEST = 3.0
"""Seconds that Slack waits for an acknowledgement."""


class Request(NamedTuple):
    """One request, not signed yet; `text` is what an answer says."""

    body: str
    kind: str
    text: str = ""


def command(team: str, number: int, words: str, time: int = 0) -> Request:
    """A person's slash command, for the so-many-th time."""
    fields = {
        "command": "/mock-interview", "text": words, "team_id": team, "user_id": f"U{number}",
        "user_name": f"u{number}", "channel_id": "C1", "trigger_id": f"{words}.{number}.{time}", "api_app_id": "A1",
        "is_enterprise_install": "false", "response_url": "http://127.0.0.1:9/",
    }  # fmt: skip
    return Request(urlencode(fields), _FORM)


def answer(team: str, number: int, text: str, time: int = 0) -> Request:
    """What a person writes into the direct messages, for the so-many-th time."""
    event = {
        "type": "message", "channel_type": "im", "channel": f"D{number}", "user": f"U{number}", "text": text,
        "ts": f"{number}.{time}",
    }  # fmt: skip
    told = {
        "type": "event_callback", "team_id": team, "api_app_id": "A1", "event": event, "event_id": f"Ev{number}.{time}",
        "event_time": 1, "authorizations": [{"team_id": team, "user_id": "UBOT", "is_bot": True}],
    }  # fmt: skip
    return Request(json.dumps(told), _JSON, text)


def signed(one: Request, secret: str, at: float) -> dict[str, str]:
    """A request's headers with Slack's signature; `at`: Unix seconds."""
    told = str(int(at))
    signature = SignatureVerifier(secret).generate_signature(timestamp=told, body=one.body) or ""
    return {"Content-Type": one.kind, "X-Slack-Request-Timestamp": told, "X-Slack-Signature": signature}


@dataclass
class Crowd:
    """Sends requests to one address."""

    url: str
    secret: str
    clock: Clock
    acknowledged: list[str] = field(default_factory=list[str])
    """Texts that 200 was said to."""
    seconds: list[float] = field(default_factory=list[float])
    """How long each request took that 200 was said to."""
    failed: int = 0
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    """Set whenever something is acknowledged."""

    async def at_once(self, requests: Sequence[Request], hands: int) -> float:
        """Send all, so many side by side; how many seconds it took. A hand whose request fails sends no more."""
        waiting, begun = iter(requests), perf_counter()
        async with self._session() as session:

            async def hand() -> None:
                for one in waiting:
                    if not await self._send(session, one):
                        return

            await asyncio.gather(*(hand() for _ in range(hands)))
        return perf_counter() - begun

    async def at_a_rate(self, requests: Sequence[Request], rate: float) -> None:
        """Send so many a second, whether or not earlier ones are answered."""
        loop = asyncio.get_running_loop()
        begun, running = loop.time(), set[asyncio.Task[bool]]()
        async with self._session() as session:
            for number, one in enumerate(requests):
                await asyncio.sleep(max(0.0, begun + number / rate - loop.time()))
                task = asyncio.create_task(self._send(session, one))
                running.add(task)
                task.add_done_callback(running.discard)
            await asyncio.gather(*running)

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=SLOWEST), connector=aiohttp.TCPConnector(limit=0)
        )

    async def _send(self, session: aiohttp.ClientSession, one: Request) -> bool:
        begun = perf_counter()
        try:
            async with session.post(
                self.url, data=one.body, headers=signed(one, self.secret, self.clock.now().timestamp())
            ) as told:
                await told.read()
                good = told.status == 200
        except (aiohttp.ClientError, TimeoutError):
            good = False
        if not good:
            self.failed += 1
            return False
        self.seconds.append(perf_counter() - begun)
        if one.text:
            self.acknowledged.append(one.text)
        self.heard.set()
        return True
