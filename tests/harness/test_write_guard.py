"""The deadline of the one call, checked where the request is written (ruling 11)."""

import asyncio

import pytest

from bot.core.errors import HarnessTrouble
from bot.harness import documents
from bot.harness.transport import Address, open_wire
from bot.harness.write_guard import WriteGuard
from tests.harness.clocks import StillClock
from tests.harness.servers import listening, serving
from tests.harness.test_transport import answering

RESUME = documents.resume("app", "run", "STAGE 1")


class WakingClock(StillClock):
    """A clock that jumps past the deadline at the very last look."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0

    def monotonic(self) -> float:
        self.looks += 1
        return 2_000.0


async def test_past_the_deadline_not_a_byte_leaves():
    """A process that wakes up late connects, and sends nothing: no body, no headers."""
    async with listening() as ear:
        async with open_wire(Address(ear.url, "acc", "key")) as wire:
            clock = WakingClock()
            guard = WriteGuard(clock, 1_500.0)
            with pytest.raises(HarnessTrouble):
                await wire.post(RESUME, seconds=5, guard=guard)
        await asyncio.wait_for(ear.closed.wait(), 5)
        assert ear.connected.is_set()
        assert ear.heard == b""
    assert clock.looks == 1
    assert not guard.reached


async def test_before_the_deadline_all_of_it_leaves_at_once():
    """In time, headers and body go out, and from then on the call may have been made."""
    async with listening() as ear, open_wire(Address(ear.url, "acc", "key")) as wire:
        guard = WriteGuard(StillClock(), 1_500.0)
        with pytest.raises(HarnessTrouble):
            await wire.post(RESUME, seconds=0.3, guard=guard)
        assert b"POST /api/graphql?accountId=acc" in ear.heard
        assert b"x-api-key: key" in ear.heard
        assert ear.heard.endswith(b"}}}")
    assert guard.reached


async def test_a_connection_kept_alive_is_guarded_too():
    """A pooled connection is written to without any set-up; the guard is in the write itself."""
    seen: list[bytes] = []

    async def handler(request):
        seen.append(await request.read())
        return answering('{"data":{}}')

    async with serving(handler) as url, open_wire(Address(url, "acc", "key")) as wire:
        await wire.post(documents.hello(), seconds=5)
        with pytest.raises(HarnessTrouble):
            await wire.post(RESUME, seconds=5, guard=WriteGuard(StillClock(), 999.0))
        await wire.post(documents.hello(), seconds=5)
    assert len(seen) == 2


async def test_the_guarded_body_is_the_same_request():
    """What the server reads is what an unguarded request says."""
    seen = []

    async def handler(request):
        seen.append((await request.read(), request.headers["Content-Type"]))
        return answering('{"data":{}}')

    async with serving(handler) as url, open_wire(Address(url, "acc", "key")) as wire:
        await wire.post(RESUME, seconds=5)
        await wire.post(RESUME, seconds=5, guard=WriteGuard(StillClock(), 1_500.0))
    assert seen[0] == seen[1]
