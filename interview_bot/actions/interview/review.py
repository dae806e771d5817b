"""Starts an interview about what was missed before and is due again."""

from __future__ import annotations

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.messages import Card, Reply
from interview_bot.chat.phrases import already_open, go_on, lane_of
from interview_bot.core.errors import BadNumber
from interview_bot.core.interview import Interview
from interview_bot.core.kin import siblings
from interview_bot.core.picking import LONGEST_PLAN

USUAL_LENGTH = 5


async def review(ask: Ask, desk: Desk) -> Reply:
    """`review`, `review 3`: questions that cover most of what is due, other ones than before where there are any."""
    number = _number(ask.words)
    message, now = ask.message, desk.clock.now()
    async with desk.storage.begin() as work:
        if not await work.first_time(message.delivery, message.who):
            return Reply()
        await work.meet(message.who)
        open_one = await work.open_interview(message.who)
        if open_one is not None:
            return already_open(ask.said, open_one)
        due = await work.memory.points_due(message.who, now)
        slugs = tuple(siblings(due, desk.catalogue.listed, number))
        if not slugs:
            return Reply(
                (
                    Card(
                        lines=(
                            ask.said.line("command.review-none", start=f"{desk.prefix}{desk.start}docker"),
                        )
                    ),
                )
            )
        interview = Interview(desk.new_id(), message.who, "review", slugs, now)
        await work.open_lane(lane_of(interview), message.who, message.address)
        await work.add(interview)
        await go_on(work, interview, desk.catalogue, desk.new_id, now)
        await work.save(interview)
    desk.wake()
    if message.address.get("platform") == "terminal":
        return Reply()
    return Reply((Card(lines=(ask.said.line("command.started", "note"),)),))


def _number(words: tuple[str, ...]) -> int:
    if not words:
        return USUAL_LENGTH
    if not words[0].isdecimal() or not 1 <= int(words[0]) <= LONGEST_PLAN:
        raise BadNumber(word=words[0], most=str(LONGEST_PLAN))
    return int(words[0])
