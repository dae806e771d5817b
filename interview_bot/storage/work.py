"""One transaction: everything in it happens, or nothing does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, Table, bindparam, func, literal, select, update

from interview_bot.core.errors import Conflict
from interview_bot.core.grades import Assessment
from interview_bot.core.interview import Interview, Turn, Who
from interview_bot.core.kin import Kin
from interview_bot.core.ports import Job, Json, Outgoing
from interview_bot.core.progress import Graded
from interview_bot.core.store import Answer
from interview_bot.storage import history
from interview_bot.storage import tables as t
from interview_bot.storage.challenges import SqlChallenges
from interview_bot.storage.claims import FINISH_JOB, message_claim
from interview_bot.storage.dailies import SqlDailies
from interview_bot.storage.finding import BY_ID, BY_TURN, NEWEST, OPEN
from interview_bot.storage.memory import SqlMemory
from interview_bot.storage.own import SqlOwn
from interview_bot.storage.people import SqlPeople, SqlSettings
from interview_bot.storage.reminders import SqlReminders
from interview_bot.storage.rows import (
    answer_values,
    assessment_values,
    interview_from,
    short,
    storable,
    turn_changes,
    turn_values,
)
from interview_bot.storage.standings import SqlStandings
from interview_bot.storage.suggestions import SqlSuggestions
from interview_bot.storage.transaction import Transaction, Write
from interview_bot.storage.upsert import given, insert, insert_new


class SqlWork:
    """The core's `Work` on a connection with an open transaction."""

    def __init__(self, on: Transaction) -> None:
        """Work in this transaction."""
        self._on = on
        self.standings = SqlStandings(on)
        self.memory = SqlMemory(on)
        self.own = SqlOwn(on)
        self.challenges = SqlChallenges(on)
        self.dailies = SqlDailies(on)
        self.suggestions = SqlSuggestions(on)
        self.settings = SqlSettings(on)
        self.people = SqlPeople(on)
        self.reminders = SqlReminders(on)

    async def _added(self, table: Table, values: Mapping[str, Any]) -> bool:
        return (await self._on.execute(insert_new(self._on.dialect.name, table), values)).rowcount == 1

    async def first_time(self, delivery: str, who: Who) -> bool:
        """Remember a delivery; False if it was here before."""
        values = {"key": short(delivery), "team_id": who.team, "candidate_id": who.candidate}
        return await self._added(t.delivery, values)

    async def meet(self, who: Who) -> None:
        """Remember the candidate and the team; a new name replaces the old one, no name does not."""
        await self._know_team(who)
        met = {"team_id": who.team, "id": who.candidate, "name": storable(who.name), "language": who.language}
        self._on.later(_meeting(self._on.dialect.name), met)

    async def _know_team(self, who: Who) -> None:
        await self._add_later(t.team, {"id": who.team, "platform": who.team.split(":", 1)[0]})

    async def _add_later(self, table: Table, row: Mapping[str, Any]) -> None:
        """Have a row added that is left alone if it is there already; of two in one transaction the first stands."""
        write = _adding(self._on.dialect.name, table)
        await self._on.before(write)
        self._on.later(write, row)

    async def open_interview(self, who: Who) -> Interview | None:
        """The candidate's open interview with all its turns, or None."""
        return await self._find(OPEN, team=who.team, candidate=who.candidate)

    async def interview(self, interview_id: str) -> Interview | None:
        """An interview with all its turns, or None."""
        return await self._find(BY_ID, interview=interview_id)

    async def interview_with(self, turn_id: str) -> Interview | None:
        """The interview that a turn belongs to, or None."""
        return await self._find(BY_TURN, turn=turn_id)

    async def last_interview(self, who: Who) -> Interview | None:
        """The candidate's newest interview, open or over, or None."""
        return await self._find(NEWEST, team=who.team, candidate=who.candidate)

    async def _find(self, query: Select[Any], **which: str) -> Interview | None:
        return interview_from((await self._on.execute(query, which)).mappings().all())

    async def add(self, interview: Interview) -> None:
        """Keep a new interview.

        Raises:
            Conflict: the candidate has an open one.
        """
        row = {
            "id": interview.id,
            "team_id": interview.who.team,
            "candidate_id": interview.who.candidate,
            "track": interview.track,
            "plan": list(interview.plan),
            "state": interview.state.value,
            "version": interview.version,
            "started_at": interview.started_at,
        }
        if not await self._added(t.interview, row):
            raise Conflict

    async def save(self, interview: Interview) -> None:
        """Keep what changed: the interview, and the turns that are new or different.

        Where somebody else has saved it first, the transaction ends with a `Conflict`.
        """
        await self._on.before(_SAVE, _SAVE_OVER)
        state = {"interview": interview.id, "read": interview.version, "state": interview.state.value}
        self._on.later(
            _SAVE if interview.state.is_open else _SAVE_OVER, state | {"plan": list(interview.plan)}
        )
        interview.version += 1
        for turn in interview.turns:
            known, values = interview.read.get(turn.id), turn_changes(turn)
            if known is None:
                self._on.later(_NEW_TURN, turn_values(turn, interview.id))
            elif known != values:
                self._on.later(_CHANGED_TURN, {"turn": turn.id, **values})
            interview.read[turn.id] = values

    async def keep_answer(self, interview: Interview, answer: Answer) -> None:
        """Keep an answer verbatim, but for NUL characters: PostgreSQL has no place for them, and no reader sees them.

        Raises:
            Conflict: the question has its answer already.
        """
        if not await self._added(t.answer, answer_values(answer, interview.who.team)):
            raise Conflict

    async def keep_assessment(self, answer: Answer, assessment: Assessment, at: datetime) -> None:
        """Keep an answer's assessment. Where it has one already, the transaction ends with a `Conflict`."""
        values = {"answer_id": answer.id, "created_at": at, **assessment_values(assessment)}
        self._on.later(_assessing(self._on.dialect.name), values)

    async def learn(self, who: Who, turn: Turn, at: datetime, kin: Kin) -> None:
        """Remember what a turn's first answer shows, and settle the standings; the cards lock the candidate."""
        known, attempts = await self.memory.cards(who, turn, kin), await self.standings.attempts(who, turn)
        self.memory.rate(who, turn, at, kin, known)
        self.standings.fold_in(who, turn, attempts)

    async def finish(self, job: Job) -> None:
        """The job is done with this transaction; nothing happens if its lease was lost."""
        self._on.later(_FINISH, {"held": job.id, "at_epoch": job.epoch})

    async def spent(self, team: str, since: datetime) -> float:
        """What grading the team's answers has cost since then, in US dollars."""
        return await history.spent(self._on, team, since)

    async def add_job(self, kind: str, key: str, payload: Json, due_at: datetime) -> None:
        """Have something done later; a key that is known is left alone."""
        await self._add_later(t.job, {"kind": kind, "key": key, "payload": payload, "due_at": due_at})

    async def open_lane(self, lane: str, who: Who, address: Mapping[str, str]) -> None:
        """Name a conversation that messages go to in order; one that is known keeps its address.

        It needs a team and not a candidate: who had everything deleted is told so without being met again.
        """
        await self._know_team(who)
        values = {"id": lane, "team_id": who.team, "platform": address["platform"], "address": dict(address)}
        await self._add_later(t.lane, values)

    async def post(self, lane: str, slot: str, card: Json, at: datetime) -> None:
        """Have a card said in a lane; a card in a known slot replaces what was said there."""
        await self._on.before(_adding(self._on.dialect.name, t.lane))
        said = {"lane": lane, "in_slot": slot, "said": card, "at": at}
        self._on.later(_posting(self._on.dialect.name), said)

    async def claim(self, lane: str, platforms: Sequence[str], now: datetime) -> Sequence[Outgoing]:
        """The lane's first unsent message, leased with this transaction; nothing if it waits, or is being sent."""
        found = await self._on.execute(*message_claim(now, platforms, 1, lane))
        return [Outgoing(**row) for row in found.mappings()]

    async def team_at(self, platform: str, candidate: str, channel: str, turn: str | None) -> str | None:
        """The team of a person's interview: the one that a turn belongs to, else the newest held in a channel."""
        return await history.team_at(self._on, platform, candidate, channel, turn)

    async def answered(self, who: Who) -> Sequence[str]:
        """Slugs of all questions that the candidate was graded on or skipped, oldest first."""
        return await history.answered(self._on, who)

    async def graded(self, who: Who, since: datetime | None = None) -> Sequence[Graded]:
        """The candidate's graded answers since then, or all of them, oldest first."""
        return await history.graded(self._on, who, since)


