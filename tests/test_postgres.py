"""The tests' own databases, looked at once so that the store's tests can trust them."""

import asyncpg
import pytest


@pytest.mark.postgres
@pytest.mark.parametrize("turn", [1, 2])
async def test_each_test_has_a_database_of_its_own(postgres_url, turn):
    """What one test writes, the next does not find."""
    connection = await asyncpg.connect(postgres_url)
    try:
        await connection.execute("CREATE TABLE written (turn int)")
        await connection.execute("INSERT INTO written VALUES ($1)", turn)
        assert await connection.fetchval("SELECT sum(turn) FROM written") == turn
    finally:
        await connection.close()


def test_both_kinds_are_offered(database_url):
    """A test that asks for a database runs on SQLite and on Postgres."""
    assert database_url.split(":")[0] in {"sqlite", "postgresql"}
