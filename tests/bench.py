"""A whole bot over a real database, with a voice that only remembers; for dialogues and action tests."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from interview_bot.actions.desk import Desk
from interview_bot.bot import Bot
from interview_bot.chat.messages import Card, Message, plain
from interview_bot.core.catalogue import Catalogue
from interview_bot.core.interview import Who
from interview_bot.core.ports import Clock, Grader, Outgoing, SendNever, Sent
from interview_bot.core.questions import Question
from interview_bot.graders.rubric import RubricGrader
from interview_bot.storage.database import Database
from interview_bot.wiring import SystemClock, new_id
from interview_bot.work.daily import DailyWork, Unheard
from interview_bot.work.grade import GradeWork
from interview_bot.work.remind import RemindWork
from interview_bot.work.send import Sender
from interview_bot.work.worker import Worker

ADDRESS = {"platform": "memory"}
PLACE = {"platform": "memory", "channel": "C1"}
ANN = Who("local", "ann", "Ann")


def question(slug: str, topic: str = "basics", level: int = 1, kind: str = "concept") -> Question:
    """A small question about fruit, so that tests do not hang on the bank."""
    return Question.model_validate(
        {
            "slug": slug,
            "topic": topic,
            "track": "fruit",
            "prompt": f"What do you know about the {slug}?",
            "level": level,
            "kind": kind,
            "reference": "It has a sweet core and a red skin.",
            "criteria": [
                {"id": "core", "weight": 3, "point": "The core is sweet.", "why": "It decides the taste.",
                 "probe": "What is inside, and how does it taste?", "heard": ["core + sweet"]},
                {"id": "skin", "weight": 2, "point": "The skin is red.", "heard": ["skin + red"]},
            ],
            "misconceptions": [
                {"id": "stone", "claim": "It has a stone.", "correction": "It has pips.", "against": ["core"],
                 "heard": ["have + stone"]},
            ],
            "hints": ["Think of its inside.", "Think of its colour."],
            "sources": [{"title": "Pomology", "section": "Apples"}],
        }
    )  # fmt: skip


FRUIT = (
    question("apple"),
    question("pear", "basics", 1),
    question("plum", "stones", 2, "flow"),
    question("cherry", "stones", 2, "scenario"),
    question("quince", "rare", 3, "design"),
)


@dataclass
class HandClock:
    """A clock that goes when it is told to."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@dataclass
class Bench:
    """One bot with its worker; what it said stands in `said`."""

    database: Database
    questions: tuple[Question, ...] = FRUIT
    said: list[Card] = field(default_factory=list)
    edits: list[str | None] = field(default_factory=list)
    deliveries: int = 0
    deaf: set[str] = field(default_factory=set)
    """Channels in which the bot may not write."""
    model: Grader | None = None
    budget: float = 1.0
    clock: Clock = field(default_factory=SystemClock)

    def __post_init__(self) -> None:
        self.catalogue = catalogue = Catalogue(self.questions)
        clock = self.clock
        unheard = Unheard(self.database, clock)
        sender = Sender(self.database.queue, {"memory": self}, clock, unheard)
        grade = GradeWork(
            self.database, catalogue, RubricGrader(), clock, new_id, sender, self.model, self.budget
        )
        daily, remind = DailyWork(self.database, catalogue, clock, new_id), RemindWork(self.database, clock)
        jobs = {"grade": grade, "daily": daily, "remind": remind}
        self.worker = Worker(self.database.queue, jobs, sender, clock)
        desk = Desk(
            self.database, catalogue, clock, Random(1), new_id, self.worker.wake, self.worker.hands.kept,
            "/", budget=self.budget,
        )  # fmt: skip
        self.bot = Bot(desk)

    async def say(self, outgoing: Outgoing) -> Sent:
        if outgoing.address.get("channel") in self.deaf:
            raise SendNever("not_in_channel")
        self.said.append(Card.model_validate(outgoing.card))
        self.edits.append(outgoing.sent_as)
        return Sent(f"m{outgoing.id}", outgoing.address)

    async def hear(
        self,
        text: str,
        *,
        who: Who = ANN,
        delivery: str | None = None,
        turn: str | None = None,
        may_manage: bool = True,
    ) -> list[str]:
        """Say something to the bot (`/...` is a command); all that is shown because of it, as plain text."""
        self.deliveries += 1
        command = text[1:] if text.startswith("/") else None
        self.said.clear()
        reply = await self.bot.receive(
            Message(
                who,
                delivery or f"d{self.deliveries}",
                "" if command else text,
                command,
                turn,
                ADDRESS,
                PLACE,
                may_manage,
            )
        )
        await self.worker.until_idle()
        return [plain(card) for card in (*reply.cards, *self.said)]
