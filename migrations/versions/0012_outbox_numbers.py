"""Numbers of the outbox are never given again, in SQLite as in PostgreSQL: platforms know messages by them."""

from alembic import op

revision = "0012"
down_revision = "0011"

_PARTS = {"ix_outbox_unsent": "lane_id, id", "ix_outbox_oldest_unsent": "id"}


def upgrade() -> None:
    _rebuild(autoincrement=True)


def downgrade() -> None:
    _rebuild(autoincrement=False)


def _rebuild(*, autoincrement: bool) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for name in _PARTS:
        op.execute(f"DROP INDEX {name}")
    how = {"sqlite_autoincrement": autoincrement}
    with op.batch_alter_table("outbox", recreate="always", table_kwargs=how):
        pass
    for name, columns in _PARTS.items():
        op.execute(f"CREATE INDEX {name} ON outbox ({columns}) WHERE sent_revision < revision AND buried = 0")
