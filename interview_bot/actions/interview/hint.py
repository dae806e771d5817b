"""Gives the next hint of the open question."""

from __future__ import annotations

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.cards import hint_card
from interview_bot.chat.messages import Reply
from interview_bot.chat.phrases import say
from interview_bot.core.errors import NothingOpen


async def hint(ask: Ask, desk: Desk) -> Reply:
    """The hint goes into the conversation and costs its share of the score."""
    message = ask.message
    async with desk.storage.begin() as work:
        if not await work.first_time(message.delivery, message.who):
            return Reply()
        interview = await work.open_interview(message.who)
        if interview is None:
            raise NothingOpen
        text = interview.hint(message.turn)
        turn = interview.turn
        await work.save(interview)
        card = hint_card(ask.said, turn, text)
        await say(work, interview, f"turn:{turn.number}:hint:{turn.hints}", card, desk.clock.now())
    desk.wake()
    return Reply()
