"""Time, so that tests own it."""

from typing import Protocol


class Clock(Protocol):
    """The wall clock, a clock that only grows, and waiting."""

    def now(self) -> int:
        """Give the wall clock, epoch milliseconds."""
        ...

    def monotonic(self) -> float:
        """Give seconds that only ever grow, also while the machine sleeps."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...
