"""Interviewing in the terminal: practise, and look at what the database holds."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from interview_bot.chat.messages import Message, Reply
from interview_bot.cli.groups import app
from interview_bot.core.interview import Who
from interview_bot.platforms.terminal import ADDRESS, Screen, converse
from interview_bot.wiring import House, user_name


@app.command
async def practice(
    topic: str = "docker",
    *,
    level: Annotated[int | None, Parameter(validator=Number(gte=1, lte=3))] = None,
    questions: Annotated[int | None, Parameter(validator=Number(gte=1, lte=12))] = None,
    seed: int | None = None,
    plain: Annotated[bool, Parameter(negative="")] = False,
    resume: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Hold a mock interview in this terminal.

    When standard input is no terminal, an answer ends with a line that holds only a full stop.

    Parameters
    ----------
    topic
        A track such as `docker`, or one of its topics.
    level
        Ask only questions of this level: 1 junior, 2 working, 3 senior.
    questions
        How many questions; 8 if not said.
    seed
        The same number asks the same questions.
    plain
        No colours.
    resume
        Go on with the interview that was interrupted.
    """
    house = House(prefix="/")
    words = [topic, *(["level", str(level)] if level else []), *([str(questions)] if questions else [])]
    words += ["seed", str(seed)] if seed is not None else []
    if not resume:
        house.catalogue.about(topic)
    return await _sit(house, "resume" if resume else " ".join(words), Screen(plain=plain))


async def _sit(house: House, first: str, screen: Screen) -> int:
    who = local()
    await house.ready()
    worker = house.worker({"terminal": screen})

    async def is_open() -> bool:
        async with house.database.begin() as work:
            return await work.open_interview(who) is not None

    try:
        await converse(house.bot.receive, worker.until_idle, is_open, screen, who, first)
        if await is_open():
            sys.stderr.write("Paused. Go on with: interview-bot practice --resume\n")
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.stderr.write("\nPaused; what you answered is kept. Go on with: interview-bot practice --resume\n")
    finally:
        await house.close()
    return 0


def local() -> Who:
    """The person at this terminal."""
    name = user_name()
    return Who("local", name, name)


async def _ask(command: str) -> Reply:
    house = House(prefix="interview-bot practice ")
    await house.ready()
    try:
        return await house.bot.receive(Message(local(), f"cli:{command}", "", command, None, ADDRESS))
    finally:
        await house.database.close()


@app.command
async def progress(*, plain: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Show your history by topic."""
    _show(await _ask("progress"), plain)


@app.command
async def leaderboard(*, plain: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Show the leaderboard of this machine's team."""
    _show(await _ask("leaderboard"), plain)


@app.command
async def topics(*, plain: Annotated[bool, Parameter(negative="")] = False) -> None:
    """List what there is to ask."""
    _show(await _ask("topics"), plain)


def _show(reply: Reply, plain: bool) -> None:
    for card in reply.cards:
        Screen(plain=plain).show(card)
