"""What candidates did so far, asked of the whole history: questions met, scores, costs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select

from interview_bot.core.interview import Part, Who
from interview_bot.core.progress import Graded
from interview_bot.storage import tables as t
from interview_bot.storage.transaction import Transaction


async def team_at(
    on: Transaction, platform: str, candidate: str, channel: str, turn: str | None
) -> str | None:
    """The team of a person's interview: the one that a turn belongs to, else the newest held in a channel."""
    query = (
        select(t.interview.c.team_id)
        .join(t.lane, t.lane.c.id == "interview:" + t.interview.c.id)
        .where(t.interview.c.candidate_id == candidate, t.lane.c.platform == platform)
        .order_by(t.interview.c.started_at.desc())
        .limit(1)
    )
    by_turn = query.join(t.turn).where(t.turn.c.id == turn)
    by_channel = query.where(t.lane.c.address["channel"].as_string() == channel)
    found = await on.scalar(by_turn) if turn else None
    return found or await on.scalar(by_channel)


async def answered(on: Transaction, who: Who) -> Sequence[str]:
    """Slugs of all questions that the candidate was graded on or skipped, oldest first."""
    return [row.slug for row in await on.execute(_ANSWERED, _whose(who))]


async def graded(on: Transaction, who: Who, since: datetime | None) -> Sequence[Graded]:
    """The candidate's graded answers since then, or all of them, oldest first."""
    found = await on.execute(
        _GRADED if since is None else _GRADED_SINCE, {**_whose(who), **({"since": since} if since else {})}
    )
    return [Graded(*row) for row in found]


async def spent(on: Transaction, team: str, since: datetime) -> float:
    """What grading the team's answers has cost since then, in US dollars."""
    query = (
        select(func.coalesce(func.sum(t.assessment.c.cost), 0.0))
        .join(t.answer, t.answer.c.id == t.assessment.c.answer_id)
        .where(t.answer.c.team_id == team, t.assessment.c.created_at >= since)
    )
    return float((await on.execute(query)).scalar_one())


def _whose(who: Who) -> dict[str, str]:
    return {"team": who.team, "candidate": who.candidate}


# Made once: to make a statement takes as long as to run it.
_THEIRS = (t.interview.c.team_id == bindparam("team"), t.interview.c.candidate_id == bindparam("candidate"))
_ANSWERED = (
    select(t.turn.c.slug)
    .join(t.interview)
    .where(*_THEIRS, or_(t.turn.c.score.is_not(None), t.turn.c.skipped))
    .order_by(t.interview.c.started_at, t.interview.c.id, t.turn.c.number)
)
_GRADED = (
    select(t.answer.c.received_at, t.turn.c.interview_id, t.turn.c.topic, t.turn.c.level, t.turn.c.score)
    .join(t.turn, t.turn.c.id == t.answer.c.turn_id)
    .join(t.interview, t.interview.c.id == t.turn.c.interview_id)
    .where(*_THEIRS, t.answer.c.part == Part.MAIN.value, t.turn.c.score.is_not(None))
    .order_by(t.answer.c.received_at, t.turn.c.number)
)
_GRADED_SINCE = _GRADED.where(t.answer.c.received_at >= bindparam("since", type_=t.Instant()))
