"""What a channel hears: the question of the day, how many answered, and the reveal; in somebody's transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from interview_bot.chat.cards import prompt_lines
from interview_bot.chat.messages import Card, Choice, Line
from interview_bot.chat.wording import Wording
from interview_bot.core.catalogue import Catalogue
from interview_bot.core.daily import LOW_POOL, STRONG, Daily, Post, Told, choose
from interview_bot.core.interview import Turn, Who
from interview_bot.core.questions import Listed
from interview_bot.core.store import Work

DAILY_LANE = "daily:"
"""What the names of channels' conversations begin with; a question's id follows."""

MOST_MISSED = 3
LONGEST_BEST = 1_200
"""Characters of an answer that are shown at a reveal."""


async def promise(work: Work, daily: Daily, after: date) -> datetime | None:
    """Promise the question of the next date after this one; None when the schedule has no more dates."""
    day = daily.schedule.next_day(after)
    if day is None:
        return None
    due = daily.schedule.due(day)
    key = f"daily:{daily.id}:{daily.version}:{day.isoformat()}"
    payload = {"daily": daily.id, "version": daily.version, "day": day.isoformat()}
    await work.add_job("daily", key, payload, due)
    return due


async def ask_channel(
    work: Work, daily: Daily, day: date, catalogue: Catalogue, new_id: Callable[[], str], at: datetime
) -> bool:
    """Ask a date's question in its channel and reveal those before; False if the date has its question already."""
    pool = catalogue.about(daily.topic)
    asked = await work.dailies.asked(daily.id)
    chosen = choose(pool, asked, daily.skipped, daily.id)
    post = Post(new_id(), daily.id, day, catalogue.questions[chosen.slug])
    before = await work.dailies.unrevealed(daily.id)
    if not await work.dailies.add(post):
        return False
    for old in before:
        await reveal(work, daily, old, at)
    await work.open_lane(_lane(post), daily.set_by._replace(team=daily.team), daily.place)
    await show(work, daily, post, at)
    left = sum(one.slug not in {*asked, post.question.slug} for one in pool)
    if left in {LOW_POOL, 0} and len(pool) > len(asked):
        key = "daily.low-pool" if left else "daily.empty-pool"
        await warn(work, daily, f"{left}:{at.date()}", key, at, left)
    return True


async def show(work: Work, daily: Daily, post: Post, at: datetime) -> None:
    """Show a question in its channel, or edit the number of answers in."""
    card = daily_card(Wording(daily.set_by.language), post)
    await _say(work, post, "question", card, at)


async def reveal(work: Work, daily: Daily, post: Post, at: datetime) -> None:
    """Tell what a good answer says and what most people missed, below the question, where people can discuss it."""
    best = await work.dailies.best(post.id)
    if not await work.dailies.reveal(post.id, best.answer if best else None):
        return
    said = Wording(daily.set_by.language)
    await show(work, daily, post._replace(revealed=True), at)
    card = reveal_card(said, post, await work.dailies.told(post.id), best.text if best else "")
    await _say(work, post, "reveal", card, at)


async def take_back(work: Work, who: Who, at: datetime) -> None:
    """Take a person's answers out of the reveals at which they are shown."""
    for post in await work.dailies.shown_of(who):
        daily = await work.dailies.of(post.daily)
        if daily is None:
            continue
        await work.dailies.hide_best(post.id)
        said = Wording(daily.set_by.language)
        await _say(work, post, "reveal", reveal_card(said, post, await work.dailies.told(post.id)), at)


def with_consent(said: Wording, card: Card, turn: Turn) -> Card:
    """A strong answer's result, with the question whether it may be shown."""
    if turn.score < STRONG:
        return card
    share = Choice(label=said.word("button.share"), command="share", turn=turn.id)
    return card.model_copy(update={"choices": (*card.choices, share)})


def daily_card(said: Wording, post: Post) -> Card:
    """The question of the day; nothing of what anybody answered but their number."""
    question = post.question
    lines = [
        said.line("daily.title", "heading", topic=question.topic, level=question.level),
        *prompt_lines(question.prompt),
        said.line("daily.answers" if post.answers != 1 else "daily.answer", "note", number=post.answers),
    ]
    if post.revealed:
        return Card(lines=(*lines, said.line("daily.over", "note")))
    answer = Choice(
        label=said.word("button.answer"),
        command="answer",
        turn=f"daily.{post.id}",
        asks=True,
        style="primary",
    )
    return Card(lines=tuple(lines), choices=(answer,))


def reveal_card(said: Wording, post: Post, told: Told, best: str = "") -> Card:
    """The reference, what most people missed, and an answer that may be shown; nobody's name is in it."""
    question = post.question
    lines = [
        said.line("daily.reveal", "heading"),
        _covered(Line(text="{text}", blanks={"text": question.reference})),
    ]
    missed = [
        (number, criterion)
        for criterion in question.criteria
        if (number := told.missed.get(criterion.id, 0)) and told.graded > 1
    ]
    missed.sort(key=lambda one: -one[0])
    if missed:
        lines.append(said.line("daily.missed"))
        lines += [
            _covered(
                said.line("daily.missed-point", "missed", point=one.point, number=number, graded=told.graded)
            )
            for number, one in missed[:MOST_MISSED]
        ]
    if best:
        shown = best if len(best) <= LONGEST_BEST else best[:LONGEST_BEST].rsplit(" ", 1)[0] + " …"
        lines += [
            said.line("daily.best"),
            _covered(Line(text="{best}", blanks={"best": shown}, style="quote")),
        ]
    sources = "; ".join(one.title for one in question.sources)
    if sources:
        lines.append(said.line("card.sources", "note", sources=sources))
    return Card(lines=(*lines, said.line("daily.discuss", "note")))


def _covered(line: Line) -> Line:
    """Whoever has not answered yet can still think first."""
    return line.model_copy(update={"hidden": True})


def preview_card(said: Wording, question: Listed) -> Card:
    """The question that would be asked next, for whoever looks after the channel."""
    head = said.line("daily.preview", "heading", topic=question.topic, level=question.level)
    skip = Choice(label=said.word("button.other"), command="daily skip")
    return Card(lines=(head, *prompt_lines(question.prompt)), choices=(skip,))


async def warn(work: Work, daily: Daily, slot: str, key: str, at: datetime, left: int = 0) -> None:
    """Tell whoever set the schedule something about it, in private, once for each slot."""
    who = daily.set_by
    address = {name: value for name, value in daily.place.items() if name not in {"channel", "thread_ts"}}
    lane = f"whisper:{who.team}:{who.candidate}:daily"
    await work.open_lane(lane, who, address | {"user": who.candidate})
    line = Wording(who.language).line(key, "note", topic=daily.topic, left=left)
    card = Card(lines=(line,)).model_dump(mode="json", exclude_defaults=True)
    await work.post(lane, f"{lane}:{daily.id}:{slot}", card, at)


def _lane(post: Post) -> str:
    return f"{DAILY_LANE}{post.id}"


async def _say(work: Work, post: Post, slot: str, card: Card, at: datetime) -> None:
    dumped = card.model_dump(mode="json", exclude_defaults=True)
    await work.post(_lane(post), f"{_lane(post)}:{slot}", dumped, at)
