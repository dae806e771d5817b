"""The tables: what the bot remembers, and every constraint that keeps it true."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC; SQLite has no zones, so it is kept there without one and given it back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone: it could mean anything."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Every moment read is aware of UTC."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
Serial = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts up only a plain INTEGER key."""


def _since(name: str) -> Column[datetime]:
    """When the row came to be, by the database's clock: for people and for clearing up, never for a decision."""
    return Column(name, Instant, nullable=False, server_default=func.now())


team = Table(
    "team",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("platform", String(32), nullable=False),
    _since("created_at"),
)

candidate = Table(
    "candidate",
    metadata,
    Column("team_id", String(128), ForeignKey("team.id", ondelete="CASCADE"), primary_key=True),
    Column("id", String(128), primary_key=True),
    Column("name", Text, nullable=False),
    Column("language", String(16), nullable=False),
    Column("hidden", Boolean, nullable=False, server_default=false()),
    Column("may_manage", Boolean, nullable=False, server_default=false()),
    Column("told_at", Instant),
    _since("created_at"),
)

# Few hide; they are left out of places without looking at everybody.
Index(
    "ix_candidate_hidden",
    candidate.c.team_id,
    candidate.c.id,
    sqlite_where=text("hidden = 1"),
    postgresql_where=text("hidden"),
)

