"""Callers who want the same thing at the same time share one request.

Nothing is remembered: a request that was sent before somebody asked never answers them, because
what it read may be older than their question (ruling 9 caches no answer about permission). Who
comes while one is under way waits for the next, together with all others who do. So a crowd of any
size costs two requests, not one for each.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Together(Generic[T]):
    """Sends requests of one kind, each told by its key."""

    def __init__(self) -> None:
        self._under_way: dict[str, asyncio.Task[T]] = {}
        self._next: dict[str, asyncio.Task[T]] = {}

    async def ask(self, key: str, request: Callable[[], Awaitable[T]]) -> T:
        """Give what *request* gives, or what somebody else's does that is sent from now on."""
        sent_later = self._next.get(key)
        if sent_later is None:
            sent_later = asyncio.create_task(self._send(key, request))
            self._next[key] = sent_later
        return await asyncio.shield(sent_later)  # one who leaves takes nobody's answer away

    async def _send(self, key: str, request: Callable[[], Awaitable[T]]) -> T:
        if before := self._under_way.get(key):
            await asyncio.wait({before})
        me = self._next.pop(key)
        self._under_way[key] = me
        try:
            return await request()
        finally:
            if self._under_way.get(key) is me:
                del self._under_way[key]

    async def close(self) -> None:
        """End what is still under way: nobody waits for it any more."""
        tasks = {*self._under_way.values(), *self._next.values()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
