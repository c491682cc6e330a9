"""What alembic runs: the migrations, on the connection and in the transaction that it is given."""

from alembic import context
from sqlalchemy import Connection

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    render_as_batch=connection.dialect.name == "sqlite",  # SQLite alters by copying
    transactional_ddl=True,  # all or nothing, on both
)
context.run_migrations()
