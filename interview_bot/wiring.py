"""The one place where the parts meet; heavy ones are imported when they are needed."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from random import SystemRandom
from uuid import uuid4

from interview_bot.actions.desk import Desk
from interview_bot.bank.files import catalogue
from interview_bot.bot import Bot
from interview_bot.core.catalogue import Catalogue
from interview_bot.core.ports import Voice
from interview_bot.graders.rubric import RubricGrader
from interview_bot.settings import Settings, read_settings
from interview_bot.storage import schema
from interview_bot.storage.database import Database, open_database
from interview_bot.work.grade import GradeWork
from interview_bot.work.send import Sender
from interview_bot.work.worker import Worker


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC)


def new_id() -> str:
    """A new id that nobody can guess."""
    return uuid4().hex


class House:
    """Everything built for one process from its settings; nothing connects before it is used."""

    def __init__(self, settings: Settings | None = None, *, prefix: str = "/mock-interview ") -> None:
        """Build from the given settings, or from the environment."""
        self.settings = settings or read_settings()
        self._prefix = prefix
        self._worker: Worker | None = None
        self.clock = SystemClock()

    @cached_property
    def database(self) -> Database:
        """The database."""
        return open_database(self.settings.database())

    @cached_property
    def catalogue(self) -> Catalogue:
        """All questions."""
        return catalogue(self.settings.question_folder())

    @cached_property
    def grader(self) -> RubricGrader:
        """The offline grader."""
        return RubricGrader()

    @cached_property
    def bot(self) -> Bot:
        """The conversation engine."""
        desk = Desk(
            self.database, self.catalogue, self.clock, SystemRandom(), new_id, self._wake, self._prefix
        )
        return Bot(desk)

    def worker(self, voices: Mapping[str, Voice]) -> Worker:
        """A worker that speaks with these voices."""
        grade = GradeWork(self.database, self.catalogue, self.grader, self.clock, new_id)
        sender = Sender(self.database.queue, voices, self.clock)
        self._worker = Worker(self.database.queue, {"grade": grade}, sender, self.clock)
        return self._worker

    def _wake(self) -> None:
        if self._worker:
            self._worker.wake()

    async def ready(self) -> None:
        """Bring SQLite's schema up to date; refuse another schema on PostgreSQL.

        Raises:
            DatabaseUnreachable, WrongSchema: with what to do.
        """
        if self.database.is_sqlite and await schema.current(self.database) in {None, *schema.older()}:
            await schema.upgrade(self.database)
        await schema.check(self.database)


def user_name() -> str:
    """The name of the person at the terminal."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "you"
