"""Who is alive: one lease row per replica, and the adoption of what the dead leave behind.

Only the database's clock decides. A replica that finds its own lease run out (it was frozen, or
the database was away) may have been robbed of its rows: it cancels its work and comes back under a
new id. No write can slip through before it notices, because every write names its owner.

A SQLite file has one process at a time, held by the lock file: it needs no lease, and at its start
everything there is its own.
"""

import secrets
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.attempt import State
from bot.store import clicks, outbox, schema
from bot.store.database import Database
from bot.store.part import Part, Replica

ADOPT_AT_ONCE = 500
_FORGET_AFTER = 3_600_000
_CLOCK_SLACK = 60_000


@dataclass(frozen=True, slots=True)
class Alive:
    """The lease is renewed, and so many orphans were taken over."""

    adopted: int = 0


@dataclass(frozen=True, slots=True)
class LeaseLost:
    """Others may have our rows: cancel all work, then ``rejoin``."""


Beat = Alive | LeaseLost


class Replicas(Part):
    """Our place among the replicas."""

    def __init__(self, database: Database, replica: Replica, *, lease: float) -> None:
        super().__init__(database, replica)
        self.lease = lease

    @property
    def eldest(self) -> bool:
        """Whether we do what one should do for all, as of the last beat.

        Two may think so for the length of a beat, so it saves work and guards nothing.
        """
        return self._me.eldest

    async def beat(self) -> Beat:
        """Renew the lease and adopt; to be called every third of ``lease``, from one task only."""
        if self._db.on_sqlite:
            return Alive()
        async with self._db.write() as connection:
            if not await self._renew(connection):
                return LeaseLost()
            return Alive(await self._look_around(connection))

    async def rejoin(self) -> None:
        """Enter under an id that was never used before, and adopt what is there to adopt."""
        await self._db.quiet()  # what was begun under the old id ends under it, and is fenced
        replica_id = secrets.token_hex(8)
        row = {"id": replica_id, "since": self._db.now, "lease": self._lease_end()}
        self._me.id = replica_id
        self._me.orphans.clear()
        async with self._db.write() as connection:
            if self._db.on_sqlite:
                await connection.execute(delete(schema.replica))
            await connection.execute(insert(schema.replica).values(row))
            await self._look_around(connection)

    async def leave(self) -> None:
        """Go in order: the others need not wait until the lease has run out."""
        async with self._db.write() as connection:
            mine = schema.replica.c.id == self._me.id
            await connection.execute(delete(schema.replica).where(mine))

    async def _renew(self, connection: AsyncConnection) -> bool:
        table = schema.replica
        renewal = (
            update(table)
            .where(table.c.id == self._me.id, table.c.lease > self._db.now)
            .values(lease=self._lease_end())
        )
        return (await connection.execute(renewal)).rowcount == 1

    def _lease_end(self) -> ColumnElement[int]:
        return self._db.now + round(self.lease * 1000)

    async def _look_around(self, connection: AsyncConnection) -> int:
        """See in one question whether there is anything to adopt, and adopt it."""
        table, now = schema.replica, self._db.now
        # A lease far ahead was written before the clock was set back: its owner would have renewed.
        far = now + round(self.lease * 1000) + _CLOCK_SLACK
        alive = select(table.c.id).where(table.c.lease > now, table.c.lease <= far)
        attempts = and_(schema.attempt.c.live == 1, schema.attempt.c.owner.not_in(alive))
        sending = and_(outbox.in_flight(), schema.outbox.c.owner.not_in(alive))
        asking = and_(clicks.waiting(now), schema.click.c.owner.not_in(alive))
        question = select(
            alive.order_by(table.c.since, table.c.id).limit(1).scalar_subquery().label("eldest"),
            exists().where(attempts).label("attempts"),
            exists().where(sending).label("sending"),
            exists().where(asking).label("asking"),
        )
        seen = (await connection.execute(question)).one()
        self._me.eldest = seen.eldest in {None, self._me.id}
        adopted = 0
        if seen.attempts:
            adopted += await self._adopt_attempts(connection, attempts)
        if seen.sending:
            adopted += await outbox.adopt(connection, sending, now, ADOPT_AT_ONCE)
            self._woken.set()
        if seen.asking:
            taken = await clicks.adopt(connection, asking, self._me.id, ADOPT_AT_ONCE)
            self._me.orphaned_clicks |= taken > 0
            adopted += taken
        return adopted

    async def _adopt_attempts(
        self, connection: AsyncConnection, orphaned: ColumnElement[bool]
    ) -> int:
        table = schema.attempt
        some = (
            select(table.c.id, table.c.state)
            .where(orphaned)
            .order_by(table.c.next_look)
            .limit(None if self._db.on_sqlite else ADOPT_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        found = (await connection.execute(some)).all()
        if found:
            chosen = table.c.id.in_([row.id for row in found])
            await connection.execute(update(table).where(chosen).values(owner=self._me.id))
        self._me.orphans |= {row.id for row in found if row.state in {State.CLAIMED, State.CALLING}}
        return len(found)


async def forget_the_dead(db: Database, connection: AsyncConnection) -> None:
    """Delete the rows of replicas that have been gone for an hour."""
    table = schema.replica
    gone = table.c.lease < db.now - _FORGET_AFTER
    await connection.execute(delete(table).where(gone))
