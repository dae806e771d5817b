"""Takes an answer: kept verbatim before anything looks at it, in the transaction that promises its grade."""

from __future__ import annotations

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.messages import Reply
from interview_bot.core.errors import CandidateError, NothingOpen
from interview_bot.core.ports import Answer, Promise, Taken


async def answer(ask: Ask, desk: Desk) -> Reply:
    """Any text that is no command is an answer to the open question."""
    message, now = ask.message, desk.clock.now()
    interview = await desk.storage.open_interview(message.who)
    try:
        if interview is None:
            raise NothingOpen
        part = interview.take(message.text, message.turn)
    except CandidateError:
        if await desk.storage.seen(message.delivery):
            return Reply()  # what was delivered again was right when it came first
        raise
    kept = Answer(desk.new_id(), interview.turn.id, part, message.text, now)
    grade = Promise("grade", f"grade:{kept.id}", {"answer": kept.id, "interview": interview.id}, now)
    if await desk.storage.take(Taken(message.delivery, interview, kept, grade)):
        desk.wake()
    return Reply()
