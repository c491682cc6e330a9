"""The bot's own share of the quota (facts 1.5, ruling 24)."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import HarnessTrouble, Trouble
from bot.harness.budget import Budget, MemoryWindow
from tests.harness.clocks import SteppedClock, StillClock

MINUTE = 60.0


@given(st.lists(st.tuples(st.floats(0, 20), st.booleans()), max_size=120), st.integers(1, 30))
def test_never_more_than_the_limit_in_any_minute(steps, limit):
    """However requests come, people's and the background's, any 60 seconds hold the limit."""
    clock = StillClock()
    taken: list[float] = []

    async def all_of_them() -> None:
        budget = Budget(MemoryWindow(clock), clock, name="graphql", limit=limit)
        for pause, person in steps:
            clock.skipped += pause
            await budget.take(clock.monotonic() + 1000 if person else None)
            taken.append(clock.monotonic())

    asyncio.run(all_of_them())
    for at in taken:
        assert sum(at - MINUTE <= other <= at for other in taken) <= limit


async def test_five_places_are_left_to_people():
    """A background that asks without end leaves five places of each minute (ruling 24)."""
    clock = StillClock()
    budget = Budget(MemoryWindow(clock), clock, name="graphql", limit=20)
    begun = clock.monotonic()
    for _ in range(15):
        await budget.take(None)
    assert clock.monotonic() == begun
    for _ in range(5):
        await budget.take(begun + 8)
    assert clock.monotonic() == begun
    await budget.take(None)
    assert clock.monotonic() > begun + MINUTE


async def test_a_small_limit_leaves_the_background_one_place():
    """Even with a limit of five the background is not starved."""
    clock = StillClock()
    budget = Budget(MemoryWindow(clock), clock, name="graphql", limit=5)
    begun = clock.monotonic()
    await budget.take(None)
    assert clock.monotonic() == begun


async def test_a_person_is_told_at_once_when_the_budget_cannot_help():
    """Nobody waits for a place that comes too late (ruling 8)."""
    clock = StillClock()
    budget = Budget(MemoryWindow(clock), clock, name="graphql", limit=1)
    begun = clock.monotonic()
    await budget.take(begun + 8)
    with pytest.raises(HarnessTrouble) as told:
        await budget.take(begun + 8)
    assert told.value.kind is Trouble.OWN_BUDGET
    assert clock.monotonic() == begun


async def test_a_person_waits_when_a_place_comes_in_time():
    """A place that is free before the person's time ends is waited for."""
    clock = StillClock()
    budget = Budget(MemoryWindow(clock), clock, name="graphql", limit=1)
    await budget.take(clock.monotonic() + 8)
    clock.skipped += 59
    before = clock.monotonic()
    await budget.take(before + 8)
    assert before < clock.monotonic() < before + 8


async def test_zero_is_no_limit():
    """A self-managed Harness has no limit (facts 1.5)."""
    clock = StillClock()
    budget = Budget(MemoryWindow(clock), clock, name="graphql", limit=0)
    for _ in range(1000):
        await budget.take(None)
    assert clock.slept == []


async def test_clicks_overtake_polls():
    """While a person waits for the only place, the background does not take it."""
    clock = SteppedClock()
    budget = Budget(MemoryWindow(clock), clock, name="graphql", limit=1)
    await budget.take(None)
    await clock.advance(58)
    served: list[str] = []

    async def take(name: str, until: float | None) -> None:
        await budget.take(until)
        served.append(name)

    polling = asyncio.create_task(take("poll", None))
    clicking = asyncio.create_task(take("click", clock.monotonic() + 8))
    await clock.advance(0)
    await clock.advance(5)
    assert served == ["click"]
    await clicking
    for _ in range(3):
        await clock.advance(62)
    await polling
    assert served == ["click", "poll"]


async def test_windows_are_counted_apart():
    """REST has a window of its own (ruling 9)."""
    clock = StillClock()
    window = MemoryWindow(clock)
    for name in ("graphql", "rest"):
        assert await window.take_request(name, 1) == 0.0
        assert await window.take_request(name, 1) > 0.0


class ForgetfulWindow:
    """A shared window whose clock was set: it thinks that every place is free, or none."""

    def __init__(self, wait: float) -> None:
        self.wait = wait

    async def take_request(self, window: str, limit: int) -> float:
        return self.wait


async def test_a_shared_window_that_forgets_is_backed_by_memory():
    """Also when the database's clock jumps, this process keeps the limit (ruling 24)."""
    clock = StillClock()
    window = MemoryWindow(clock, ForgetfulWindow(0.0))
    assert [await window.take_request("graphql", 2) > 0 for _ in range(3)] == [False, False, True]


async def test_a_place_that_the_shared_window_refuses_is_not_lost():
    """What other replicas took does not use up our own count."""
    clock = StillClock()
    shared = ForgetfulWindow(3.0)
    window = MemoryWindow(clock, shared)
    assert [await window.take_request("graphql", 1) for _ in range(3)] == [3.0] * 3
    shared.wait = 0.0
    assert await window.take_request("graphql", 1) == 0.0
