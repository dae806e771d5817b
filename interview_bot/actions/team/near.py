"""Finds questions about the same as some words, to practise on."""

from __future__ import annotations

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.cards import prompt_lines
from interview_bot.chat.messages import Card, Choice, Reply
from interview_bot.core.near import nearest


async def near(ask: Ask, desk: Desk) -> Reply:
    """`near container escapes and user namespaces`: up to five questions, each with a button that asks it."""
    text = (ask.message.command or "").strip().partition(" ")[2]
    found = nearest(text, desk.catalogue.listed.values())
    facts = [
        {"slug": one.slug, "topic": one.topic, "level": one.level, "prompt": one.prompt} for one in found
    ]
    if not found:
        start = f"{desk.prefix}{desk.start}docker"
        return Reply((Card(lines=(ask.said.line("near.none", start=start),)),), {"near": facts})
    head = Card(lines=(ask.said.line("near.title", "heading"),))
    cards = [
        Card(
            lines=(
                *prompt_lines(one.prompt),
                ask.said.line("near.about", "note", topic=one.topic, level=one.level),
            ),
            choices=(Choice(label=ask.said.word("button.ask-me"), command=one.slug),),
        )
        for one in found
    ]
    return Reply((head, *cards), {"near": facts})
