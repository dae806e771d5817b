"""Gives the next hint of the open question."""

from __future__ import annotations

from datetime import datetime

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.cards import hint_card
from interview_bot.chat.messages import Message, Reply
from interview_bot.chat.phrases import say
from interview_bot.core.errors import NothingOpen
from interview_bot.core.store import Work

SAME_PRESS = 1.5
"""Seconds: a button that is pressed again before its hint could be read was pressed twice by mistake."""


async def hint(ask: Ask, desk: Desk) -> Reply:
    """The hint goes into the conversation and costs its share of the score."""
    message = ask.message
    async with desk.storage.begin() as work:
        if not await work.first_time(message.delivery, message.who):
            return Reply()
        if message.turn and not await _alone(work, message, desk.clock.now()):
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


async def _alone(work: Work, message: Message, now: datetime) -> bool:
    """Whether the button was not pressed a moment ago: a hint costs, and nobody wants two for a double click."""
    moment = int(now.timestamp() // SAME_PRESS)
    keys = [f"hint:{message.turn}:{one}" for one in (moment, moment + 1)]
    return all([await work.first_time(key, message.who) for key in keys])
