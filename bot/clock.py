"""The real time."""

import asyncio
import time


class SystemClock:
    """The ``Clock`` port over the system's clocks."""

    def now(self) -> int:
        """Give the wall clock, epoch milliseconds."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """Give seconds that only grow and that count on while the machine is suspended."""
        boottime = getattr(time, "CLOCK_BOOTTIME", None)  # Linux; elsewhere suspension stops it
        return time.monotonic() if boottime is None else time.clock_gettime(boottime)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
