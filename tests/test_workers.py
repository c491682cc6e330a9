"""What runs for ever goes on through a bad moment of the store."""

import asyncio
from types import SimpleNamespace
from typing import Any

from bot import workers
from bot.flows.context import Followed
from bot.store.replicas import Alive, LeaseLost
from bot.store.trouble import StoreFault, StoreTrouble


class Store:
    """Adopts once, fails twice at giving what was adopted, then the lease is lost."""

    lease = 0.03

    def __init__(self) -> None:
        self.beats: list[Any] = [Alive(adopted=1), LeaseLost()]
        self.asked = 0

    async def beat(self) -> Any:
        return self.beats.pop(0)

    async def adopted(self) -> tuple[()]:
        self.asked += 1
        if self.asked < 3:
            raise StoreTrouble(StoreFault.LOCKED, "busy")
        return ()

    async def due(self, *_: object) -> tuple[()]:
        return ()

    async def unanswered(self) -> tuple[()]:
        return ()


async def test_rows_that_were_taken_over_are_taken_up_however_long_it_takes() -> None:
    """The store fails right after the adoption: the bot tries again, and lives."""
    store = Store()

    async def sleep(_: float) -> None:
        await asyncio.sleep(0)

    ctx: Any = SimpleNamespace(store=store, clock=SimpleNamespace(sleep=sleep), followed=Followed())
    await workers._beat_until_lost(ctx, store)  # type: ignore[arg-type]
    assert store.asked == 3
    assert store.beats == []
