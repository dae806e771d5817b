"""Takes an answer: kept verbatim before anything looks at it, in the transaction that promises its grade."""

from __future__ import annotations

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.messages import Reply
from interview_bot.core.errors import NothingOpen
from interview_bot.core.ports import Answer


async def answer(ask: Ask, desk: Desk) -> Reply:
    """Any text that is no command is an answer to the open question."""
    message, now = ask.message, desk.clock.now()
    async with desk.storage.begin() as work:
        if not await work.first_time(message.delivery, message.who):
            return Reply()
        interview = await work.open_interview(message.who)
        if interview is None:
            raise NothingOpen
        part = interview.take(message.text, message.turn)
        kept = Answer(desk.new_id(), interview.turn.id, part, message.text, now)
        await work.keep_answer(interview, kept)
        await work.save(interview)
        await work.add_job("grade", f"grade:{kept.id}", {"answer": kept.id, "interview": interview.id}, now)
    desk.wake()
    return Reply()
