"""Challenges a grade: it goes to the team's reviewers, and a person's verdict wins."""

from __future__ import annotations

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.challenges import show
from interview_bot.chat.messages import Card, Reply
from interview_bot.chat.phrases import privately
from interview_bot.core.challenge import LONGEST_REASON, Challenge
from interview_bot.core.errors import AlreadyChallenged, NothingToChallenge, UnusableAnswer
from interview_bot.core.interview import Interview, Turn
from interview_bot.core.store import Work


async def challenge(ask: Ask, desk: Desk) -> Reply:
    """From a card's button with a reason in a form, or typed: `challenge` and why, about the last grade."""
    message, now = ask.message, desk.clock.now()
    reason = (message.text or " ".join(ask.words)).strip()[:LONGEST_REASON]
    async with desk.storage.begin() as work:
        if not await work.first_time(message.delivery, message.who):
            return Reply()
        interview, turn = await _graded(ask, work)
        if not reason:
            raise UnusableAnswer
        address = privately(message.address)
        made = Challenge(desk.new_id(), message.who, interview.id, turn.id, reason, address, now)
        if not await work.challenges.add(made):
            raise AlreadyChallenged
        shown = await show(work, made, turn, await work.challenges.text(turn.id), now)
        line = ask.said.line("challenge.sent" if shown else "challenge.kept", "note", id=made.id)
        if message.turn:
            # A form that closes says nothing: the word stands in the conversation.
            lane = f"interview:{interview.id}"
            card = Card(lines=(line,)).model_dump(mode="json", exclude_defaults=True)
            await work.open_lane(lane, message.who, address)
            await work.post(lane, f"{lane}:challenge:{made.id}", card, now)
    desk.wake()
    return Reply() if message.turn else Reply((Card(lines=(line,)),))


async def _graded(ask: Ask, work: Work) -> tuple[Interview, Turn]:
    """The turn that is meant; its answer must still be there."""
    message = ask.message
    turn_id = (message.turn or "").removeprefix("challenge.")
    interview = await work.interview_with(turn_id) if turn_id else await work.last_interview(message.who)
    if interview is None or interview.who[:2] != message.who[:2]:
        raise NothingToChallenge
    graded = [one for one in interview.turns if one.assessment and turn_id in {"", one.id}]
    if not graded or not await work.challenges.text(graded[-1].id):
        raise NothingToChallenge
    return interview, graded[-1]
