"""Says what is kept of a person, hands it over, hides it from boards, or deletes it."""

from __future__ import annotations

import json
from textwrap import wrap

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.dailies import take_back
from interview_bot.chat.messages import Card, Choice, Line, Reply
from interview_bot.core.errors import UnknownCommand

PAGE = 2_500
"""Characters of an export on one card: every platform takes as many."""
PAGES = 12
"""Cards of one export in a chat; a longer one is handed over by the command line."""


async def privacy(ask: Ask, desk: Desk) -> Reply:
    """`privacy`, `privacy export`, `privacy hide`, `privacy show`, `privacy delete`, then `privacy delete yes`."""
    words = tuple(word.lower() for word in ask.words)
    if not words:
        return await _told(ask, desk)
    if words == ("export",):
        return await _export(ask, desk)
    if words in {("hide",), ("show",)}:
        return await _hide(ask, desk, hidden=words == ("hide",))
    if words == ("delete",):
        yes = Choice(label=ask.said.word("button.delete"), command="privacy delete yes", style="danger")
        return Reply((Card(lines=(ask.said.line("command.privacy-sure"),), choices=(yes,)),))
    if words == ("delete", "yes"):
        return await _delete(ask, desk)
    raise UnknownCommand(word=" ".join(("privacy", *words)))


async def _told(ask: Ask, desk: Desk) -> Reply:
    async with desk.storage.begin() as work:
        kept = await work.own.kept(ask.message.who)
    said = ask.said
    since = kept.since.date().isoformat() if kept.since else said.word("command.privacy-never")
    lines = [
        said.line("command.privacy-title", "heading"),
        said.line("command.privacy-kept", interviews=kept.interviews, answers=kept.answers, since=since),
        said.line("command.privacy-what"),
        said.line("command.privacy-time", days=desk.keep_days)
        if desk.keep_days
        else said.line("command.privacy-ever"),
        said.line("command.privacy-hidden" if kept.hidden else "command.privacy-shown"),
        said.line("command.privacy-how", "note", prefix=desk.prefix),
    ]
    turn = ("show", "button.show") if kept.hidden else ("hide", "button.hide")
    choices = (
        Choice(label=said.word("button.export"), command="privacy export"),
        Choice(label=said.word(turn[1]), command=f"privacy {turn[0]}"),
        Choice(label=said.word("button.delete"), command="privacy delete", style="danger"),
    )
    return Reply((Card(lines=tuple(lines), choices=choices),), kept._asdict() | {"since": since})


async def _export(ask: Ask, desk: Desk) -> Reply:
    async with desk.storage.begin() as work:
        data = await work.own.export(ask.message.who)
    text = json.dumps(data, ensure_ascii=False, indent=1)
    pages = [page for row in text.splitlines() for page in wrap(row, PAGE, drop_whitespace=False) or [""]]
    cards = [
        Card(lines=(Line(text="{page}", blanks={"page": page}, style="code"),)) for page in _filled(pages)
    ]
    if len(cards) > PAGES:
        cards = [*cards[:PAGES], Card(lines=(ask.said.line("command.privacy-more", "note"),))]
    return Reply(tuple(cards), data)


def _filled(rows: list[str]) -> list[str]:
    pages = [""]
    for row in rows:
        if len(pages[-1]) + len(row) >= PAGE:
            pages.append("")
        pages[-1] += row + "\n"
    return pages


async def _hide(ask: Ask, desk: Desk, *, hidden: bool) -> Reply:
    async with desk.storage.begin() as work:
        await work.meet(ask.message.who)
        await work.own.hide(ask.message.who, hidden)
    key = "command.privacy-hidden" if hidden else "command.privacy-shown"
    return Reply((Card(lines=(ask.said.line(key),)),), {"hidden": hidden})


async def _delete(ask: Ask, desk: Desk) -> Reply:
    """Whoever asks twice finds nothing the second time, and hears the same."""
    async with desk.storage.begin() as work:
        await take_back(work, ask.message.who, desk.clock.now())
        await work.own.delete(ask.message.who)
    desk.wake()
    await desk.storage.scrub()
    return Reply((Card(lines=(ask.said.line("command.privacy-deleted"),)),), {"deleted": True})
