"""One transaction: everything in it happens, or nothing does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, Table, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from interview_bot.core.errors import Conflict
from interview_bot.core.grades import Assessment
from interview_bot.core.interview import Interview, Part, Who
from interview_bot.core.ports import Answer, Json, TopicScore
from interview_bot.core.progress import Graded
from interview_bot.storage import history
from interview_bot.storage import tables as t
from interview_bot.storage.challenges import SqlChallenges
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
from interview_bot.storage.upsert import insert_in, insert_new


class SqlWork:
    """The core's `Work` on a connection with an open transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Work on this connection."""
        self._on = connection
        self.standings = SqlStandings(connection)
        self.memory = SqlMemory(connection)
        self.own = SqlOwn(connection)
        self.challenges = SqlChallenges(connection)
        self.dailies = SqlDailies(connection)
        self.suggestions = SqlSuggestions(connection)
        self.settings = SqlSettings(connection)
        self.people = SqlPeople(connection)
        self.reminders = SqlReminders(connection)

    async def _added(self, table: Table, values: Mapping[str, Any]) -> bool:
        return (await self._on.execute(insert_new(self._on, table), values)).rowcount == 1

    async def first_time(self, delivery: str, who: Who) -> bool:
        """Remember a delivery; False if it was here before."""
        values = {"key": short(delivery), "team_id": who.team, "candidate_id": who.candidate}
        return await self._added(t.delivery, values)

    async def meet(self, who: Who) -> None:
        """Remember the candidate and the team; a new name replaces the old one, no name does not."""
        await self._know_team(who)
        met = {"team_id": who.team, "id": who.candidate, "name": storable(who.name), "language": who.language}
        await self._on.execute(_meeting(self._on.dialect.name), met)

    async def _know_team(self, who: Who) -> None:
        await self._added(t.team, {"id": who.team, "platform": who.team.split(":", 1)[0]})

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

        Raises:
            Conflict: somebody else saved it first.
        """
        changed = await self._on.execute(
            _SAVE if interview.state.is_open else _SAVE_OVER,
            {
                "interview": interview.id,
                "read": interview.version,
                "state": interview.state.value,
                "plan": list(interview.plan),
            },
        )
        if changed.rowcount != 1:
            raise Conflict
        interview.version += 1
        for turn in interview.turns:
            known, values = interview.read.get(turn.id), turn_changes(turn)
            if known is None:
                await self._on.execute(_NEW_TURN, turn_values(turn, interview.id))
            elif known != values:
                await self._on.execute(_CHANGED_TURN, {"turn": turn.id, **values})
            interview.read[turn.id] = values

    async def keep_answer(self, interview: Interview, answer: Answer) -> None:
        """Keep an answer verbatim, but for NUL characters: PostgreSQL has no place for them, and no reader sees them.

        Raises:
            Conflict: the question has its answer already.
        """
        if not await self._added(t.answer, answer_values(answer, interview.who.team)):
            raise Conflict

    async def answer(self, answer_id: str) -> Answer | None:
        """An answer by id."""
        one = t.answer.c
        query = select(one.id, one.turn_id, one.part, one.text, one.received_at)
        row = (await self._on.execute(query.where(t.answer.c.id == answer_id))).first()
        return Answer(row.id, row.turn_id, Part(row.part), row.text, row.received_at) if row else None

    async def keep_assessment(self, answer: Answer, assessment: Assessment, at: datetime) -> bool:
        """Keep an answer's assessment; False if it has one already, and the first one stands."""
        values = {"answer_id": answer.id, "created_at": at, **assessment_values(assessment)}
        return await self._added(t.assessment, values)

    async def spent(self, team: str, since: datetime) -> float:
        """What grading the team's answers has cost since then, in US dollars."""
        return await history.spent(self._on, team, since)

    async def add_job(self, kind: str, key: str, payload: Json, due_at: datetime) -> None:
        """Have something done later; a key that is known is left alone."""
        await self._added(t.job, {"kind": kind, "key": key, "payload": payload, "due_at": due_at})

    async def open_lane(self, lane: str, who: Who, address: Mapping[str, str]) -> None:
        """Name a conversation that messages go to in order; one that is known keeps its address.

        It needs a team and not a candidate: who had everything deleted is told so without being met again.
        """
        await self._know_team(who)
        values = {"id": lane, "team_id": who.team, "platform": address["platform"], "address": dict(address)}
        await self._added(t.lane, values)

    async def post(self, lane: str, slot: str, card: Json, at: datetime) -> None:
        """Have a card said in a lane; a card in a known slot replaces what was said there."""
        said = {"lane": lane, "in_slot": slot, "said": card, "at": at}
        await self._on.execute(_posting(self._on.dialect.name), said)

    async def team_at(self, platform: str, candidate: str, channel: str, turn: str | None) -> str | None:
        """The team of a person's interview: the one that a turn belongs to, else the newest held in a channel."""
        return await history.team_at(self._on, platform, candidate, channel, turn)

    async def answered(self, who: Who) -> Sequence[str]:
        """Slugs of all questions that the candidate was graded on or skipped, oldest first."""
        return await history.answered(self._on, who)

    async def graded(self, who: Who, since: datetime | None = None) -> Sequence[Graded]:
        """The candidate's graded answers since then, or all of them, oldest first."""
        return await history.graded(self._on, who, since)

    async def scores(self, who: Who) -> Sequence[TopicScore]:
        """The candidate's history by topic."""
        return await history.scores(self._on, who)


# Statements are made once: to make one takes as long as to run it.
_ROW = t.interview.c
_SAVE = (
    update(t.interview)
    .where(_ROW.id == bindparam("interview"), _ROW.version == bindparam("read"))
    .values(version=_ROW.version + 1, ended_at=None)
)
_SAVE_OVER = _SAVE.values(ended_at=func.coalesce(_ROW.ended_at, func.now()))
_NEW_TURN = t.turn.insert()
_CHANGED_TURN = update(t.turn).where(t.turn.c.id == bindparam("turn"))


@cache
def _meeting(dialect: str) -> Any:
    row = insert_in(dialect, t.candidate)
    name = func.coalesce(func.nullif(row.excluded.name, ""), t.candidate.c.name)
    new = {"name": name, "language": row.excluded.language}
    return row.on_conflict_do_update(index_elements=["team_id", "id"], set_=new)


@cache
def _posting(dialect: str) -> Any:
    lane: BindParameter[str] = bindparam("lane")
    row = insert_in(dialect, t.outbox).values(
        team_id=select(t.lane.c.team_id).where(t.lane.c.id == lane).scalar_subquery(),
        lane_id=lane,
        slot=bindparam("in_slot"),
        card=bindparam("said", type_=t.Json),
        revision=1,
        due_at=bindparam("at", type_=t.Instant),
    )
    new = {"card": row.excluded.card, "revision": t.outbox.c.revision + 1, "due_at": row.excluded.due_at}
    return row.on_conflict_do_update(index_elements=["slot"], set_=new)
