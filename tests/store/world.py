"""A database with a clock that jumps when told, and several replicas on it."""

import asyncio
import contextlib
import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg

from bot.store.open import open_store


class SteeredClock:
    """The machine's clock, moved on by a test; waiting is real, and short."""

    def __init__(self) -> None:
        self.shift = 0

    def now(self) -> int:
        return time.time_ns() // 1_000_000 + self.shift

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class World:
    """A database and as many replicas on it as a test opens; ``later`` moves its own clock."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.clock = SteeredClock()
        self.on_sqlite = url.startswith("sqlite")
        self.open = contextlib.AsyncExitStack()

    async def replica(self):
        return await self.open.enter_async_context(open_store(self.url, clock=self.clock))

    async def heir(self):
        """Give the replica that comes after all others vanished without a word."""
        if self.on_sqlite:  # open what a kill -9 would leave on the disk
            path = Path(self.url.removeprefix("sqlite:///"))
            copy = path.with_name(f"after-{path.name}")
            for suffix in ("", "-wal"):
                shutil.copy(f"{path}{suffix}", f"{copy}{suffix}")
            self.url = f"sqlite:///{copy}"
        else:
            await self.later(3600)
        return await self.replica()

    async def later(self, seconds: float) -> None:
        """Let *seconds* pass by the database's clock (which may go backwards, too)."""
        self.clock.shift += round(seconds * 1000)
        if not self.on_sqlite:
            await self.ask("UPDATE test.shift SET ms = ms + $1", seconds * 1000)

    async def ask(self, sql: str, *values: object) -> list[tuple]:
        """Ask Postgres directly, as a bystander."""
        connection = await asyncpg.connect(self.url)
        try:
            return [tuple(row) for row in await connection.fetch(sql, *values)]
        finally:
            await connection.close()

    async def steer(self) -> None:
        """Put a clock that can be moved in front of Postgres's own."""
        database = self.url.rpartition("/")[2]
        for sql in (
            "CREATE SCHEMA test",
            "CREATE TABLE test.shift (ms float)",
            "INSERT INTO test.shift VALUES (0)",
            """CREATE FUNCTION test.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
            'SELECT pg_catalog.clock_timestamp() + ms * interval ''1 ms'' FROM test.shift'""",
            f"ALTER DATABASE {database} SET search_path = public, test, pg_catalog",
        ):
            await self.ask(sql)


@contextlib.asynccontextmanager
async def world_at(url: str) -> AsyncIterator[World]:
    made = World(url)
    if not made.on_sqlite:
        await made.steer()
    async with made.open:
        yield made
