"""What every action is handed: the store, the questions, the clock, the dice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from random import Random

from interview_bot.chat.messages import Message
from interview_bot.chat.wording import Wording
from interview_bot.core.catalogue import Catalogue
from interview_bot.core.ports import Clock, Job
from interview_bot.core.store import Storage


@dataclass(frozen=True)
class Desk:
    """The parts that actions work with; one for the whole process."""

    storage: Storage
    catalogue: Catalogue
    clock: Clock
    dice: Random
    new_id: Callable[[], str]
    wake: Callable[[], None]
    """Tells the workers that there is something to do; polling finds it without."""
    keep_a_hand: Callable[[], AbstractContextManager[list[Job] | None]] = nullcontext
    """Keeps one who does jobs in this process for what the block puts into the list; None where there is none to spare."""
    prefix: str = "/mock-interview "
    """What is typed before a command on this platform."""
    keep_days: int = 0
    """How long the words of answers are kept, in days; 0: for ever."""
    start: str = ""
    """What is typed between the prefix and a topic."""
    budget: float = 0.0
    """US dollars that a team's answers may cost in one UTC day at most."""


@dataclass(frozen=True)
class Ask:
    """One thing that a person asks for: the message, and the words after the command's name."""

    message: Message
    words: tuple[str, ...] = ()
    command: str = ""
    said: Wording = field(default_factory=Wording)
