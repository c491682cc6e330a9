"""A pretend Harness, and the adapter that reaches it over a socket."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
import structlog
from structlog.testing import LogCapture

from bot.demo.harness import PretendHarness
from bot.harness.budget import MemoryWindow
from bot.harness.firstgen import FirstGen, open_firstgen
from bot.harness.transport import Address
from tests.harness.clocks import SkippingClock


@pytest.fixture
def clock() -> SkippingClock:
    return SkippingClock()


@pytest.fixture
def log() -> Iterator[LogCapture]:
    capture = LogCapture()
    before = structlog.get_config()
    structlog.configure(processors=[capture])
    yield capture
    structlog.configure(**before)


@asynccontextmanager
async def reaching(
    harness: PretendHarness, clock: SkippingClock, *, limit: int = 0, key: str = ""
) -> AsyncIterator[FirstGen]:
    """Serve *harness* and open the adapter on it."""
    async with harness.serving() as url:
        address = Address(url, harness.account, key or harness.key)
        async with open_firstgen(
            address, clock=clock, window=MemoryWindow(clock), requests_per_minute=limit
        ) as firstgen:
            yield firstgen
            harness.faults.release()


@pytest.fixture
def harness() -> PretendHarness:
    return PretendHarness(quota=0)


@pytest.fixture
async def firstgen(harness: PretendHarness, clock: SkippingClock) -> AsyncIterator[FirstGen]:
    async with reaching(harness, clock) as opened:
        yield opened
    assert harness.crashes == []
