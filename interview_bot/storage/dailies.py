"""Keeps daily questions: the channels' settings, and one row for each channel and local date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func, select, update

from interview_bot.core.calendar import Schedule
from interview_bot.core.daily import STRONG, Best, Dailies, Daily, Post, Told
from interview_bot.core.grades import Verdict
from interview_bot.core.interview import Who
from interview_bot.core.questions import Question
from interview_bot.storage import tables as t
from interview_bot.storage.transaction import Transaction
from interview_bot.storage.upsert import insert

_POST = t.daily_post.c


class SqlDailies(Dailies):
    """The core's `Dailies` on a connection with an open transaction."""

    def __init__(self, on: Transaction) -> None:
        """Work in this transaction."""
        self._on = on

    async def of(self, daily_id: str) -> Daily | None:
        """A channel's daily question, or None."""
        row = (await self._on.execute(select(t.daily).where(t.daily.c.id == daily_id))).mappings().first()
        return _daily(row) if row else None

    async def all_on(self) -> Sequence[Daily]:
        """Every channel whose daily question is on."""
        rows = await self._on.execute(select(t.daily).where(t.daily.c.on).order_by(t.daily.c.id))
        return [_daily(row) for row in rows.mappings()]

    async def of_team(self, team: str) -> Sequence[Daily]:
        """The channels of a team whose daily question is on."""
        mine = select(t.daily).where(t.daily.c.on, t.daily.c.team_id == team)
        return [_daily(row) for row in (await self._on.execute(mine.order_by(t.daily.c.id))).mappings()]

    async def put(self, daily: Daily, by: Who, at: datetime) -> None:
        """Keep a channel's settings, with a line in the audit log."""
        values = {
            "team_id": daily.team,
            "place": dict(daily.place),
            "schedule": _written(daily.schedule),
            "topic": daily.topic,
            "set_by": daily.set_by._asdict(),
            "skipped": list(daily.skipped),
            "version": daily.version,
            "on": daily.on,
        }
        row = insert(self._on.dialect.name, t.daily).values(id=daily.id, **values)
        await self._on.execute(row.on_conflict_do_update(index_elements=["id"], set_=values))
        detail = {name: values[name] for name in ("schedule", "topic", "on", "skipped")}
        await self._on.execute(
            t.audit.insert().values(
                team_id=daily.team, by=by.candidate, what=f"daily {daily.id}", detail=detail, at=at
            )
        )

    async def asked(self, daily_id: str) -> Sequence[str]:
        """Slugs that were asked in the channel, oldest first; one that was asked twice stands where it was last."""
        query = select(_POST.slug).where(_POST.daily_id == daily_id).group_by(_POST.slug)
        return list((await self._on.execute(query.order_by(func.max(_POST.local_date)))).scalars())

    async def add(self, post: Post) -> bool:
        """Keep a date's question; False if the date has one already."""
        row = insert(self._on.dialect.name, t.daily_post).values(
            id=post.id,
            daily_id=post.daily,
            local_date=post.day.isoformat(),
            slug=post.question.slug,
            question=post.question.model_dump(mode="json", exclude_defaults=True),
            answers=0,
            revealed=False,
        )
        return (await self._on.execute(row.on_conflict_do_nothing())).rowcount == 1

    async def post(self, post_id: str) -> Post | None:
        """A date's question, or None."""
        row = (await self._on.execute(select(t.daily_post).where(_POST.id == post_id))).mappings().first()
        return _post(row) if row else None

    async def newest(self, daily_id: str) -> Post | None:
        """The channel's newest question, or None."""
        query = select(t.daily_post).where(_POST.daily_id == daily_id).order_by(_POST.local_date.desc())
        row = (await self._on.execute(query.limit(1))).mappings().first()
        return _post(row) if row else None

    async def count(self, post_id: str) -> Post:
        """Count one more answer."""
        one_more = update(t.daily_post).where(_POST.id == post_id).values(answers=_POST.answers + 1)
        row = (await self._on.execute(one_more.returning(*t.daily_post.c))).mappings().one()
        return _post(row)

    async def unrevealed(self, daily_id: str) -> Sequence[Post]:
        """Questions of the channel that were not revealed yet, oldest first."""
        query = select(t.daily_post).where(_POST.daily_id == daily_id, ~_POST.revealed)
        rows = await self._on.execute(query.order_by(_POST.local_date))
        return [_post(row) for row in rows.mappings()]

    async def reveal(self, post_id: str, best: str | None) -> bool:
        """Mark a question as revealed, with the answer that is shown; False if it was."""
        mark = update(t.daily_post).where(_POST.id == post_id, ~_POST.revealed)
        return (await self._on.execute(mark.values(revealed=True, best=best))).rowcount == 1

    async def share(self, turn_id: str, shared: bool) -> bool:
        """Keep whether the answer to a daily question may be shown; False if that question is revealed or gone."""
        waits = (
            select(t.turn.c.id)
            .join(t.daily_post, t.turn.c.interview_id.startswith("daily:" + _POST.id + ":"))
            .where(t.turn.c.id == turn_id, ~_POST.revealed)
        )
        mark = update(t.answer).where(t.answer.c.turn_id.in_(waits)).values(shared=shared)
        return (await self._on.execute(mark)).rowcount > 0

    async def best(self, post_id: str) -> Best | None:
        """The best answer to a question among those that are strong and may be shown, the first of equals."""
        query = (
            select(t.answer.c.id, t.answer.c.text)
            .join(t.turn, t.turn.c.id == t.answer.c.turn_id)
            .where(t.turn.c.interview_id.startswith(f"daily:{post_id}:", autoescape=True))
            .where(t.answer.c.shared, t.answer.c.text != "", t.turn.c.score >= STRONG)
            .order_by(t.turn.c.score.desc(), t.answer.c.received_at, t.answer.c.id)
        )
        row = (await self._on.execute(query.limit(1))).first()
        return Best(row.id, row.text) if row else None

    async def shown_of(self, who: Who) -> Sequence[Post]:
        """Revealed questions at which an answer of this person is shown."""
        own = (
            select(t.answer.c.id)
            .join(t.turn, t.turn.c.id == t.answer.c.turn_id)
            .join(t.interview, t.interview.c.id == t.turn.c.interview_id)
            .where(t.interview.c.team_id == who.team, t.interview.c.candidate_id == who.candidate)
        )
        rows = await self._on.execute(select(t.daily_post).where(_POST.best.in_(own)))
        return [_post(row) for row in rows.mappings()]

    async def hide_best(self, post_id: str) -> None:
        """Show no answer at a reveal any more."""
        await self._on.execute(update(t.daily_post).where(_POST.id == post_id).values(best=None))

    async def told(self, post_id: str) -> Told:
        """What the graded answers to a question come to."""
        query = (
            select(t.assessment.c.verdicts)
            .join(t.answer, t.answer.c.id == t.assessment.c.answer_id)
            .join(t.turn, t.turn.c.id == t.answer.c.turn_id)
            .where(t.turn.c.interview_id.startswith(f"daily:{post_id}:", autoescape=True))
        )
        graded, missed = 0, dict[str, int]()
        for verdicts in (await self._on.execute(query)).scalars():
            graded += 1
            for name, one in verdicts.items():
                missed[name] = missed.get(name, 0) + (one["verdict"] == Verdict.MISSED.value)
        return Told(graded, missed)


def _written(schedule: Schedule) -> dict[str, Any]:
    return {
        "at": schedule.at.isoformat("minutes"),
        "zone": schedule.zone,
        "weekdays": schedule.weekdays,
        "except_on": sorted(day.isoformat() for day in schedule.except_on),
    }


def _daily(row: Mapping[Any, Any]) -> Daily:
    kept = row["schedule"]
    off = frozenset(date.fromisoformat(day) for day in kept["except_on"])
    schedule = Schedule(time.fromisoformat(kept["at"]), kept["zone"], kept["weekdays"], off)
    return Daily(
        row["id"],
        row["team_id"],
        row["place"],
        schedule,
        row["topic"],
        Who(**row["set_by"]),
        tuple(row["skipped"]),
        row["version"],
        bool(row["on"]),
    )


def _post(row: Mapping[Any, Any]) -> Post:
    question = Question.model_validate(row["question"])
    day = date.fromisoformat(row["local_date"])
    return Post(row["id"], row["daily_id"], day, question, row["answers"], bool(row["revealed"]))
