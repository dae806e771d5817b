"""Leases with notes, for Discord's shards and commands; interviews of a person in whatever team."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "held",
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", JSON),
        sa.PrimaryKeyConstraint("name", name="pk_held"),
    )
    op.create_index("ix_interview_person", "interview", ["candidate_id", "started_at"])


def downgrade() -> None:
    op.drop_index("ix_interview_person", "interview")
    op.drop_table("held")
