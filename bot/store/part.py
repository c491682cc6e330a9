"""What the parts of the store share: the database, and who this replica is."""

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from bot.store.database import Database


@dataclass(slots=True)
class Replica:
    """A process, as others see it, and what only it can know of itself."""

    id: str
    """New at each boot and after each lost lease: an id that was given up never comes back."""
    orphans: set[str] = field(default_factory=set)
    """Attempts taken over in the middle of a claim or call: never what we claimed ourselves."""
    orphaned_clicks: bool = False
    eldest: bool = True
    """Whether what one replica does for all of them is this one's to do."""


INTERRUPTIBLE = frozenset({"wait_for_work"})
"""Verbs that wait rather than work."""


class Part:
    """A group of the store's verbs, on the tables that they are about.

    Every verb is brought to its end, also when its caller is cancelled in the middle: a driver that
    is interrupted within a statement loses its connection, and with it whether the write was made.
    """

    def __init_subclass__(cls) -> None:
        for name, verb in list(vars(cls).items()):
            public = not name.startswith("_") and name not in INTERRUPTIBLE
            if public and inspect.iscoroutinefunction(verb):
                setattr(cls, name, _brought_to_its_end(verb))

    def __init__(self, database: Database, replica: Replica) -> None:
        self._db = database
        self._me = replica
        self._woken = asyncio.Event()


def _brought_to_its_end(verb: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(verb)
    async def whole(self: Part, *arguments: Any, **named: Any) -> Any:
        return await self._db.to_its_end(verb(self, *arguments, **named))

    return whole
