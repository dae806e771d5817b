"""The queue of suggested questions: managers list it, decide, and take accepted ones out as question files."""

from __future__ import annotations

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.messages import Card, Reply
from interview_bot.chat.suggestions import file_card, queue_card, settle, track_of
from interview_bot.core.errors import NoSuggestion, NotAllowed, UnknownCommand
from interview_bot.core.store import Work

SHOWN = 5


async def suggestions(ask: Ask, desk: Desk) -> Reply:
    """`suggestions`, `suggestions accept ID`, `suggestions decline ID why`, `suggestions export`."""
    message = ask.message
    if not message.may_manage:
        raise NotAllowed
    verb, name, why = _read(ask)
    async with desk.storage.begin() as work:
        if verb == "":
            return await _listed(ask, work)
        if verb == "export":
            accepted = await work.suggestions.all("accepted", message.who.team)
            files = tuple(file_card(ask.said, one, track_of(one, desk.catalogue)) for one in accepted)
            none = Card(lines=(ask.said.line("suggest.none-accepted", "note"),))
            return Reply(files[-SHOWN:] or (none,), {"accepted": [one.slug for one in accepted]})
        found = await work.suggestions.of(name)
        if found is None or found.who.team != message.who.team:
            raise NoSuggestion
        state = "accepted" if verb == "accept" else "declined"
        decider = message.who.name or message.who.candidate
        decided = found._replace(state=state, decider=decider, line=why)
        await settle(work, decided, desk.clock.now())
    desk.wake()
    if message.turn:
        return Reply()
    if state == "accepted":
        return Reply((file_card(ask.said, decided, track_of(decided, desk.catalogue)),))
    return Reply((Card(lines=(ask.said.line("suggest.told", "note"),)),))


def _read(ask: Ask) -> tuple[str, str, str]:
    """Verb, id and reason; a form declines with its text as the reason."""
    if ask.message.turn:
        return "decline", ask.message.turn.removeprefix("decline."), ask.message.text.strip()
    verb, name, *why = (*ask.words, "", "")
    verb = verb.lower()
    if verb not in {"", "accept", "decline", "export"}:
        raise UnknownCommand(word=f"suggestions {verb}")
    return verb, name, " ".join(why).strip()


async def _listed(ask: Ask, work: Work) -> Reply:
    waiting = await work.suggestions.all("open", ask.message.who.team)
    if not waiting:
        return Reply((Card(lines=(ask.said.line("suggest.none", "note"),)),), {"open": []})
    head = Card(lines=(ask.said.line("suggest.queue", "heading", number=len(waiting)),))
    cards = (head, *(queue_card(ask.said, one) for one in waiting[:SHOWN]))
    return Reply(cards, {"open": [one.id for one in waiting]})
