"""Standings by period and topic, and what each candidate knows of each criterion."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "standing",
        sa.Column("team_id", sa.String(128), nullable=False),
        sa.Column("period", sa.String(16), nullable=False),
        sa.Column("topic", sa.String(128), nullable=False),
        sa.Column("candidate_id", sa.String(128), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "candidate_id"],
            ["candidate.team_id", "candidate.id"],
            name="fk_standing_team_id_candidate_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("team_id", "period", "topic", "candidate_id", name="pk_standing"),
    )
    op.create_index("ix_standing_board", "standing", ["team_id", "period", "topic", "points"])
    op.create_index("ix_standing_candidate", "standing", ["team_id", "candidate_id"])
    op.create_table(
        "mastery",
        sa.Column("team_id", sa.String(128), nullable=False),
        sa.Column("candidate_id", sa.String(128), nullable=False),
        sa.Column("slug", sa.String(128), nullable=False),
        sa.Column("criterion", sa.String(128), nullable=False),
        sa.Column("topic", sa.String(128), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("card", JSON, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "candidate_id"],
            ["candidate.team_id", "candidate.id"],
            name="fk_mastery_team_id_candidate_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("team_id", "candidate_id", "slug", "criterion", name="pk_mastery"),
    )


def downgrade() -> None:
    op.drop_table("mastery")
    op.drop_table("standing")
