"""Where Slack's app is installed, with sealed tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "slack_installation",
        sa.Column("enterprise_id", sa.String(32), nullable=False),
        sa.Column("team_id", sa.String(32), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("installed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", name="pk_slack_installation"),
    )
    op.create_index("ix_slack_installation_team", "slack_installation", ["team_id"])


def downgrade() -> None:
    op.drop_index("ix_slack_installation_team", "slack_installation")
    op.drop_table("slack_installation")
