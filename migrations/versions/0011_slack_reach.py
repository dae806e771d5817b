"""The workspaces that an organisation's installation of Slack's app serves."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "slack_reach",
        sa.Column("enterprise_id", sa.String(32), nullable=False),
        sa.Column("team_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", name="pk_slack_reach"),
    )
    op.create_index("ix_slack_reach_team", "slack_reach", ["team_id"])


def downgrade() -> None:
    op.drop_index("ix_slack_reach_team", "slack_reach")
    op.drop_table("slack_reach")
