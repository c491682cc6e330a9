"""The tables: what the migrations make is what the statements expect."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from bot.store import schema
from bot.store.open import open_store
from tests.store.world import SteeredClock


def _description(connection):
    """Everything that reflection sees, but for alembic's own table."""
    found = inspect(connection)
    return {
        table: {
            "columns": [
                (c["name"], str(c["type"]), c["nullable"], bool(c.get("autoincrement") is True))
                for c in found.get_columns(table)
            ],
            "key": found.get_pk_constraint(table)["constrained_columns"],
            "unique": sorted(str(u["column_names"]) for u in found.get_unique_constraints(table)),
            "indexes": sorted((i["name"], i["column_names"]) for i in found.get_indexes(table)),
        }
        for table in sorted(found.get_table_names())
        if table in schema.metadata.tables
    }


async def test_the_migrations_make_exactly_the_tables_of_the_schema(database_url):
    """Alembic finds nothing to change, and building from the schema gives the same tables."""

    def compare(connection):
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
        migrated = _description(connection)
        assert set(migrated) == set(schema.metadata.tables)
        schema.metadata.drop_all(connection)
        schema.metadata.create_all(connection)
        assert _description(connection) == migrated

    async with (
        open_store(database_url, clock=SteeredClock()) as store,
        store._db.write() as connection,
    ):
        await connection.run_sync(compare)
