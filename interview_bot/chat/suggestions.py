"""What people hear of suggested questions: the queue, a decision, and the question file."""

from __future__ import annotations

from datetime import datetime

import yaml

from interview_bot.chat.messages import Card, Choice, Line
from interview_bot.chat.wording import Wording
from interview_bot.core.catalogue import Catalogue
from interview_bot.core.errors import NoSuggestion
from interview_bot.core.store import Work
from interview_bot.core.suggestion import Draft, Suggestion, question_of


def queue_card(said: Wording, suggestion: Suggestion) -> Card:
    """One suggestion with the buttons that decide on it."""
    draft = suggestion.draft
    accept = Choice(
        label=said.word("button.accept"), command=f"suggestions accept {suggestion.id}", style="primary"
    )
    decline = Choice(
        label=said.word("button.decline"), command="suggestions", turn=f"decline.{suggestion.id}", asks=True
    )
    return Card(lines=_draft_lines(said, draft), choices=(accept, decline))


def _draft_lines(said: Wording, draft: Draft) -> tuple[Line, ...]:
    return (
        Line(text="*{topic}*: {prompt}", blanks={"topic": draft.topic, "prompt": draft.prompt}),
        Line(text="{text}", blanks={"text": draft.reference}, style="quote"),
        *(said.line("suggest.source", "note", url=url) for url in draft.sources),
    )


def decided_card(said: Wording, suggestion: Suggestion) -> Card:
    """What the author hears."""
    lines = [said.line(f"suggest.{suggestion.state}", prompt=suggestion.draft.prompt)]
    if suggestion.line:
        lines.append(Line(text="{line}", blanks={"line": suggestion.line}, style="quote"))
    return Card(lines=tuple(lines))


def file_card(said: Wording, suggestion: Suggestion, track: str) -> Card:
    """The question file, to be put where it says."""
    path = f"questions/{track}/{suggestion.draft.topic}/{suggestion.slug}.yaml"
    lines = (
        said.line("suggest.file", path=path),
        Line(text="{file}", blanks={"file": question_file(suggestion, track)}, style="code"),
    )
    return Card(lines=lines)


def question_file(suggestion: Suggestion, track: str) -> str:
    """A question file that `questions check` reads; criteria are for whoever looks it through to write."""
    whole = question_of(suggestion, track)
    told = whole.model_dump(mode="json", exclude_defaults=True, exclude={"slug", "track", "topic"})
    return yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=100)


def track_of(suggestion: Suggestion, catalogue: Catalogue) -> str:
    """The track that the suggestion's topic belongs to."""
    return next(one.track for one in catalogue.about(suggestion.draft.topic))


async def settle(work: Work, decided: Suggestion, at: datetime) -> None:
    """Keep a decision and tell the author.

    Raises:
        NoSuggestion: somebody decided before.
    """
    if not await work.suggestions.decide(decided, at):
        raise NoSuggestion
    who = decided.who
    lane = f"whisper:{who.team}:{who.candidate}:suggest"
    await work.open_lane(lane, who, decided.address)
    card = decided_card(Wording(who.language), decided).model_dump(mode="json", exclude_defaults=True)
    await work.post(lane, f"suggestion:{decided.id}:decided", card, at)
