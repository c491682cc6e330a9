"""The world that every end-to-end test starts in."""

from collections.abc import AsyncIterator

import pytest

from tests.e2e.world import World, opened


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    """The pretenders over sockets, and a SQLite file for the bot."""
    async with opened(sqlite_url) as world:
        yield world
