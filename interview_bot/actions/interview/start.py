"""Starts an interview about a topic or track, and asks its first question."""

from __future__ import annotations

from random import Random

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.messages import Card, Reply
from interview_bot.chat.phrases import already_open, go_on, lane_of
from interview_bot.core.errors import BadLevel, BadNumber
from interview_bot.core.interview import Interview
from interview_bot.core.picking import LONGEST_PLAN, USUAL_LENGTH, Past, plan
from interview_bot.core.progress import level_of


async def start(ask: Ask, desk: Desk) -> Reply:
    """`docker`, `docker level 2`, `networking 5`: a topic, optionally a level and a number of questions."""
    wanted = read_words(ask.command, ask.words)
    desk.catalogue.about(wanted.topic)
    message, now = ask.message, desk.clock.now()
    async with desk.storage.begin() as work:
        if not await work.first_time(message.delivery, message.who):
            return Reply()
        await work.meet(message.who)
        open_one = await work.open_interview(message.who)
        if open_one is not None:
            return already_open(ask.said, open_one)
        dice = Random(wanted.seed) if wanted.seed is not None else desk.dice  # noqa: S311  (a repeatable choice)
        past = None
        if wanted.seed is None:
            past = Past(await work.answered(message.who), level_of(await work.graded(message.who)))
        questions = plan(desk.catalogue, wanted.topic, wanted.number, dice, level=wanted.level, past=past)
        slugs = tuple(question.slug for question in questions)
        interview = Interview(desk.new_id(), message.who, wanted.topic, slugs, now)
        await work.open_lane(lane_of(interview), message.who, message.address)
        await work.add(interview)
        await go_on(work, interview, desk.catalogue, desk.new_id, now)
        await work.save(interview)
    desk.wake()
    if message.address.get("platform") == "terminal":
        return Reply()
    started = "command.started-thread" if "parent" in message.address else "command.started"
    return Reply((Card(lines=(ask.said.line(started, "note"),)),))


class Wanted:
    """What was asked for; `seed` makes the choice repeatable."""

    def __init__(self, topic: str) -> None:
        """A sitting of the usual length at all levels."""
        self.topic = topic
        self.number = USUAL_LENGTH
        self.level: int | None = None
        self.seed: int | None = None


def read_words(topic: str, words: tuple[str, ...]) -> Wanted:
    """Read the words after a topic: `level 2`, `5`, `5 questions`, `seed 7`.

    Raises:
        BadLevel: the word after `level` is not 1, 2 or 3.
        BadNumber: another word is not a number of questions.
    """
    wanted = Wanted(topic)
    left = [word.lower().lstrip("-") for word in words if word.lower() not in {"questions", "question"}]
    while left:
        word = left.pop(0)
        if word == "level":
            level = left.pop(0) if left else ""
            if level not in {"1", "2", "3"}:
                raise BadLevel(word=level or "level")
            wanted.level = int(level)
        elif word == "seed" and left and left[0].isdecimal():
            wanted.seed = int(left.pop(0))
        elif word.isdecimal() and 1 <= int(word) <= LONGEST_PLAN:
            wanted.number = int(word)
        else:
            raise BadNumber(word=word, most=str(LONGEST_PLAN))
    return wanted
