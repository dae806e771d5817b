"""Answers of many candidates at once, as signed requests over HTTP; what was acknowledged is remembered."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import aiohttp

from interview_bot.load.people import Request, answer, command, signed

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
            todo = [number for number in todo if f"fruit 1.{number}.0" in self.again]

    async def answer(self, people: Sequence[int], times: int = 1) -> None:
        """Everybody answers once, until the bot is gone or silent; each answer is delivered so many times."""
        await self._all([self._message(number) for _ in range(times) for number in people])

    def unheard(self, people: Sequence[int]) -> list[int]:
        """Those of whom no answer was acknowledged yet."""
        heard = set(self.acknowledged)
        return [number for number in people if self._text(number) not in heard]

    async def enough(self, wanted: int, typing: asyncio.Task[None]) -> None:
        """Wait until so many were acknowledged, or nobody types any more."""
        typing.add_done_callback(lambda _: self.heard.set())
        while len(self.acknowledged) < wanted and not typing.done():
            self.heard.clear()
            await self.heard.wait()

    async def _all(self, requests: list[Request]) -> None:
        waiting = iter(requests)
        patience, any_number = aiohttp.ClientTimeout(total=SLACKS_PATIENCE), aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(timeout=patience, connector=any_number) as session:

            async def hand() -> None:
                for one in waiting:
                    body, _, text = one
                    try:
                        async with session.post(
                            self.url, data=body, headers=signed(one, self.secret, time.time())
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

    def _command(self, number: int) -> Request:
        return command(TEAM, number, "fruit 1")

    def _message(self, number: int) -> Request:
        return answer(TEAM, number, self._text(number))

    def _text(self, number: int) -> str:
        return f"The core of number {number} is sweet and its skin is red."
