"""How much there is of what, for metrics."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from bot.store import schema
from bot.store.part import Part


@dataclass(frozen=True, slots=True)
class Counts:
    """Attempts by state, and rows of the outbox that have not ended by kind."""

    attempts: Mapping[str, int]
    outbox: Mapping[str, int]


class Counting(Part):
    """Numbers over whole tables: for a scrape now and then, not for a story."""

    async def counts(self) -> Counts:
        """Count; what there is none of is not listed."""
        attempt, row = schema.attempt, schema.outbox
        states = select(attempt.c.state, func.count()).group_by(attempt.c.state)
        kinds = select(row.c.kind, func.count()).where(row.c.open == 1).group_by(row.c.kind)
        async with self._db.read() as connection:
            return Counts(
                attempts=dict((await connection.execute(states)).all()),
                outbox=dict((await connection.execute(kinds)).all()),
            )
