"""Runs migrations on the connection that `interview_bot.storage.schema` hands over."""

from alembic import context

from interview_bot.storage.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    # SQLite cannot change a table: it is written anew and takes the old one's place.
    render_as_batch=connection.dialect.name == "sqlite",
)
if connection.dialect.name == "postgresql":
    # A migration that waits for a lock holds up everybody behind it: it gives up, and is tried again.
    connection.exec_driver_sql("SET LOCAL lock_timeout = '200ms'")
context.run_migrations()
