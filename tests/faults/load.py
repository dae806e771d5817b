"""Answers of many candidates at once, as signed requests over HTTP; what was acknowledged is remembered."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

TEAM = "T0LOAD"
AT_ONCE = 16
SLACKS_PATIENCE = 3.0
"""Seconds."""


@dataclass
class Load:
    """People who type into one bot."""

    url: str
    secret: str
    acknowledged: list[str] = field(default_factory=list[str])
    """Texts that the bot said 200 to."""
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    again: set[str] = field(default_factory=set[str])
    """Commands that were not saved, by their triggers."""
    at_once: int = AT_ONCE
    refused: Counter[int] = field(default_factory=Counter[int])
    """Answers by the status that they were refused with."""

    async def start(self, people: range) -> None:
        """Everybody opens an interview; who is told to try again does."""
        todo = list(people)
        while todo:
            self.again.clear()
            await self._all([self._command(number) for number in todo])
            todo = [number for number in todo if f"start.{number}" in self.again]

    async def answer(self, people: range, times: int = 1) -> None:
        """Everybody answers once, until the bot is gone; each answer is delivered so many times."""
        await self._all([self._message(number) for _ in range(times) for number in people])

    async def enough(self, wanted: int, typing: asyncio.Task[None]) -> None:
        """Wait until so many were acknowledged, or nobody types any more."""
        typing.add_done_callback(lambda _: self.heard.set())
        while len(self.acknowledged) < wanted and not typing.done():
            self.heard.clear()
            await self.heard.wait()

    async def _all(self, requests: list[tuple[str, str, str]]) -> None:
        waiting = iter(requests)
        patience, any_number = aiohttp.ClientTimeout(total=SLACKS_PATIENCE), aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(timeout=patience, connector=any_number) as session:

            async def hand() -> None:
                for body, kind, text in waiting:
                    try:
                        async with session.post(
                            self.url, data=body, headers=self._headers(body, kind)
                        ) as told:
                            if not text and (told.status != 200 or "could not save" in await told.text()):
                                self.again.add(parse_qs(body)["trigger_id"][0])
                            elif told.status == 200 and text:
                                self.acknowledged.append(text)
                                self.heard.set()
                            elif text:
                                self.refused[told.status] += 1
                    except (aiohttp.ClientError, TimeoutError):
                        return

            await asyncio.gather(*(hand() for _ in range(self.at_once)))

    def _headers(self, body: str, kind: str) -> dict[str, str]:
        at = str(int(time.time()))
        signature = SignatureVerifier(self.secret).generate_signature(timestamp=at, body=body) or ""
        return {"Content-Type": kind, "X-Slack-Request-Timestamp": at, "X-Slack-Signature": signature}

    def _command(self, number: int) -> tuple[str, str, str]:
        fields = {
            "command": "/mock-interview", "text": "fruit 1", "team_id": TEAM, "user_id": f"U{number}",
            "user_name": f"u{number}", "channel_id": "C1", "trigger_id": f"start.{number}", "api_app_id": "A1",
            "is_enterprise_install": "false", "response_url": "http://127.0.0.1:9/",
        }  # fmt: skip
        return urlencode(fields), "application/x-www-form-urlencoded", ""

    def _message(self, number: int) -> tuple[str, str, str]:
        text = f"The core of number {number} is sweet and its skin is red."
        event = {
            "type": "message", "channel_type": "im", "channel": f"D{number}", "user": f"U{number}", "text": text,
            "ts": f"{number}.0",
        }  # fmt: skip
        told = {
            "type": "event_callback", "team_id": TEAM, "api_app_id": "A1", "event": event, "event_id": f"Ev{number}",
            "event_time": 1, "authorizations": [{"team_id": TEAM, "user_id": "UBOT", "is_bot": True}],
        }  # fmt: skip
        return json.dumps(told), "application/json", text
