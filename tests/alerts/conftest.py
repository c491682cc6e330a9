"""The world of the alert tests: a shop, the bot, and short waits."""

from collections.abc import AsyncIterator

import pytest

from tests.e2e.world import World, opened


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with opened(sqlite_url) as world:
        yield world
