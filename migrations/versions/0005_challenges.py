"""Challenges of grades, and settings of teams."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    op.create_table(
        "challenge",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("team_id", sa.String(128), nullable=False),
        sa.Column("candidate_id", sa.String(128), nullable=False),
        sa.Column("interview_id", sa.String(64), nullable=False),
        sa.Column("turn_id", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("address", JSON, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("decided_at", INSTANT),
        sa.ForeignKeyConstraint(
            ["team_id", "candidate_id"],
            ["candidate.team_id", "candidate.id"],
            name="fk_challenge_team_id_candidate_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interview.id"], name="fk_challenge_interview_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["turn_id"], ["turn.id"], name="fk_challenge_turn_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_challenge"),
    )
    op.create_index(
        "uq_challenge_open", "challenge", ["turn_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_table(
        "team_setting",
        sa.Column("team_id", sa.String(128), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name="fk_team_setting_team_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "name", name="pk_team_setting"),
    )


def downgrade() -> None:
    op.drop_table("team_setting")
    op.drop_table("challenge")
