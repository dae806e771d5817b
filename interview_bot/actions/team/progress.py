"""Shows a candidate's history and mastery by topic."""

from __future__ import annotations

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.cards import percent
from interview_bot.chat.messages import Bar, Card, Chart, Choice, Reply
from interview_bot.core.mastery import Known


async def progress(ask: Ask, desk: Desk) -> Reply:
    """For the asker alone."""
    who = ask.message.who
    async with desk.storage.begin() as work:
        scores = await work.scores(who)
        mastery = {one.topic: one for one in await work.memory.known(who, desk.clock.now())}
    due = sum(one.due for one in mastery.values())
    topics = [
        {"topic": one.topic, "answered": one.answered, "score": round(one.score, 4)}
        | _known(mastery.get(one.topic))
        for one in scores
    ]
    data = {"topics": topics, "due": due}
    if not scores:
        none = ask.said.line("command.progress-none", start=f"{desk.prefix}{desk.start}docker")
        return Reply((Card(lines=(none,)),), data)
    lines = [ask.said.line("command.progress-title", "heading")]
    for one in scores:
        known = _known(mastery.get(one.topic))
        lines.append(
            ask.said.line(
                "command.progress-topic",
                topic=one.topic,
                score=percent(one.score),
                answered=one.answered,
                known=known["known"],
                criteria=known["criteria"],
            )
        )
    lines.append(
        ask.said.line("command.progress-due" if due else "command.progress-nothing-due", "note", due=due)
    )
    bars = tuple(Bar(label=one.topic, value=one.score) for one in scores)
    chart = Chart(title=ask.said.word("command.progress-chart"), bars=bars)
    choices = (Choice(label=ask.said.word("button.review"), command="review"),) if due else ()
    return Reply((Card(lines=tuple(lines), choices=choices, chart=chart),), data)


def _known(known: Known | None) -> dict[str, int]:
    asked, met, due = (known.asked, known.met, known.due) if known else (0, 0, 0)
    return {"criteria": asked, "known": met, "due": due}
