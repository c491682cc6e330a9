"""A clock that skips what would be waited for."""

import asyncio
import time


class SkippingClock:
    """Real time plus all that was slept; a sleep takes no time at all."""

    def __init__(self) -> None:
        self.skipped = 0.0
        self.slept: list[float] = []

    def now(self) -> int:
        return int((time.time() + self.skipped) * 1000)

    def monotonic(self) -> float:
        return time.monotonic() + self.skipped

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.skipped += seconds
        await asyncio.sleep(0)


class StillClock(SkippingClock):
    """A clock that moves only when somebody sleeps or says so."""

    def __init__(self) -> None:
        super().__init__()
        self.skipped = 1_000.0

    def monotonic(self) -> float:
        return self.skipped
