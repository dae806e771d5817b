"""Shows a candidate's history by topic."""

from __future__ import annotations

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.cards import percent
from interview_bot.chat.messages import Bar, Card, Chart, Reply


async def progress(ask: Ask, desk: Desk) -> Reply:
    """For the asker alone."""
    async with desk.storage.begin() as work:
        scores = await work.scores(ask.message.who)
    if not scores:
        return Reply(
            (Card(lines=(ask.said.line("command.progress-none", start=f"{desk.prefix}{desk.start}docker"),)),)
        )
    lines = [ask.said.line("command.progress-title", "heading")]
    lines += [
        ask.said.line(
            "command.progress-topic", topic=one.topic, score=percent(one.score), answered=one.answered
        )
        for one in scores
    ]
    bars = tuple(Bar(label=one.topic, value=one.score) for one in scores)
    return Reply(
        (Card(lines=tuple(lines), chart=Chart(title=ask.said.word("command.progress-chart"), bars=bars)),)
    )
