"""Lets an answer to the question of the day be shown at its reveal, or takes that back."""

from __future__ import annotations

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.messages import Card, Choice, Reply
from interview_bot.core.errors import DailyOver


async def share(ask: Ask, desk: Desk) -> Reply:
    """From the button under a strong answer's result; `share off` takes it back until the reveal."""
    message, shared = ask.message, ask.words[:1] != ("off",)
    turn = message.turn or ""
    async with desk.storage.begin() as work:
        interview = await work.interview_with(turn)
        if interview is None or interview.who[:2] != message.who[:2]:
            raise DailyOver
        if not await work.dailies.share(turn, shared):
            raise DailyOver
    if not shared:
        return Reply((Card(lines=(ask.said.line("daily.not-shared"),)),))
    back = Choice(label=ask.said.word("button.share-off"), command="share off", turn=turn)
    return Reply((Card(lines=(ask.said.line("daily.shared"),), choices=(back,)),))
