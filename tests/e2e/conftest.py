"""The worlds that end-to-end tests start in: one of their own, or one that a file shares."""

import itertools
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.e2e.world import World, opened

_numbers = itertools.count(1)


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    """The pretenders over sockets, and a SQLite file for the bot."""
    async with opened(sqlite_url) as world:
        yield world


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One world with one running bot for all tests of a file."""
    folder = tmp_path_factory.mktemp("store")
    async with opened(f"sqlite:///{folder / 'resume-bot.db'}") as world, world.bot():
        yield world


@pytest.fixture
def shop(shared_world: World) -> Iterator[World]:
    """The shared world, with a channel that no other test uses."""
    people = [shared_world.dana, shared_world.eve, shared_world.nobody, shared_world.guest]
    shared_world.ops = shared_world.slack.channel(f"deploys-{next(_numbers)}", members=people)
    yield shared_world
    shared_world.harness.faults.disarm()
    shared_world.harness.faults.release()
    shared_world.slack.faults.disarm()
