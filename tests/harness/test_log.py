"""One line a request, and never a secret in it (issue 3)."""

import pytest

from bot.core.errors import HarnessTrouble
from bot.demo.harness import Fault, PretendHarness
from bot.harness import documents
from tests.harness.conftest import reaching
from tests.harness.shop import open_shop


async def test_each_request_is_one_line(log, clock):
    """What was asked, for whom, how it went and how long it took."""
    harness = PretendHarness(quota=0)
    shop = open_shop(harness)
    run = harness.world.start(shop.release, by=harness.bot_key, ago=600)
    harness.faults.arm(Fault.MANAGER_429, on="execution")
    async with reaching(harness, clock) as firstgen:
        await firstgen.examine(shop.ref(run), until=clock.monotonic() + 8)
    lines = [(e["what"], e["priority"], e.get("status"), e.get("trouble")) for e in log.entries]
    assert lines == [
        ("examine", "person", 429, "rate limited"),
        ("examine", "person", 200, None),
        ("executions", "person", 200, None),
    ]
    assert all(isinstance(entry["ms"], int) for entry in log.entries)


async def test_no_line_holds_a_secret_or_a_payload(log, clock):
    """Neither the key nor an address nor a document is ever logged."""
    harness = PretendHarness(quota=0)
    shop = open_shop(harness)
    run = harness.world.start(shop.release, by=harness.bot_key, ago=600)
    for fault in (Fault.BAD_KEY, Fault.NOT_JSON, Fault.TRUNCATED, Fault.GENERIC_ERROR):
        harness.faults.arm(fault, on="execution")
    async with reaching(harness, clock) as firstgen:
        for _ in range(4):
            until = clock.monotonic() + 0.2
            with pytest.raises(HarnessTrouble) as told:
                await firstgen.read_for_click(shop.ref(run), "dana@example.com", until=until)
            assert harness.key not in f"{told.value!r} {told.value.__cause__!r}"
    written = repr(log.entries)
    for secret in (harness.key, "dana@example.com", documents.click("a", "b").text[:30]):
        assert secret not in written
    assert log.entries
