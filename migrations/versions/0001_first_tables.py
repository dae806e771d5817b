"""The first tables."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("state IN ('asking', 'grading')")
UNDONE = sa.text("done_at IS NULL")
UNSENT_SQLITE = sa.text("sent_revision < revision AND buried = 0")
UNSENT = sa.text("sent_revision < revision AND NOT buried")


def since(name: str) -> sa.Column[datetime]:
    return sa.Column(name, INSTANT, server_default=sa.func.now(), nullable=False)


def upgrade() -> None:
    people()
    sittings()
    queues()


def people() -> None:
    op.create_table(
        "team",
        sa.Column("id", sa.String(128), nullable=False),
        sa.Column("platform", sa.String(32), nullable=False),
        since("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_team"),
    )
    op.create_table(
        "candidate",
        sa.Column("team_id", sa.String(128), nullable=False),
        sa.Column("id", sa.String(128), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("hidden", sa.Boolean(), server_default=sa.false(), nullable=False),
        since("created_at"),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name="fk_candidate_team_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "id", name="pk_candidate"),
    )
    op.create_table(
        "delivery",
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("team_id", sa.String(128), nullable=False),
        sa.Column("candidate_id", sa.String(128), nullable=False),
        since("seen_at"),
        sa.PrimaryKeyConstraint("key", name="pk_delivery"),
    )
    op.create_index("ix_delivery_seen_at", "delivery", ["seen_at"])


def sittings() -> None:
    op.create_table(
        "interview",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("team_id", sa.String(128), nullable=False),
        sa.Column("candidate_id", sa.String(128), nullable=False),
        sa.Column("track", sa.Text(), nullable=False),
        sa.Column("plan", JSON, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.ForeignKeyConstraint(
            ["team_id", "candidate_id"],
            ["candidate.team_id", "candidate.id"],
            name="fk_interview_team_id_candidate_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_interview"),
    )
    owner = ["team_id", "candidate_id"]
    op.create_index(
        "uq_interview_open", "interview", owner, unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index("ix_interview_candidate", "interview", [*owner, "started_at"])
    op.create_table(
        "turn",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("interview_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(128), nullable=False),
        sa.Column("topic", sa.String(128), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("question", JSON, nullable=False),
        sa.Column("hints", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Boolean(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("follow_up", JSON),
        sa.Column("score", sa.Float()),
        sa.Column("points", sa.Integer()),
        since("asked_at"),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interview.id"], name="fk_turn_interview_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_turn"),
        sa.UniqueConstraint("interview_id", "number", name="uq_turn_interview_id_number"),
    )
    op.create_table(
        "answer",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("turn_id", sa.String(64), nullable=False),
        sa.Column("team_id", sa.String(128), nullable=False),
        sa.Column("part", sa.String(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["turn_id"], ["turn.id"], name="fk_answer_turn_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name="fk_answer_team_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_answer"),
        sa.UniqueConstraint("turn_id", "part", name="uq_answer_turn_id_part"),
    )
    op.create_table(
        "assessment",
        sa.Column("answer_id", sa.String(64), nullable=False),
        sa.Column("verdicts", JSON, nullable=False),
        sa.Column("misconceptions", JSON, nullable=False),
        sa.Column("flags", JSON, nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("grader", sa.String(64), nullable=False),
        sa.Column("rubric", sa.String(64), nullable=False),
        sa.Column("model", sa.Text()),
        sa.Column("prompt", sa.String(64)),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answer.id"], name="fk_assessment_answer_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("answer_id", name="pk_assessment"),
    )


def queues() -> None:
    op.create_table(
        "job",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("lease_until", INSTANT),
        sa.Column("epoch", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("done_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.UniqueConstraint("key", name="uq_job_key"),
    )
    op.create_index("ix_job_due", "job", ["due_at", "id"], sqlite_where=UNDONE, postgresql_where=UNDONE)
    op.create_table(
        "lane",
        sa.Column("id", sa.String(255), nullable=False),
        sa.Column("team_id", sa.String(128), nullable=False),
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("address", JSON, nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name="fk_lane_team_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_lane"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("team_id", sa.String(128), nullable=False),
        sa.Column("lane_id", sa.String(255), nullable=False),
        sa.Column("slot", sa.String(255), nullable=False),
        sa.Column("card", JSON, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sent_revision", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("sent_as", sa.Text()),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("lease_until", INSTANT),
        sa.Column("epoch", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("buried", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name="fk_outbox_team_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name="fk_outbox_lane_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("slot", name="uq_outbox_slot"),
    )
    for name, columns in (("ix_outbox_unsent", ["lane_id", "id"]), ("ix_outbox_oldest_unsent", ["id"])):
        op.create_index(name, "outbox", columns, sqlite_where=UNSENT_SQLITE, postgresql_where=UNSENT)


def downgrade() -> None:
    for table in (
        "outbox",
        "lane",
        "job",
        "assessment",
        "answer",
        "turn",
        "interview",
        "delivery",
        "candidate",
        "team",
    ):
        op.drop_table(table)
