"""Stores to test, on either kind of database."""

import pytest

from tests.store.world import world_at


@pytest.fixture
async def world(database_url):
    """Either kind of database, its clock steered."""
    async with world_at(database_url) as made:
        yield made


@pytest.fixture
async def postgres_world(postgres_url):
    """A Postgres, where several replicas can be."""
    async with world_at(postgres_url) as made:
        yield made


@pytest.fixture
async def store(world):
    """One replica on either kind of database."""
    return await world.replica()
