"""When runs are looked at: in rounds, so that all who are due share one request.

Runs start whenever people press. If each were looked at an interval after its own last look, their
looks would spread over the interval and ask once each. So looks fall on whole multiples of the
interval, for every run alike; and a longer interval is a multiple of the shorter one.
"""

import asyncio
from collections.abc import Sequence

from bot.flows.context import Context

HOUR_MS = 3_600_000

Ages = Sequence[tuple[int, int]]
"""From which age on (milliseconds, the oldest first) looks are how many times rarer (ruling 17)."""


def rarer(age: int, ages: Ages) -> int:
    """Say how many times rarer something of that age is looked at."""
    return next((factor for older, factor in ages if age >= older), 1)


def next_round(ctx: Context, now: int, factor: int = 1) -> int:
    """Give the time of the next round, epoch milliseconds: always after *now*."""
    every = max(1, int(ctx.poll_seconds * 1000)) * factor
    return (now // every + 1) * every


async def rung(ctx: Context, bell: asyncio.Event, seconds: float) -> None:
    """Wait until *bell* rings, at most so long."""
    ring = asyncio.ensure_future(bell.wait())
    wait = asyncio.ensure_future(ctx.clock.sleep(seconds))
    try:
        await asyncio.wait({ring, wait}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        ring.cancel()
        wait.cancel()
