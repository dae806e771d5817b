"""What candidates did so far, asked of the whole history: questions met, scores by topic, costs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from interview_bot.core.interview import Part, Who
from interview_bot.core.ports import TopicScore
from interview_bot.core.progress import Graded
from interview_bot.storage import tables as t


def belongs(who: Who) -> tuple[Any, ...]:
    """The conditions that an interview is this candidate's."""
    return (t.interview.c.team_id == who.team, t.interview.c.candidate_id == who.candidate)


async def team_at(
    on: AsyncConnection, platform: str, candidate: str, channel: str, turn: str | None
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


async def answered(on: AsyncConnection, who: Who) -> Sequence[str]:
    """Slugs of all questions that the candidate was graded on or skipped, oldest first."""
    query = (
        select(t.turn.c.slug)
        .join(t.interview)
        .where(*belongs(who), or_(t.turn.c.score.is_not(None), t.turn.c.skipped))
        .order_by(t.interview.c.started_at, t.interview.c.id, t.turn.c.number)
    )
    return [row.slug for row in await on.execute(query)]


async def graded(on: AsyncConnection, who: Who, since: datetime | None) -> Sequence[Graded]:
    """The candidate's graded answers since then, or all of them, oldest first."""
    query = (
        select(t.answer.c.received_at, t.turn.c.interview_id, t.turn.c.topic, t.turn.c.level, t.turn.c.score)
        .join(t.turn, t.turn.c.id == t.answer.c.turn_id)
        .join(t.interview, t.interview.c.id == t.turn.c.interview_id)
        .where(*belongs(who), t.answer.c.part == Part.MAIN.value, t.turn.c.score.is_not(None))
        .order_by(t.answer.c.received_at, t.turn.c.number)
    )
    if since is not None:
        query = query.where(t.answer.c.received_at >= since)
    return [Graded(*row) for row in await on.execute(query)]


async def scores(on: AsyncConnection, who: Who) -> Sequence[TopicScore]:
    """The candidate's history by topic."""
    query = (
        select(t.turn.c.topic, func.count().label("answered"), func.avg(t.turn.c.score).label("mean"))
        .join(t.interview)
        .where(*belongs(who), t.turn.c.score.is_not(None))
        .group_by(t.turn.c.topic)
        .order_by(t.turn.c.topic)
    )
    return [TopicScore(row.topic, row.answered, float(row.mean)) for row in await on.execute(query)]


async def spent(on: AsyncConnection, team: str, since: datetime) -> float:
    """What grading the team's answers has cost since then, in US dollars."""
    query = (
        select(func.coalesce(func.sum(t.assessment.c.cost), 0.0))
        .join(t.answer, t.answer.c.id == t.assessment.c.answer_id)
        .where(t.answer.c.team_id == team, t.assessment.c.created_at >= since)
    )
    return float((await on.execute(query)).scalar_one())
