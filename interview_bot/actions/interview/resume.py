"""Goes on with the open interview: its open question is asked again."""

from __future__ import annotations

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.cards import follow_up_card, question_card
from interview_bot.chat.messages import Card, Reply
from interview_bot.core.errors import NothingOpen
from interview_bot.core.interview import State


async def resume(ask: Ask, desk: Desk) -> Reply:
    """Shows the asker the open question; an answer that is being read needs nothing but patience."""
    async with desk.storage.begin() as work:
        interview = await work.open_interview(ask.message.who)
        if interview is None:
            raise NothingOpen
    desk.wake()
    if interview.state is State.GRADING:
        return Reply((Card(lines=(ask.said.line("card.reading", "note"),)),))
    turn = interview.turn
    note = Card(lines=(ask.said.line("command.resumed", "note"),))
    if turn.follow_up:
        return Reply((note, follow_up_card(ask.said, turn, turn.follow_up)))
    return Reply((note, question_card(ask.said, interview, turn)))
