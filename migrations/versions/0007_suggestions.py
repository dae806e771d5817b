"""Suggested questions, and what platforms tell of people."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "suggestion",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("team_id", sa.String(128), nullable=False),
        sa.Column("candidate_id", sa.String(128), nullable=False),
        sa.Column("draft", JSON, nullable=False),
        sa.Column("address", JSON, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("decider", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("decided_at", INSTANT),
        sa.ForeignKeyConstraint(
            ["team_id", "candidate_id"],
            ["candidate.team_id", "candidate.id"],
            name="fk_suggestion_team_id_candidate_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_suggestion"),
    )
    op.create_index("ix_suggestion_queue", "suggestion", ["team_id", "state", "at"])
    op.add_column(
        "candidate", sa.Column("may_manage", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("candidate", sa.Column("told_at", INSTANT))


def downgrade() -> None:
    op.drop_column("candidate", "told_at")
    op.drop_column("candidate", "may_manage")
    op.drop_index("ix_suggestion_queue", "suggestion")
    op.drop_table("suggestion")
