"""The record of everything that happens in the workspace, which waits and watchers hang on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

Json = dict[str, Any]
T = TypeVar("T")


class Changes:
    """An append-only list of JSON-able change records; every append wakes whoever waits."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.records: list[Json] = []
        self._watchers: list[Callable[[Json], None]] = []
        self._woken = asyncio.Event()

    def add(self, kind: str, **facts: object) -> None:
        """Append a change; `kind` is e.g. ``message_posted``, ``call`` or ``ack``."""
        record: Json = {"seq": len(self.records) + 1, "at": self._now(), "kind": kind, **facts}
        self.records.append(record)
        for watcher in list(self._watchers):
            watcher(record)
        self.wake()

    def wake(self) -> None:
        """Let every waiter look at its condition again."""
        woken, self._woken = self._woken, asyncio.Event()
        woken.set()

    def subscribe(self, watcher: Callable[[Json], None]) -> Callable[[], None]:
        """Call `watcher` with each later record; the returned function ends it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    async def follow(self, after: int = 0) -> AsyncIterator[Json]:
        """Yield every record with a `seq` above `after`, then wait for more, for ever."""
        while True:
            woken = self._woken
            while after < len(self.records):
                after += 1
                yield self.records[after - 1]
            if woken is self._woken:
                await woken.wait()

    async def until(self, condition: Callable[[], T], timeout: float) -> T:
        """Return the first truthy answer of `condition`, asked now and after every change.

        Raises TimeoutError after `timeout` real seconds, naming the last few changes.
        """
        try:
            async with asyncio.timeout(timeout):
                while True:
                    woken = self._woken
                    if answer := condition():
                        return answer
                    await woken.wait()
        except TimeoutError:
            if answer := condition():
                return answer
            recent = "; ".join(str(_short(record)) for record in self.records[-6:])
            message = f"not so within {timeout} s; the last changes were: {recent or 'none'}"
            raise TimeoutError(message) from None


def _short(record: Json) -> str:
    facts = {k: v for k, v in record.items() if k not in {"seq", "at", "kind", "message"}}
    return f"{record['kind']} {facts}"[:160]
