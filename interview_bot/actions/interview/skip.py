"""Leaves the open question without an answer and goes on."""

from __future__ import annotations

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.messages import Card, Reply
from interview_bot.chat.phrases import go_on, say
from interview_bot.core.errors import NothingOpen


async def skip(ask: Ask, desk: Desk) -> Reply:
    """Skipping costs nothing beyond the points."""
    message, now = ask.message, desk.clock.now()
    async with desk.storage.begin() as work:
        if not await work.first_time(message.delivery, message.who):
            return Reply()
        interview = await work.open_interview(message.who)
        if interview is None:
            raise NothingOpen
        turn = interview.skip(message.turn)
        if turn.skipped:
            card = Card(lines=(ask.said.line("question.skipped", "note"),))
            await say(work, interview, f"turn:{turn.number}:skipped", card, now)
        await go_on(work, interview, desk.catalogue, desk.new_id, now)
        await work.save(interview)
    desk.wake()
    return Reply()
