"""Reminders, and answers that may be shown at a reveal."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "reminder",
        sa.Column("team_id", sa.String(128), nullable=False),
        sa.Column("candidate_id", sa.String(128), nullable=False),
        sa.Column("at", sa.String(5), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("quiet_from", sa.String(5), nullable=False),
        sa.Column("quiet_to", sa.String(5), nullable=False),
        sa.Column("address", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "candidate_id"],
            ["candidate.team_id", "candidate.id"],
            name="fk_reminder_team_id_candidate_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("team_id", "candidate_id", name="pk_reminder"),
    )
    op.add_column("answer", sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("daily_post", sa.Column("best", sa.String(64)))


def downgrade() -> None:
    op.drop_column("daily_post", "best")
    op.drop_column("answer", "shared")
    op.drop_table("reminder")
