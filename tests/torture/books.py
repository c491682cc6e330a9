"""What the bot wrote into its database, read beside it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import asyncpg

LIVE = ("claimed", "calling", "unknown", "running")


class Books:
    """The database of either kind, for questions in plain SQL."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Give the rows of a question."""
        if self.url.startswith("sqlite"):
            path = Path(self.url.removeprefix("sqlite:///"))
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as file:
                return file.execute(sql).fetchall()
        connection = await asyncpg.connect(self.url)
        try:
            return [tuple(row) for row in await connection.fetch(sql)]
        finally:
            await connection.close()

    async def at_rest(self) -> bool:
        """Whether every click had its answer, no attempt is live, and all is said."""
        states = ", ".join(f"'{state}'" for state in LIVE)
        ((waiting,),) = await self.ask(
            "SELECT (SELECT count(*) FROM click WHERE state IN ('received', 'orphaned'))"
            f" + (SELECT count(*) FROM attempt WHERE state IN ({states}))"
            " + (SELECT count(*) FROM outbox WHERE open = 1)"
        )
        return waiting == 0
