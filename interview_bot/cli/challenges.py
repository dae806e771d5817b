"""Looking after challenged grades where there is no reviewers' channel."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from interview_bot.chat.challenges import settle
from interview_bot.core.challenge import Challenge, Gold, ids_of, labelled, read_decision
from interview_bot.core.challenge import gold as as_gold
from interview_bot.core.errors import AlreadyDecided, BadDecision, OperatorError
from interview_bot.core.interview import Turn, Who
from interview_bot.core.questions import Question
from interview_bot.core.store import Work
from interview_bot.wiring import House


async def _turn(work: Work, challenge: Challenge) -> tuple[Turn, str]:
    interview = await work.interview(challenge.interview)
    if interview is None:
        raise OperatorError(f"challenge {challenge.id}: its interview is gone")
    turn = interview.turn_of(challenge.turn)
    return turn, await work.challenges.text(turn.id)


async def list_() -> None:
    """List open challenges with question, answer, verdicts and reason."""
    house = House()
    await house.ready()
    try:
        async with house.database.begin() as work:
            for one in await work.challenges.all("open"):
                turn, answer = await _turn(work, one)
                print(f"{one.id}  {one.who.team}  {turn.question.slug}\n  answer: {answer}")
                for name, verdict in turn.verdicts().items():
                    print(f"  {verdict.value:8}{name}")
                print(f"  reason: {one.reason}\n")
    finally:
        await house.close()


async def decide(challenge: str, *words: str) -> None:
    """Decide on a challenge.

    Parameters
    ----------
    challenge
        Its id, as `challenges list` shows it.
    words
        `uphold: why`, or verdicts and why: `kernel met, cost partial: why`.
    """
    house = House()
    await house.ready()
    try:
        async with house.database.begin() as work:
            found = await work.challenges.of(challenge)
            interview = await work.interview(found.interview) if found else None
            if found is None or interview is None:
                raise OperatorError(f"There is no challenge {challenge}. See: interview-bot challenges list")
            decision = read_decision(" ".join(words), interview.turn_of(found.turn).question)
            await settle(work, found, interview, decision, Who("operator", "operator"), house.clock.now())
    except BadDecision as bad:
        raise OperatorError(
            f"{bad.blanks['word']!r} is no decision, expected `uphold: why` or `CRITERION met|partial|missed: why`"
            f" with one of {bad.blanks['known']}"
        ) from None
    except AlreadyDecided:
        raise OperatorError(f"Challenge {challenge} is decided already") from None
    finally:
        await house.close()
    print("upheld" if not decision.changes else "changed")


async def export(*, gold: Path | None = None) -> None:
    """Write decided challenges as labelled answers, one JSON object a line; nobody's name is in them.

    Parameters
    ----------
    gold
        A new folder for them instead, as `benchmark grading --gold` reads it. Answers to questions whose criteria were
        changed since are left out.
    """
    house = House()
    await house.ready()
    try:
        async with house.database.begin() as work:
            decided = [one for state in ("upheld", "changed") for one in await work.challenges.all(state)]
            told = [(one, *await _turn(work, one)) for one in decided]
    finally:
        await house.close()
    if gold is not None:
        _write_gold(gold, told, house.catalogue.questions)
        return
    for one, turn, answer in told:
        if turn.assessment and answer:
            line = labelled(one, turn.question, answer, turn.assessment)
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


def _write_gold(
    folder: Path, told: Sequence[tuple[Challenge, Turn, str]], bank: Mapping[str, Question]
) -> None:
    """Write `<slug>.jsonl` and `labels/<slug>.jsonl`.

    Raises:
        OperatorError: the folder holds such files already, or cannot be written.
    """
    if list(folder.glob("*.jsonl")):
        raise OperatorError(f"{folder}: holds labelled answers already, expected a new folder")
    kept: dict[str, list[Gold]] = {}
    left_out = 0
    for one, turn, answer in told:
        now = bank.get(turn.question.slug)
        if now is None or ids_of(now) != ids_of(turn.question):
            left_out += 1
        elif turn.assessment and answer:
            kept.setdefault(now.slug, []).append(as_gold(one, now, answer, turn.assessment))
    try:
        (folder / "labels").mkdir(parents=True, exist_ok=True)
        for slug, rows in kept.items():
            for path, lines in (
                (folder / f"{slug}.jsonl", [row.answer for row in rows]),
                (folder / "labels" / f"{slug}.jsonl", [row.label for row in rows]),
            ):
                text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
                path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OperatorError(f"{folder}: cannot be written: {error.strerror}") from None
    print(
        f"{sum(map(len, kept.values()))} answers in {folder}, {left_out} left out: their question has changed"
    )