# Statements are made once: to make one takes as long as to run it.
_ROW = t.interview.c
_SAVING = (
    update(t.interview)
    .where(_ROW.id == bindparam("interview"), _ROW.version == bindparam("read"))
    .values(version=_ROW.version + 1, state=bindparam("state"), plan=bindparam("plan"), ended_at=None)
)
_SAVE = Write(_SAVING, surely=True)
_SAVE_OVER = Write(_SAVING.values(ended_at=func.coalesce(_ROW.ended_at, func.now())), surely=True)
_NEW_TURN = Write(t.turn.insert())
_CHANGED_TURN = Write(update(t.turn).where(t.turn.c.id == bindparam("turn")))
_FINISH = Write(FINISH_JOB)


@cache
def _assessing(dialect: str) -> Write:
    return Write(insert_new(dialect, t.assessment), surely=True)


@cache
def _adding(dialect: str, table: Table) -> Write:
    return Write(insert_new(dialect, table))


@cache
def _meeting(dialect: str) -> Write:
    row = insert(dialect, t.candidate)
    name = func.coalesce(func.nullif(row.excluded.name, ""), t.candidate.c.name)
    new = {"name": name, "language": row.excluded.language}
    return Write(row.on_conflict_do_update(index_elements=["team_id", "id"], set_=new))


@cache
def _posting(dialect: str) -> Write:
    types = {
        "lane": t.outbox.c.lane_id.type,
        "in_slot": t.outbox.c.slot.type,
        "said": t.Json,
        "at": t.Instant(),
    }
    if dialect == "sqlite":
        values = {name: bindparam(name, type_=kind) for name, kind in types.items()}
        team = select(t.lane.c.team_id).where(t.lane.c.id == values["lane"]).scalar_subquery()
        row = insert(dialect, t.outbox).values(
            team_id=team,
            lane_id=values["lane"],
            slot=values["in_slot"],
            card=values["said"],
            revision=1,
            due_at=values["at"],
        )
    else:
        rows = given(types)  # one without its lane must fail, and not vanish
        row = insert(dialect, t.outbox).from_select(
            ["team_id", "lane_id", "slot", "card", "revision", "due_at"],
            select(t.lane.c.team_id, rows.c.lane, rows.c.in_slot, rows.c.said, literal(1), rows.c.at)
            .join_from(rows, t.lane, t.lane.c.id == rows.c.lane, isouter=True)
            .order_by(rows.c.place),
        )
    new = {"card": row.excluded.card, "revision": t.outbox.c.revision + 1, "due_at": row.excluded.due_at}
    return Write(row.on_conflict_do_update(index_elements=["slot"], set_=new), ("in_slot",))
