"""What the parts of the store share: the database, and who this replica is."""

import asyncio
from dataclasses import dataclass, field

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


class Part:
    """A group of the store's verbs, on the tables that they are about."""

    def __init__(self, database: Database, replica: Replica) -> None:
        self._db = database
        self._me = replica
        self._woken = asyncio.Event()
