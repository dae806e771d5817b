"""What several actions do: open a sitting, ask the next question, sum up; in the transaction of the action."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from interview_bot.chat.cards import question_card, summary_card
from interview_bot.chat.messages import Card, Choice, Reply
from interview_bot.chat.wording import Wording
from interview_bot.core.catalogue import Catalogue
from interview_bot.core.interview import Interview, summarise
from interview_bot.core.progress import Graded, level_of
from interview_bot.core.store import Work


def lane_of(interview: Interview) -> str:
    """The conversation in which an interview takes place."""
    return f"interview:{interview.id}"


async def say(work: Work, interview: Interview, slot: str, card: Card, at: datetime) -> None:
    """Say a card in the interview's conversation; the same slot again edits it."""
    lane = lane_of(interview)
    await work.post(lane, f"{lane}:{slot}", card.model_dump(mode="json", exclude_defaults=True), at)


async def go_on(
    work: Work, interview: Interview, catalogue: Catalogue, new_id: Callable[[], str], at: datetime
) -> None:
    """Ask the next question of the plan, or finish the sitting and sum it up.

    A question that was taken out of the bank since the plan was made is passed over.
    """
    words = Wording(interview.who.language)
    slug = interview.next_slug
    while slug is not None and slug not in catalogue.questions:
        interview.plan = tuple(one for one in interview.plan if one != slug)
        slug = interview.next_slug
    if slug is None:
        interview.finish()
        await conclude(work, interview, at, stopped=False)
        return
    turn = interview.ask(catalogue.questions[slug], new_id())
    await say(work, interview, f"turn:{turn.number}:question", question_card(words, interview, turn), at)


async def conclude(work: Work, interview: Interview, at: datetime, *, stopped: bool) -> None:
    """Sum a sitting up in its conversation."""
    words = Wording(interview.who.language)
    card = summary_card(words, interview, summarise(interview.turns), stopped)
    before = [one for one in await work.graded(interview.who) if one.interview != interview.id]
    now = [
        Graded(at, interview.id, turn.question.topic, turn.question.level, turn.score)
        for turn in interview.turns
        if turn.assessment
    ]
    was, is_now = level_of(before), level_of([*before, *now])
    if was != is_now:
        line = words.line("summary.harder" if is_now > was else "summary.easier", "note", level=is_now)
        card = card.model_copy(update={"lines": (*card.lines, line)})
    await say(work, interview, "summary", card, at)


def privately(address: Mapping[str, str]) -> dict[str, str]:
    """The person's direct messages, wherever something was said."""
    return {name: address[name] for name in ("platform", "team", "user") if name in address}


def already_open(words: Wording, interview: Interview) -> Reply:
    """One sitting at a time: go on with it, or stop it."""
    choices = (
        Choice(label=words.word("button.resume"), command="resume", style="primary"),
        Choice(label=words.word("button.stop"), command="stop", style="danger"),
    )
    line = words.line("trouble.already-open", track=interview.track)
    return Reply((Card(lines=(line,), choices=choices),))
