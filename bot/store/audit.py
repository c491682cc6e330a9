"""The audit trail on the database: appended one at a time, never changed."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core import audit as chain
from bot.core.audit import AuditRecord
from bot.ports import Record
from bot.store import schema
from bot.store.database import Database
from bot.store.part import Part

_PAGE = 500


class Trail(Part):
    """The record of who did what."""

    async def record(self, what: str, facts: Mapping[str, object]) -> None:
        async with self._db.write() as connection:
            await append(self._db, connection, Record(what, facts))

    async def trail(self, since: int = 0) -> AsyncIterator[AuditRecord]:
        """Read the records made at or after *since* (epoch ms), oldest first."""
        async for record in read(self._db, since):
            yield record


async def append(db: Database, connection: AsyncConnection, record: Record | None) -> None:
    """Append within the caller's transaction, last of all: the next one waits until it ends."""
    if record is None:
        return
    table = schema.audit
    await db.in_turn(connection, "audit")
    newest = select(table).order_by(table.c.seq.desc()).limit(1)
    last = (await connection.execute(newest)).one_or_none()
    before = _record(last) if last else None
    link = chain.append(before, at=db.clock.now(), what=record.what, facts=record.facts)
    await connection.execute(
        insert(table).values(
            seq=link.seq,
            at=link.at,
            what=link.what,
            facts=chain.canonical(link.facts),
            prev=link.prev,
            hash=link.hash,
        )
    )


async def read(db: Database, since: int = 0) -> AsyncIterator[AuditRecord]:
    """Read page by page, so that a long trail neither fills memory nor holds up the writers."""
    table, after = schema.audit, 0
    page = select(table).where(table.c.at >= since).order_by(table.c.seq).limit(_PAGE)
    while True:
        async with db.read() as connection:
            rows = (await connection.execute(page.where(table.c.seq > after))).all()
        for row in rows:
            yield _record(row)
        if len(rows) < _PAGE:
            return
        after = rows[-1].seq


def _record(row: Row[Any]) -> AuditRecord:
    return AuditRecord(row.seq, row.at, row.what, chain.parse(row.facts), row.prev, row.hash)