interview = Table(
    "interview",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("team_id", String(128), nullable=False),
    Column("candidate_id", String(128), nullable=False),
    Column("track", Text, nullable=False),
    Column("plan", Json, nullable=False),
    Column("state", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    ForeignKeyConstraint(
        ["team_id", "candidate_id"], ["candidate.team_id", "candidate.id"], ondelete="CASCADE"
    ),
)
_OPEN = text("state IN ('asking', 'grading')")
Index(
    "uq_interview_open",
    interview.c.team_id,
    interview.c.candidate_id,
    unique=True,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)
# Direct messages on Discord belong to no team: whose interview is held there is asked of the person.
Index("ix_interview_person", interview.c.candidate_id, interview.c.started_at)
Index("ix_interview_candidate", interview.c.team_id, interview.c.candidate_id, interview.c.started_at)

turn = Table(
    "turn",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("interview_id", String(64), ForeignKey("interview.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("slug", String(128), nullable=False),
    Column("topic", String(128), nullable=False),
    Column("level", Integer, nullable=False),
    Column("question", Json, nullable=False),
    Column("hints", Integer, nullable=False),
    Column("skipped", Boolean, nullable=False),
    Column("done", Boolean, nullable=False),
    Column("follow_up", Json),
    Column("score", Float),
    Column("points", Integer),
    _since("asked_at"),
    UniqueConstraint("interview_id", "number"),
)

answer = Table(
    "answer",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("turn_id", String(64), ForeignKey("turn.id", ondelete="CASCADE"), nullable=False),
    Column("team_id", String(128), ForeignKey("team.id", ondelete="CASCADE"), nullable=False),
    Column("part", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("shared", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("turn_id", "part"),
)

assessment = Table(
    "assessment",
    metadata,
    Column("answer_id", String(64), ForeignKey("answer.id", ondelete="CASCADE"), primary_key=True),
    Column("verdicts", Json, nullable=False),
    Column("misconceptions", Json, nullable=False),
    Column("flags", Json, nullable=False),
    Column("score", Float, nullable=False),
    Column("grader", String(64), nullable=False),
    Column("rubric", String(64), nullable=False),
    Column("model", Text),
    Column("prompt", String(64)),
    Column("confidence", Float),
    Column("cost", Float, nullable=False, server_default=text("0")),
    Column("created_at", Instant, nullable=False),
)
# What a team's answers cost since midnight is asked before each answer.
Index("ix_assessment_created_at", assessment.c.created_at)

standing = Table(
    "standing",
    metadata,
    Column("team_id", String(128), primary_key=True),
    Column("period", String(16), primary_key=True),
    Column("topic", String(128), primary_key=True),
    Column("candidate_id", String(128), primary_key=True),
    Column("points", Integer, nullable=False),
    Column("answered", Integer, nullable=False),
    ForeignKeyConstraint(
        ["team_id", "candidate_id"], ["candidate.team_id", "candidate.id"], ondelete="CASCADE"
    ),
)
# Read from its end: the best of a board, and how many are above somebody, without touching a row of the others.
Index(
    "ix_standing_board",
    standing.c.team_id,
    standing.c.period,
    standing.c.topic,
    standing.c.points,
    standing.c.candidate_id,
)
Index("ix_standing_candidate", standing.c.team_id, standing.c.candidate_id)

mastery = Table(
    "mastery",
    metadata,
    Column("team_id", String(128), primary_key=True),
    Column("candidate_id", String(128), primary_key=True),
    Column("slug", String(128), primary_key=True),
    Column("criterion", String(128), primary_key=True),
    Column("topic", String(128), nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("card", Json, nullable=False),
    Column("due_at", Instant, nullable=False),
    ForeignKeyConstraint(
        ["team_id", "candidate_id"], ["candidate.team_id", "candidate.id"], ondelete="CASCADE"
    ),
)

reminder = Table(
    "reminder",
    metadata,
    Column("team_id", String(128), primary_key=True),
    Column("candidate_id", String(128), primary_key=True),
    Column("at", String(5), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("quiet_from", String(5), nullable=False),
    Column("quiet_to", String(5), nullable=False),
    Column("address", Json, nullable=False),
    Column("version", Integer, nullable=False),
    Column("on", Boolean, nullable=False),
    ForeignKeyConstraint(
        ["team_id", "candidate_id"], ["candidate.team_id", "candidate.id"], ondelete="CASCADE"
    ),
)

daily = Table(
    "daily",
    metadata,
    Column("id", String(255), primary_key=True),
    Column("team_id", String(128), ForeignKey("team.id", ondelete="CASCADE"), nullable=False),
    Column("place", Json, nullable=False),
    Column("schedule", Json, nullable=False),
    Column("topic", String(128), nullable=False),
    Column("set_by", Json, nullable=False),
    Column("skipped", Json, nullable=False),
    Column("version", Integer, nullable=False),
    Column("on", Boolean, nullable=False),
)

daily_post = Table(
    "daily_post",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("daily_id", String(255), ForeignKey("daily.id", ondelete="CASCADE"), nullable=False),
    Column("local_date", String(10), nullable=False),
    Column("slug", String(128), nullable=False),
    Column("question", Json, nullable=False),
    Column("answers", Integer, nullable=False),
    Column("revealed", Boolean, nullable=False),
    Column("best", String(64)),
    UniqueConstraint("daily_id", "local_date"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("team_id", String(128), ForeignKey("team.id", ondelete="CASCADE"), nullable=False),
    Column("by", String(128), nullable=False),
    Column("what", Text, nullable=False),
    Column("detail", Json, nullable=False),
    Column("at", Instant, nullable=False),
)

challenge = Table(
    "challenge",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("team_id", String(128), nullable=False),
    Column("candidate_id", String(128), nullable=False),
    Column("interview_id", String(64), ForeignKey("interview.id", ondelete="CASCADE"), nullable=False),
    Column("turn_id", String(64), ForeignKey("turn.id", ondelete="CASCADE"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("address", Json, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("line", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("decided_at", Instant),
    ForeignKeyConstraint(
        ["team_id", "candidate_id"], ["candidate.team_id", "candidate.id"], ondelete="CASCADE"
    ),
)
_UNDECIDED = text("state = 'open'")
Index(
    "uq_challenge_open",
    challenge.c.turn_id,
    unique=True,
    sqlite_where=_UNDECIDED,
    postgresql_where=_UNDECIDED,
)

suggestion = Table(
    "suggestion",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("team_id", String(128), nullable=False),
    Column("candidate_id", String(128), nullable=False),
    Column("draft", Json, nullable=False),
    Column("address", Json, nullable=False),
    Column("state", String(16), nullable=False),
    Column("decider", Text, nullable=False),
    Column("line", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("decided_at", Instant),
    ForeignKeyConstraint(
        ["team_id", "candidate_id"], ["candidate.team_id", "candidate.id"], ondelete="CASCADE"
    ),
)
Index("ix_suggestion_queue", suggestion.c.team_id, suggestion.c.state, suggestion.c.at)

team_setting = Table(
    "team_setting",
    metadata,
    Column("team_id", String(128), ForeignKey("team.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("value", Json, nullable=False),
)

delivery = Table(
    "delivery",
    metadata,
    Column("key", String(255), primary_key=True),
    Column("team_id", String(128), nullable=False),
    Column("candidate_id", String(128), nullable=False),
    _since("seen_at"),
)
Index("ix_delivery_seen_at", delivery.c.seen_at)

job = Table(
    "job",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("kind", String(32), nullable=False),
    Column("key", String(255), nullable=False, unique=True),
    Column("payload", Json, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("lease_until", Instant),
    Column("epoch", Integer, nullable=False, server_default=text("0")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("done_at", Instant),
)
_UNDONE = text("done_at IS NULL")
Index("ix_job_due", job.c.due_at, job.c.id, sqlite_where=_UNDONE, postgresql_where=_UNDONE)

lane = Table(
    "lane",
    metadata,
    Column("id", String(255), primary_key=True),
    Column("team_id", String(128), ForeignKey("team.id", ondelete="CASCADE"), nullable=False),
    Column("platform", String(32), nullable=False),
    Column("address", Json, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("team_id", String(128), ForeignKey("team.id", ondelete="CASCADE"), nullable=False),
    Column("lane_id", String(255), ForeignKey("lane.id", ondelete="CASCADE"), nullable=False),
    Column("slot", String(255), nullable=False, unique=True),
    Column("card", Json, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("sent_revision", Integer, nullable=False, server_default=text("0")),
    Column("sent_as", Text),
    Column("due_at", Instant, nullable=False),
    Column("lease_until", Instant),
    Column("epoch", Integer, nullable=False, server_default=text("0")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("buried", Boolean, nullable=False, server_default=false()),
    # A number is never given again, not even after everything was deleted: platforms know messages by it.
    sqlite_autoincrement=True,
)
# Written as each database's queries write it: an index on a part of a table serves only words that it knows.
_UNSENT_SQLITE = text("sent_revision < revision AND buried = 0")
_UNSENT = text("sent_revision < revision AND NOT buried")
Index(
    "ix_outbox_unsent",
    outbox.c.lane_id,
    outbox.c.id,
    sqlite_where=_UNSENT_SQLITE,
    postgresql_where=_UNSENT,
)
# For the oldest of all lanes: without it PostgreSQL walks through everything that was ever sent.
Index("ix_outbox_oldest_unsent", outbox.c.id, sqlite_where=_UNSENT_SQLITE, postgresql_where=_UNSENT)

slack_installation = Table(
    "slack_installation",
    metadata,
    Column("enterprise_id", String(32), primary_key=True),
    Column("team_id", String(32), primary_key=True),
    Column("sealed", Text, nullable=False),
    Column("installed_at", Instant, nullable=False),
)
Index("ix_slack_installation_team", slack_installation.c.team_id)

# Whose data goes when an organisation takes the app away: Slack then names the organisation alone.
slack_reach = Table(
    "slack_reach",
    metadata,
    Column("enterprise_id", String(32), primary_key=True),
    Column("team_id", String(32), primary_key=True),
)
Index("ix_slack_reach_team", slack_reach.c.team_id)

held = Table(
    "held",
    metadata,
    Column("name", String(128), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("until", Instant, nullable=False),
    Column("note", Json),
)
