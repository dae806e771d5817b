"""Ends the open interview; what was answered is kept and summed up."""

from __future__ import annotations

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.messages import Reply
from interview_bot.chat.phrases import conclude
from interview_bot.core.errors import NothingOpen, OutOfDate


async def stop(ask: Ask, desk: Desk) -> Reply:
    """An answer that is still being read is graded all the same; its card comes after the summary."""
    message, now = ask.message, desk.clock.now()
    async with desk.storage.begin() as work:
        if not await work.first_time(message.delivery, message.who):
            return Reply()
        interview = await work.open_interview(message.who)
        if interview is None:
            raise NothingOpen
        if message.turn is not None and interview.turn.id != message.turn:
            raise OutOfDate
        interview.stop()
        await work.save(interview)
        await conclude(work, interview, now, stopped=True)
    desk.wake()
    return Reply()
