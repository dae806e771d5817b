"""Looking after suggested questions, of every team."""

from __future__ import annotations

from pathlib import Path

from interview_bot.bank.drafts import write_imported
from interview_bot.chat.suggestions import settle, track_of
from interview_bot.core.errors import NoSuggestion, OperatorError
from interview_bot.core.suggestion import question_of
from interview_bot.wiring import House


async def list_() -> None:
    """List suggested questions that wait for a decision."""
    house = House()
    await house.ready()
    try:
        async with house.database.begin() as work:
            for one in await work.suggestions.all("open"):
                print(f"{one.id}  {one.who.team}  {one.draft.topic}\n  question: {one.draft.prompt}")
                print(f"  answer: {one.draft.reference}")
                print("".join(f"  to read: {url}\n" for url in one.draft.sources))
    finally:
        await house.close()


async def decide(suggestion: str, verdict: str, *why: str) -> None:
    """Accept or decline a suggested question; its author is told.

    Parameters
    ----------
    suggestion
        Its id, as `suggestions list` shows it.
    verdict
        `accept` or `decline`.
    why
        A line to the author.
    """
    states = {"accept": "accepted", "decline": "declined"}
    if verdict not in states:
        raise OperatorError(f"{verdict!r} is no decision, expected accept or decline")
    house = House()
    await house.ready()
    try:
        async with house.database.begin() as work:
            found = await work.suggestions.of(suggestion)
            if found is None:
                raise OperatorError(
                    f"There is no suggestion {suggestion}. See: interview-bot suggestions list"
                )
            decided = found._replace(state=states[verdict], decider="operator", line=" ".join(why))
            await settle(work, decided, house.clock.now())
    except NoSuggestion:
        raise OperatorError(f"Suggestion {suggestion} is decided already") from None
    finally:
        await house.close()
    print(states[verdict])


async def export(folder: Path) -> None:
    """Write accepted suggestions as question files; one that is there already is left alone.

    Parameters
    ----------
    folder
        Where to: `questions`, or another folder of question files.
    """
    house = House()
    await house.ready()
    try:
        async with house.database.begin() as work:
            accepted = await work.suggestions.all("accepted")
    finally:
        await house.close()
    questions = [question_of(one, track_of(one, house.catalogue)) for one in accepted]
    new = [one for one in questions if not (folder / one.track / one.topic / f"{one.slug}.yaml").exists()]
    for path in write_imported(folder, new):
        print(path)
