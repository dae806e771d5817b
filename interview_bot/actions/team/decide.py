"""A reviewer decides on a challenged grade."""

from __future__ import annotations

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.challenges import settle
from interview_bot.chat.messages import Reply
from interview_bot.core.challenge import read_decision
from interview_bot.core.errors import AlreadyDecided


async def decide(ask: Ask, desk: Desk) -> Reply:
    """From the button under a challenge: `uphold: why`, or `kernel met, cost partial: why`."""
    message, now = ask.message, desk.clock.now()
    async with desk.storage.begin() as work:
        if not await work.first_time(message.delivery, message.who):
            return Reply()
        challenge = await work.challenges.of((message.turn or "").removeprefix("decide."))
        if challenge is None or challenge.who.team != message.who.team or challenge.state != "open":
            raise AlreadyDecided
        interview = await work.interview(challenge.interview)
        if interview is None:
            raise AlreadyDecided
        decision = read_decision(message.text, interview.turn_of(challenge.turn).question)
        await settle(work, challenge, interview, decision, message.who, now)
    desk.wake()
    return Reply()
