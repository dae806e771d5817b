"""What is one person's own: told, exported, hidden, deleted, and forgotten when its time is over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, delete, func, literal, or_, select, update

from interview_bot.core.interview import State, Who
from interview_bot.core.records import Kept
from interview_bot.storage import tables as t
from interview_bot.storage.transaction import Transaction


class SqlOwn:
    """The core's `Own` on a connection with an open transaction."""

    def __init__(self, on: Transaction) -> None:
        """Work in this transaction."""
        self._on = on

    async def kept(self, who: Who) -> Kept:
        """What is kept, in numbers."""
        mine = t.interview.join(t.turn).join(t.answer, t.answer.c.turn_id == t.turn.c.id)
        answers = select(func.count(), func.min(t.answer.c.received_at)).select_from(mine).where(*_of(who))
        number, since = (await self._on.execute(answers)).one()
        interviews = await self._on.execute(select(func.count()).where(*_of(who)))
        hidden = await self._on.execute(select(t.candidate.c.hidden).where(*_is(who)))
        return Kept(interviews.scalar_one(), number, since, bool(hidden.scalar_one_or_none()))

    async def export(self, who: Who) -> Mapping[str, Any]:
        """Everything that is kept, for JSON."""
        person = (await self._on.execute(select(t.candidate).where(*_is(who)))).mappings().first()
        answers = (
            select(
                t.interview.c.id.label("interview"),
                t.interview.c.track,
                t.interview.c.state,
                t.interview.c.started_at,
                t.turn.c.slug.label("question"),
                t.turn.c.topic,
                t.turn.c.level,
                t.turn.c.hints,
                t.turn.c.skipped,
                t.turn.c.points,
                t.answer.c.part,
                t.answer.c.text.label("answer"),
                t.answer.c.received_at,
                t.answer.c.shared,
                t.assessment.c.verdicts,
                t.assessment.c.misconceptions,
                t.assessment.c.flags,
                t.assessment.c.score,
                t.assessment.c.grader,
            )
            .select_from(t.interview.join(t.turn))
            .outerjoin(t.answer, t.answer.c.turn_id == t.turn.c.id)
            .outerjoin(t.assessment, t.assessment.c.answer_id == t.answer.c.id)
            .where(*_of(who))
            .order_by(t.interview.c.started_at, t.interview.c.id, t.turn.c.number, t.answer.c.received_at)
        )
        own = (t.mastery.c.team_id == who.team, t.mastery.c.candidate_id == who.candidate)
        placed = (t.standing.c.team_id == who.team, t.standing.c.candidate_id == who.candidate)
        suggested = (t.suggestion.c.team_id == who.team, t.suggestion.c.candidate_id == who.candidate)
        reminded = (t.reminder.c.team_id == who.team, t.reminder.c.candidate_id == who.candidate)
        return {
            "candidate": _plain(person) if person else {},
            "turns": await self._all(answers),
            "mastery": await self._all(select(t.mastery).where(*own)),
            "standings": await self._all(select(t.standing).where(*placed)),
            "suggestions": await self._all(select(t.suggestion).where(*suggested)),
            "reminder": await self._all(select(t.reminder).where(*reminded)),
        }

    async def hide(self, who: Who, hidden: bool) -> None:
        """Leave the person out of boards, or no longer."""
        await self._on.execute(update(t.candidate).where(*_is(who)).values(hidden=hidden))

    async def delete(self, who: Who) -> None:
        """Delete the person with everything said, graded and sent."""
        whispers = t.lane.c.id.startswith(f"whisper:{who.team}:{who.candidate}:", autoescape=True)
        home = t.lane.c.id == f"home:{who.team}:{who.candidate}"
        await self._forget_lanes(or_(whispers, home, t.lane.c.id.in_(_lanes(*_of(who)))))
        delivered = t.delivery.c
        await self._on.execute(
            delete(t.delivery).where(delivered.team_id == who.team, delivered.candidate_id == who.candidate)
        )
        await self._on.execute(delete(t.candidate).where(*_is(who)))

    async def purge(self, team: str, unused_since: datetime) -> bool:
        """Delete a team with everybody in it; False if somebody did something there since."""
        seen = t.delivery.c
        newer = select(seen.key).where(seen.team_id == team, seen.seen_at > unused_since).limit(1)
        if (await self._on.execute(newer)).first():
            return False
        await self._on.execute(delete(t.delivery).where(seen.team_id == team))
        slack = team.removeprefix("slack:")
        await self._on.execute(delete(t.slack_reach).where(t.slack_reach.c.team_id == slack))
        return (await self._on.execute(delete(t.team).where(t.team.c.id == team))).rowcount == 1

    async def expire(self, before: datetime, team: str | None = None) -> int:
        """Delete the words of answers (of one team) to interviews that began before; how many answers they were.

        What was graded stays, without a word of the candidate: standings are folded from it.
        """
        old = [t.interview.c.started_at < before, t.interview.c.state.not_in([State.ASKING, State.GRADING])]
        seen = [t.delivery.c.seen_at < before]
        if team is not None:
            old.append(t.interview.c.team_id == team)
            seen.append(t.delivery.c.team_id == team)
        await self._forget_lanes(t.lane.c.id.in_(_lanes(*old)))
        await self._on.execute(delete(t.delivery).where(*seen))
        shown = (
            select(t.answer.c.id)
            .join(t.turn, t.turn.c.id == t.answer.c.turn_id)
            .join(t.interview)
            .where(*old)
        )
        reveals = select(literal("daily:", String) + t.daily_post.c.id).where(t.daily_post.c.best.in_(shown))
        await self._forget_lanes(t.lane.c.id.in_(reveals))
        turns = select(t.turn.c.id).join(t.interview).where(*old)
        words = update(t.answer).where(t.answer.c.turn_id.in_(turns), t.answer.c.text != "")
        return (await self._on.execute(words.values(text=""))).rowcount

    async def _forget_lanes(self, those: ColumnElement[bool]) -> None:
        await self._on.execute(delete(t.lane).where(those))

    async def _all(self, query: Any) -> list[dict[str, Any]]:
        return [_plain(row) for row in (await self._on.execute(query)).mappings()]


def _lanes(*those: ColumnElement[bool]) -> Any:
    return select(literal("interview:", String) + t.interview.c.id).where(*those)


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        str(name): value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()
    }


def _of(who: Who) -> tuple[ColumnElement[bool], ...]:
    return (t.interview.c.team_id == who.team, t.interview.c.candidate_id == who.candidate)


def _is(who: Who) -> tuple[ColumnElement[bool], ...]:
    return (t.candidate.c.team_id == who.team, t.candidate.c.id == who.candidate)
