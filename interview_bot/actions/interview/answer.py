"""Takes an answer: kept verbatim before anything looks at it, in the transaction that promises its grade."""

from __future__ import annotations

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.messages import Reply
from interview_bot.core.errors import NothingOpen
from interview_bot.core.interview import unusable
from interview_bot.core.store import Answer, Arrived


async def answer(ask: Ask, desk: Desk) -> Reply:
    """Any text that is no command is an answer to the open question."""
    message = ask.message
    arrived = Arrived(
        message.delivery, message.who, message.turn, desk.new_id(), message.text, desk.clock.now()
    )
    if not await _take_at_once(arrived, desk) and await _take(arrived, desk):
        desk.wake()
    return Reply()


async def _take_at_once(arrived: Arrived, desk: Desk) -> bool:
    """Take it in one round trip, and have it graded; False if nothing was kept."""
    if unusable(arrived.text) is not None:
        return False
    with desk.keep_a_hand() as given:
        job = await desk.storage.take(arrived, hold=given is not None)
        if job and given is not None:
            given.append(job)
    return job is not None


async def _take(arrived: Arrived, desk: Desk) -> bool:
    """Take it step by step, and say what is wrong with it; False if it was here before, for then it was right."""
    async with desk.storage.begin() as work:
        if not await work.first_time(arrived.delivery, arrived.who):
            return False
        interview = await work.open_interview(arrived.who)
        if interview is None:
            raise NothingOpen
        part = interview.take(arrived.text, arrived.turn)
        kept = Answer(arrived.id, interview.turn.id, part, arrived.text, arrived.at)
        grade = arrived.promise()
        await work.keep_answer(interview, kept)
        await work.save(interview)
        await work.add_job(grade.kind, grade.key, {**grade.payload, "interview": interview.id}, grade.due_at)
    return True
