"""Daily questions of channels, and the log of who changed what."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "daily",
        sa.Column("id", sa.String(255), nullable=False),
        sa.Column("team_id", sa.String(128), nullable=False),
        sa.Column("place", JSON, nullable=False),
        sa.Column("schedule", JSON, nullable=False),
        sa.Column("topic", sa.String(128), nullable=False),
        sa.Column("set_by", JSON, nullable=False),
        sa.Column("skipped", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name="fk_daily_team_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_daily"),
    )
    op.create_table(
        "daily_post",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("daily_id", sa.String(255), nullable=False),
        sa.Column("local_date", sa.String(10), nullable=False),
        sa.Column("slug", sa.String(128), nullable=False),
        sa.Column("question", JSON, nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("revealed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["daily_id"], ["daily.id"], name="fk_daily_post_daily_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_daily_post"),
        sa.UniqueConstraint("daily_id", "local_date", name="uq_daily_post_daily_id_local_date"),
    )
    op.create_table(
        "audit",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("team_id", sa.String(128), nullable=False),
        sa.Column("by", sa.String(128), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name="fk_audit_team_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )


def downgrade() -> None:
    op.drop_table("audit")
    op.drop_table("daily_post")
    op.drop_table("daily")
