"""Interviewing in the terminal: practise, and look at what the database holds."""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import Callable, Mapping, Sequence
from json import dumps
from typing import Annotated, Any
from uuid import uuid4

from cyclopts import Parameter
from cyclopts.validators import Number
from rich.console import Console

from interview_bot.actions.interview.review import USUAL_LENGTH
from interview_bot.chat.messages import Card, Message
from interview_bot.chat.wording import Wording
from interview_bot.cli.tables import show_board, show_progress
from interview_bot.core.interview import Who
from interview_bot.core.kin import siblings
from interview_bot.platforms.terminal import ADDRESS, Screen, converse
from interview_bot.wiring import House


async def practice(
    topic: str = "docker",
    *,
    level: Annotated[int | None, Parameter(validator=Number(gte=1, lte=3))] = None,
    questions: Annotated[int | None, Parameter(validator=Number(gte=1, lte=12))] = None,
    seed: int | None = None,
    plain: Annotated[bool, Parameter(negative="")] = False,
    resume: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Hold a mock interview in this terminal, or with a pipe, where a line that holds only a full stop ends an answer.

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
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "you"
    return Who("local", name, name)


Tabled = Callable[[Console, Wording, Sequence[Card], Mapping[str, Any]], bool]
"""Shows cards as a table from their facts; False if there is nothing to show."""


async def _ask(command: str, *, plain: bool, json: bool = False, tabled: Tabled | None = None) -> None:
    house = House(prefix="interview-bot practice ")
    await house.ready()
    try:
        reply = await house.bot.receive(Message(local(), f"cli:{uuid4().hex}", "", command, None, ADDRESS))
    finally:
        await house.database.close()
    if json:
        sys.stdout.write(dumps(reply.data, ensure_ascii=False, indent=2) + "\n")
        return
    screen, cards = Screen(plain=plain), reply.cards
    if tabled and not screen.plain and tabled(Console(highlight=False), Wording(), cards, reply.data or {}):
        cards = cards[1:]
    for card in cards:
        screen.show(card)


Plain = Annotated[bool, Parameter(negative="")]


async def review(
    questions: Annotated[int | None, Parameter(validator=Number(gte=1, lte=12))] = None,
    *,
    plain: Plain = False,
    json: Plain = False,
) -> int:
    """Hold an interview about what you missed before and what is due again.

    Parameters
    ----------
    questions
        How many questions at most; 5 if not said.
    plain
        No colours.
    json
        Only say what is due and which questions would be asked, for scripts.
    """
    if json:
        return await _due(questions or USUAL_LENGTH)
    command = "review" if questions is None else f"review {questions}"
    return await _sit(House(prefix="/"), command, Screen(plain=plain))


async def _due(number: int) -> int:
    house = House()
    await house.ready()
    try:
        async with house.database.begin() as work:
            due = await work.memory.points_due(local(), house.clock.now())
    finally:
        await house.database.close()
    told = {
        "due": [point._asdict() for point in due],
        "questions": list(siblings(due, house.catalogue.listed, number)),
    }
    sys.stdout.write(dumps(told, ensure_ascii=False, indent=2) + "\n")
    return 0


async def progress(*, plain: Plain = False, json: Plain = False) -> None:
    """Show your history and what you know, by topic.

    Parameters
    ----------
    plain
        No colours.
    json
        The same facts for scripts.
    """
    await _ask("progress", plain=plain, json=json, tabled=show_progress)


async def leaderboard(*words: str, plain: Plain = False, json: Plain = False) -> None:
    """Show the leaderboard of this machine's team.

    Parameters
    ----------
    words
        `week`, `month`, `season` or `all` (if nothing is said), and a topic; `improvement` or `balanced`.
    plain
        No colours.
    json
        The same facts for scripts.
    """
    await _ask(" ".join(("leaderboard", *words)), plain=plain, json=json, tabled=show_board)


async def topics(*, plain: Plain = False) -> None:
    """List what there is to ask."""
    await _ask("topics", plain=plain)


async def privacy(*words: str, plain: Plain = False, json: Plain = False) -> None:
    """Show what is kept about you; export, hide, show or delete it.

    Parameters
    ----------
    words
        `export`, `hide`, `show`, or `delete yes`.
    plain
        No colours.
    json
        The same facts for scripts; with `export`, all of them.
    """
    await _ask(" ".join(("privacy", *words)), plain=plain, json=json)
