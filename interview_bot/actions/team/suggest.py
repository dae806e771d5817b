"""Takes a suggested question into the team's queue."""

from __future__ import annotations

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.messages import Card, Choice, Reply
from interview_bot.chat.phrases import privately
from interview_bot.core.suggestion import Suggestion, read_suggestion


async def suggest(ask: Ask, desk: Desk) -> Reply:
    """`suggest` tells how; `suggest networking How does ...? -- A strong answer says ...` takes a question."""
    message, now = ask.message, desk.clock.now()
    text = message.text or (message.command or "").strip().partition(" ")[2].strip()
    if not text:
        write = Choice(
            label=ask.said.word("button.suggest"),
            command="suggest",
            turn="suggest.new",
            asks=True,
            style="primary",
        )
        lines = (ask.said.line("suggest.title", "heading"), ask.said.line("suggest.how", prefix=desk.prefix))
        topics = sorted({one.name for one in desk.catalogue.topics()})
        return Reply((Card(lines=lines, choices=(write,)),), {"topics": topics})
    draft = read_suggestion(text, desk.catalogue)
    made = Suggestion(desk.new_id(), message.who, draft, privately(message.address), now)
    card = Card(lines=(ask.said.line("suggest.kept", "note", topic=draft.topic, prompt=draft.prompt),))
    async with desk.storage.begin() as work:
        if not await work.first_time(message.delivery, message.who):
            return Reply()
        await work.meet(message.who)
        await work.suggestions.add(made)
        if message.turn:
            # A form that closes says nothing: the word stands in the conversation.
            lane = f"whisper:{message.who.team}:{message.who.candidate}:suggest"
            await work.open_lane(lane, message.who, made.address)
            dumped = card.model_dump(mode="json", exclude_defaults=True)
            await work.post(lane, f"suggestion:{made.id}", dumped, now)
    desk.wake()
    return Reply() if message.turn else Reply((card,), {"id": made.id})
