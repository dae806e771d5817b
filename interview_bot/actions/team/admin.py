"""Settings of a team, for those who manage it."""

from __future__ import annotations

from collections.abc import Mapping

from interview_bot.actions.desk import Ask, Desk
from interview_bot.chat.messages import Card, Choice, Reply
from interview_bot.core.errors import BadBudget, BadNumber, NotAllowed, NotHere, UnknownCommand
from interview_bot.core.records import TeamSettings
from interview_bot.core.store import Work

USUAL = "usual"
"""As whoever runs the bot has it."""
LONGEST_KEPT = 3_650


async def admin(ask: Ask, desk: Desk) -> Reply:
    """`admin` shows all; `admin reviewers here|off`, `grader rubric|usual`, `budget 0.50|usual`, `keep 90|usual` set."""
    if not ask.message.may_manage:
        raise NotAllowed
    if len(ask.words) % 2:
        raise UnknownCommand(word=" ".join(("admin", *ask.words)))
    pairs = {name.lower(): word for name, word in zip(ask.words[::2], ask.words[1::2], strict=True)}
    unknown = [name for name in pairs if name not in {"reviewers", "grader", "budget", "keep"}]
    if unknown:
        raise UnknownCommand(word=f"admin {unknown[0]}")
    async with desk.storage.begin() as work:
        await work.meet(ask.message.who)
        for name, word in pairs.items():
            await _set(name, word, ask, desk, work)
        place = await work.challenges.reviewers(ask.message.who.team)
        settings = await work.settings.of(ask.message.who.team)
        today = desk.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        spent = await work.spent(ask.message.who.team, today)
        waiting = len(await work.suggestions.all("open", ask.message.who.team))
    cards = [_card(ask, desk, place, settings, spent, waiting)]
    if place and "reviewers" in pairs:
        cards.insert(0, Card(lines=(ask.said.line("admin.reviewers-set"),)))
    facts = settings._asdict() | {"reviewers": (place or {}).get("channel"), "spent": round(spent, 2)}
    return Reply(
        tuple(cards), facts | {"most_budget": desk.budget, "most_days": desk.keep_days, "open": waiting}
    )


async def _set(name: str, word: str, ask: Ask, desk: Desk, work: Work) -> None:
    who, now = ask.message.who, desk.clock.now()
    if name == "reviewers":
        await work.challenges.set_reviewers(who, _place(word, ask), now)
    elif name == "grader":
        if word.lower() not in {"rubric", USUAL}:
            raise UnknownCommand(word=f"admin grader {word}")
        await work.settings.put(who, "grader", None if word.lower() == USUAL else "rubric", now)
    elif name == "budget":
        await work.settings.put(who, "budget", _budget(word, desk.budget), now)
    else:
        await work.settings.put(who, "keep_days", _days(word, desk.keep_days), now)


def _place(word: str, ask: Ask) -> Mapping[str, str] | None:
    """Where reviewers are: this channel, another one by its id, or nowhere."""
    if word.lower() == "off":
        return None
    if word.lower() != "here":
        known = {
            name: ask.message.address[name] for name in ("platform", "team") if name in ask.message.address
        }
        return known | {"channel": word}
    if not ask.message.place:
        raise NotHere
    return ask.message.place


def _budget(word: str, most: float) -> float | None:
    if word.lower() == USUAL:
        return None
    try:
        dollars = float(word.replace(",", ".").lstrip("$"))
    except ValueError:
        dollars = -1.0
    if not 0 <= dollars <= most:
        raise BadBudget(word=word, most=f"{most:.2f}")
    return dollars


def _days(word: str, operators: int) -> int | None:
    if word.lower() == USUAL:
        return None
    most = operators or LONGEST_KEPT
    if not (word.isascii() and word.isdecimal()) or not 1 <= int(word) <= most:
        raise BadNumber(word=word, most=str(most))
    return int(word)


def _card(
    ask: Ask,
    desk: Desk,
    place: Mapping[str, str] | None,
    settings: TeamSettings,
    spent: float,
    waiting: int,
) -> Card:
    said = ask.said
    budget = desk.budget if settings.budget is None else min(settings.budget, desk.budget)
    days = settings.keep_days or desk.keep_days
    lines = (
        said.line("admin.title", "heading"),
        said.line("admin.reviewers-somewhere" if place else "admin.reviewers-nowhere"),
        said.line("admin.grader-rubric" if settings.grader else "admin.grader-usual"),
        said.line("admin.spent", spent=f"{spent:.2f}", budget=f"{budget:.2f}"),
        said.line("admin.keep", days=days) if days else said.line("admin.keep-ever"),
        said.line("admin.queue", number=waiting),
        said.line("admin.how", "note", prefix=desk.prefix),
    )
    queue = (Choice(label=said.word("button.queue"), command="suggestions"),) if waiting else ()
    return Card(lines=lines, choices=queue)
