"""What an assessment cost, and how sure it is."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("assessment", sa.Column("confidence", sa.Float()))
    op.add_column("assessment", sa.Column("cost", sa.Float(), server_default=sa.text("0"), nullable=False))
    op.create_index("ix_assessment_created_at", "assessment", ["created_at"])


def downgrade() -> None:
    op.drop_index("ix_assessment_created_at", "assessment")
    with op.batch_alter_table("assessment") as table:
        table.drop_column("cost")
        table.drop_column("confidence")
