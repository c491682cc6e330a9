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


class SteppedClock(StillClock):
    """A clock whose sleepers wake when it is moved, in the order in which they lay down."""

    def __init__(self) -> None:
        super().__init__()
        self._sleepers: list[tuple[float, asyncio.Event]] = []

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        self._sleepers.append((self.skipped + seconds, woken))
        await woken.wait()

    async def advance(self, seconds: float) -> None:
        """Move on, and let everybody who wakes go as far as they can."""
        self.skipped += seconds
        due = [sleeper for sleeper in self._sleepers if sleeper[0] <= self.skipped]
        self._sleepers = [sleeper for sleeper in self._sleepers if sleeper not in due]
        for _, woken in due:
            woken.set()
        for _ in range(20):
            await asyncio.sleep(0)
