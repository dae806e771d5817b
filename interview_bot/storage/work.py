"""One transaction: everything in it happens, or nothing does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Table, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import Insert

from interview_bot.core.errors import Conflict
from interview_bot.core.grades import Assessment
from interview_bot.core.interview import Interview, Part, State, Who
from interview_bot.core.ports import Answer, Json, TopicScore
from interview_bot.core.progress import Graded
from interview_bot.storage import history
from interview_bot.storage import tables as t
from interview_bot.storage.challenges import SqlChallenges
from interview_bot.storage.dailies import SqlDailies
from interview_bot.storage.memory import SqlMemory
from interview_bot.storage.own import SqlOwn
from interview_bot.storage.people import SqlPeople, SqlSettings
from interview_bot.storage.reminders import SqlReminders
from interview_bot.storage.rows import (
    assessment_values,
    short,
    storable,
    turn_changes,
    turn_from,
    turn_values,
)
from interview_bot.storage.standings import SqlStandings
from interview_bot.storage.suggestions import SqlSuggestions
from interview_bot.storage.upsert import insert


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

    def _insert(self, table: Table) -> Any:
        return insert(self._on, table)

    async def _added(self, statement: Insert) -> bool:
        return (await self._on.execute(statement)).rowcount == 1

    async def first_time(self, delivery: str, who: Who) -> bool:
        """Remember a delivery; False if it was here before."""
        row = self._insert(t.delivery).values(
            key=short(delivery), team_id=who.team, candidate_id=who.candidate
        )
        return await self._added(row.on_conflict_do_nothing())

    async def meet(self, who: Who) -> None:
        """Remember the candidate and the team; a new name replaces the old one, no name does not."""
        await self._know_team(who)
        row = self._insert(t.candidate).values(
            team_id=who.team, id=who.candidate, name=storable(who.name), language=who.language
        )
        name = func.coalesce(func.nullif(row.excluded.name, ""), t.candidate.c.name)
        new = {"name": name, "language": row.excluded.language}
        await self._on.execute(row.on_conflict_do_update(index_elements=["team_id", "id"], set_=new))

    async def _know_team(self, who: Who) -> None:
        platform = who.team.split(":", 1)[0]
        await self._on.execute(
            self._insert(t.team).values(id=who.team, platform=platform).on_conflict_do_nothing()
        )

    async def open_interview(self, who: Who) -> Interview | None:
        """The candidate's open interview with all its turns, or None."""
        return await self._find(_of(who).where(t.interview.c.state.in_([State.ASKING, State.GRADING])))

    async def interview(self, interview_id: str) -> Interview | None:
        """An interview with all its turns, or None."""
        return await self._find(_INTERVIEWS.where(t.interview.c.id == interview_id))

    async def interview_with(self, turn_id: str) -> Interview | None:
        """The interview that a turn belongs to, or None."""
        of_turn = select(t.turn.c.interview_id).where(t.turn.c.id == turn_id)
        return await self._find(_INTERVIEWS.where(t.interview.c.id == of_turn.scalar_subquery()))

    async def last_interview(self, who: Who) -> Interview | None:
        """The candidate's newest interview, open or over, or None."""
        newest = (t.interview.c.started_at.desc(), t.interview.c.id.desc())
        return await self._find(_of(who).order_by(*newest).limit(1))

    async def _find(self, query: Select[Any]) -> Interview | None:
        row = (await self._on.execute(query)).mappings().first()
        if row is None:
            return None
        found = (await self._on.execute(_TURNS.where(t.turn.c.interview_id == row["id"]))).mappings().all()
        turns: dict[str, list[Mapping[str, Any]]] = {}
        for one in found:
            turns.setdefault(one["id"], []).append(dict(one))
        interview = Interview(
            row["id"],
            Who(row["team_id"], row["candidate_id"], row["name"], row["language"]),
            row["track"],
            tuple(row["plan"]),
            row["started_at"],
            State(row["state"]),
            row["version"],
            [turn_from(rows[0], rows) for rows in turns.values()],
        )
        interview.read = {one.id: turn_changes(one) for one in interview.turns}
        return interview

    async def add(self, interview: Interview) -> None:
        """Keep a new interview.

        Raises:
            Conflict: the candidate has an open one.
        """
        row = self._insert(t.interview).values(
            id=interview.id,
            team_id=interview.who.team,
            candidate_id=interview.who.candidate,
            track=interview.track,
            plan=list(interview.plan),
            state=interview.state.value,
            version=interview.version,
            started_at=interview.started_at,
        )
        if not await self._added(row.on_conflict_do_nothing()):
            raise Conflict

    async def save(self, interview: Interview) -> None:
        """Keep what changed: the interview, and the turns that are new or different.

        Raises:
            Conflict: somebody else saved it first.
        """
        row = t.interview.c
        ended_at = None if interview.state.is_open else func.coalesce(row.ended_at, func.now())
        changed = await self._on.execute(
            update(t.interview)
            .where(row.id == interview.id, row.version == interview.version)
            .values(
                state=interview.state.value,
                plan=list(interview.plan),
                version=interview.version + 1,
                ended_at=ended_at,
            )
        )
        if changed.rowcount != 1:
            raise Conflict
        interview.version += 1
        for turn in interview.turns:
            known, values = interview.read.get(turn.id), turn_changes(turn)
            if known is None:
                await self._on.execute(t.turn.insert().values(turn_values(turn, interview.id)))
            elif known != values:
                await self._on.execute(update(t.turn).where(t.turn.c.id == turn.id).values(values))
            interview.read[turn.id] = values

    async def keep_answer(self, interview: Interview, answer: Answer) -> None:
        """Keep an answer verbatim, but for NUL characters: PostgreSQL has no place for them, and no reader sees them.

        Raises:
            Conflict: the question has its answer already.
        """
        row = self._insert(t.answer).values(
            id=answer.id,
            turn_id=answer.turn,
            team_id=interview.who.team,
            part=answer.part.value,
            text=storable(answer.text),
            received_at=answer.received_at,
        )
        if not await self._added(row.on_conflict_do_nothing()):
            raise Conflict

    async def answer(self, answer_id: str) -> Answer | None:
        """An answer by id."""
        one = t.answer.c
        query = select(one.id, one.turn_id, one.part, one.text, one.received_at)
        row = (await self._on.execute(query.where(t.answer.c.id == answer_id))).first()
        return Answer(row.id, row.turn_id, Part(row.part), row.text, row.received_at) if row else None

    async def keep_assessment(self, answer: Answer, assessment: Assessment, at: datetime) -> bool:
        """Keep an answer's assessment; False if it has one already, and the first one stands."""
        row = self._insert(t.assessment).values(
            answer_id=answer.id, created_at=at, **assessment_values(assessment)
        )
        return await self._added(row.on_conflict_do_nothing())

    async def spent(self, team: str, since: datetime) -> float:
        """What grading the team's answers has cost since then, in US dollars."""
        return await history.spent(self._on, team, since)

    async def add_job(self, kind: str, key: str, payload: Json, due_at: datetime) -> None:
        """Have something done later; a key that is known is left alone."""
        row = self._insert(t.job).values(kind=kind, key=key, payload=payload, due_at=due_at)
        await self._on.execute(row.on_conflict_do_nothing())

    async def open_lane(self, lane: str, who: Who, address: Mapping[str, str]) -> None:
        """Name a conversation that messages go to in order; one that is known keeps its address.

        It needs a team and not a candidate: who had everything deleted is told so without being met again.
        """
        await self._know_team(who)
        row = self._insert(t.lane).values(
            id=lane, team_id=who.team, platform=address["platform"], address=dict(address)
        )
        await self._on.execute(row.on_conflict_do_nothing())

    async def post(self, lane: str, slot: str, card: Json, at: datetime) -> None:
        """Have a card said in a lane; a card in a known slot replaces what was said there."""
        team = select(t.lane.c.team_id).where(t.lane.c.id == lane).scalar_subquery()
        row = self._insert(t.outbox).values(
            team_id=team, lane_id=lane, slot=slot, card=card, revision=1, due_at=at
        )
        new = {"card": row.excluded.card, "revision": t.outbox.c.revision + 1, "due_at": row.excluded.due_at}
        await self._on.execute(row.on_conflict_do_update(index_elements=["slot"], set_=new))

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


_INTERVIEWS = select(t.interview, t.candidate.c.name, t.candidate.c.language).join(t.candidate)
_TURNS = (
    select(
        t.turn,
        t.answer.c.part,
        *(column for column in t.assessment.c if column.name not in {"answer_id", "created_at", "score"}),
        t.assessment.c.score.label("assessed"),
    )
    .outerjoin(t.answer, t.answer.c.turn_id == t.turn.c.id)
    .outerjoin(t.assessment, t.assessment.c.answer_id == t.answer.c.id)
    .order_by(t.turn.c.number)
)


def _of(who: Who) -> Select[Any]:
    return _INTERVIEWS.where(*history.belongs(who))
