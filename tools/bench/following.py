"""What following costs: requests a poll, requests a minute, staleness, processor time, memory."""

import asyncio
import statistics
import tempfile
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

from bot.demo.harness import PretendHarness
from tests.torture.arena import opened
from tests.torture.processes import replicas
from tools.bench import crowd
from tools.bench.measured import Measured
from tools.bench.table import Row

MINUTE = 60.0


async def requests_for_100(_: float) -> list[Row]:
    """Count the GraphQL requests of looking at 100 runs once."""
    async with _following(100, poll_seconds=5, quota="0") as (harness, _process):
        await asyncio.sleep(11)
        # The first look comes at the start, wherever that is between two rounds.
        polls = [r for r in harness.requests if crowd.is_poll(r)][1:]
        rounds = round((polls[-1].at - polls[0].at) / 5) + 1
        return [Row("Harness requests per poll of 100 runs", "1", f"{len(polls) / rounds:.2f}")]


async def thousand_in_thirty(seconds: float) -> list[Row]:
    """Follow 1,000 runs inside 30 requests a minute, and tell how old the news get."""
    async with _following(1_000, poll_seconds=20, quota="30") as (harness, _process):
        await asyncio.sleep(seconds)
        asked = [r for r in harness.requests if r.path.endswith("graphql")]
        most = max(
            sum(1 for other in asked if one.at <= other.at < one.at + MINUTE) for one in asked
        )
        ages = _ages(harness)
        return [
            Row("1,000 runs: most requests in any minute", "≤ 30", str(most)),
            Row("1,000 runs: a run's age at its next look, median", "-", f"{_median(ages):.0f} s"),
            Row("1,000 runs: the same, worst", "-", f"{max(ages, default=0):.0f} s"),
        ]


async def two_thousand(seconds: float, *, poll_seconds: int) -> list[Row]:
    """Take the processor time and memory of following 2,000 runs without a quota."""
    async with _following(2_000, poll_seconds=poll_seconds, quota="0") as (harness, process):
        await asyncio.sleep(poll_seconds + 5)
        before, at = process.seconds, asyncio.get_running_loop().time()
        polls = len(harness.requests)
        await asyncio.sleep(seconds)
        spent = process.seconds - before
        passed = asyncio.get_running_loop().time() - at
        name = f"2,000 runs every {poll_seconds} s"
        made = (len(harness.requests) - polls) / passed * MINUTE
        return [
            Row(f"{name}: processor", "5 % of a core", f"{100 * spent / passed:.1f} %"),
            Row(f"{name}: memory", "90 MB", f"{process.megabytes:.0f} MB"),
            Row(f"{name}: requests a minute", "-", f"{made:.0f}"),
        ]


class _following:  # noqa: N801 -- reads as a verb where it is used
    def __init__(self, count: int, *, poll_seconds: float, quota: str) -> None:
        self._how = (count, poll_seconds, quota)

    async def __aenter__(self) -> tuple[PretendHarness, Measured]:
        count, poll_seconds, quota = self._how
        self._folder = tempfile.TemporaryDirectory(prefix="bench-")
        folder = Path(self._folder.name)
        self._world = opened(folder, f"sqlite:///{folder / 'bot.db'}", poll_seconds=poll_seconds)
        arena = await self._world.__aenter__()
        arena.environment["HARNESS_REQUESTS_PER_MINUTE"] = quota
        arena.pace = None
        runs = crowd.busy_runs(arena, count)
        await crowd.follow(arena, arena.environment["HARNESS_URL"], runs)
        one = arena.replica("one")
        self._replicas = replicas(one)
        await self._replicas.__aenter__()
        await crowd.settled(arena.harness, -(-count // 100), 120)
        return arena.harness, Measured(one.pid)

    async def __aexit__(self, *raised: object) -> None:
        await self._replicas.__aexit__(None, None, None)
        await self._world.__aexit__(None, None, None)
        self._folder.cleanup()


def _ages(harness: PretendHarness) -> list[float]:
    looks: dict[str, list[float]] = defaultdict(list)
    for request in harness.requests:
        if crowd.is_poll(request):
            for run in request.variables.values():
                looks[str(run)].append(request.at)
    return [b - a for at in looks.values() for a, b in pairwise(at)]


def _median(ages: list[float]) -> float:
    return statistics.median(ages) if ages else 0.0
