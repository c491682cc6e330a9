"""The bot's own share of Harness's quota: so many requests in any minute, people first.

Harness counts per account, for all clients together (facts 1.5), so the bot keeps its own count. It
is kept in a ``Window`` that the store can hold across restarts and replicas. Five places of each
minute are left to people; and while a person waits for one, nothing in the background takes any.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from bot.core.errors import HarnessTrouble, Trouble
from bot.ports import Clock

SPAN = 62.0
"""A minute, and two seconds for requests that take longer on the way than a later one."""

FOR_PEOPLE = 5
_LOOK_AGAIN = 0.2
_SOON = 0.001
"""Never 0.0, which means that a place was taken, however the fractions fall."""


class Window(Protocol):
    """Counts requests over the last minute; every replica of the bot shares it."""

    async def take_request(self, window: str, limit: int) -> float:
        """Take a place in *window*: 0.0, or the seconds until one is free of *limit*."""
        ...


class MemoryWindow:
    """A window that is forgotten when the process ends, alone or in front of a shared one.

    In front of a *shared* window it holds the limit for this process also when the clock of the
    shared one is set, because it counts by a clock that only grows.
    """

    def __init__(self, clock: Clock, shared: Window | None = None) -> None:
        self._clock = clock
        self._shared = shared
        self._taken: dict[str, deque[float]] = {}

    async def take_request(self, window: str, limit: int) -> float:
        """Take a place in *window*: 0.0, or the seconds until one is free of *limit*."""
        now = self._clock.monotonic()
        taken = self._taken.setdefault(window, deque())
        while taken and taken[0] <= now - SPAN:
            taken.popleft()
        if len(taken) >= limit:
            return max(taken[len(taken) - limit] + SPAN - now, _SOON)
        taken.append(now)
        wait = await self._shared.take_request(window, limit) if self._shared else 0.0
        if wait and now in taken:
            taken.remove(now)
        return wait


class Budget:
    """One window's limit, and who goes first; a *limit* of 0 is none."""

    def __init__(self, window: Window, clock: Clock, *, name: str, limit: int) -> None:
        self._window = window
        self._clock = clock
        self._name = name
        self._limit = limit
        self._people = 0

    async def take(self, until: float | None, *, leave: int = 0) -> None:
        """Wait for a place; a person's wait ends at *until* with ``Trouble.OWN_BUDGET``.

        It ends at once when the window says that no place is free before that. *leave* places of
        each minute stay untouched, for those that ask without it.
        """
        if not self._limit:
            return
        if until is None:
            await self._take_behind_people(max(FOR_PEOPLE, leave))
            return
        share = max(1, self._limit - leave)
        with self._waiting():
            while wait := await self._window.take_request(self._name, share):
                if self._clock.monotonic() + wait >= until:
                    raise HarnessTrouble(Trouble.OWN_BUDGET)
                await self._clock.sleep(wait)

    async def _take_behind_people(self, leave: int) -> None:
        share = max(1, self._limit - leave)
        while True:
            if self._people:
                wait = _LOOK_AGAIN
            elif not (wait := await self._window.take_request(self._name, share)):
                return
            await self._clock.sleep(wait)

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        self._people += 1
        try:
            yield
        finally:
            self._people -= 1
