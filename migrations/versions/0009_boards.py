"""Boards and places from an index alone."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

COLUMNS = ["team_id", "period", "topic", "points"]


def upgrade() -> None:
    op.drop_index("ix_standing_board", "standing")
    op.create_index("ix_standing_board", "standing", [*COLUMNS, "candidate_id"])
    op.create_index(
        "ix_candidate_hidden",
        "candidate",
        ["team_id", "id"],
        sqlite_where=sa.text("hidden = 1"),
        postgresql_where=sa.text("hidden"),
    )


def downgrade() -> None:
    op.drop_index("ix_candidate_hidden", "candidate")
    op.drop_index("ix_standing_board", "standing")
    op.create_index("ix_standing_board", "standing", COLUMNS)
