"""Clicks, written down before Slack is told that they arrived, so that none ends without a word.

``received`` → ``answered``; or, when the process dies in between, ``received`` → ``orphaned`` (a
survivor holds it) → ``told`` (the survivor was given its body, to tell the person). A survivor that
dies at that too leaves it to the next, a few times at most: a body that kills its reader must not
do so for ever.
"""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import schema
from bot.store.part import Part

_TELLING = 60_000  # ms that a survivor may need to tell the person
_TAKEN_AT_MOST = 3


class ClickState(StrEnum):
    """Where a click stands."""

    RECEIVED = "received"
    ORPHANED = "orphaned"
    TOLD = "told"
    ANSWERED = "answered"


class Clicks(Part):
    """Clicks by their transport's ids."""

    async def receive(self, click: str, body: str, now: int) -> bool:
        row = {
            "id": click,
            "body": body,
            "state": ClickState.RECEIVED,
            "received_at": now,
            "owner": self._me.id,
            "taken": 0,
        }
        async with self._db.write() as connection:
            return await self._db.insert_unless_there(connection, schema.click, row)

    async def answered(self, click: str) -> None:
        table = schema.click
        async with self._db.write() as connection:
            await connection.execute(
                update(table).where(table.c.id == click).values(state=ClickState.ANSWERED, body="")
            )

    async def unanswered(self) -> Sequence[str]:
        if not self._me.orphaned_clicks:
            return ()
        table, now = schema.click, self._db.now
        taken = (
            update(table)
            .where(table.c.owner == self._me.id, table.c.state == ClickState.ORPHANED)
            .values(state=ClickState.TOLD, taken=table.c.taken + 1, taken_at=now)
            .returning(table.c.received_at, table.c.body)
        )
        async with self._db.write() as connection:
            rows = (await connection.execute(taken)).all()
        self._me.orphaned_clicks = False
        return [row.body for row in sorted(rows, key=lambda row: row.received_at)]


def waiting(now: ColumnElement[int]) -> ColumnElement[bool]:
    """Say which clicks still need somebody, should their owner be gone."""
    table = schema.click
    return or_(
        table.c.state.in_([ClickState.RECEIVED, ClickState.ORPHANED]),
        and_(
            table.c.state == ClickState.TOLD,
            table.c.taken < _TAKEN_AT_MOST,
            table.c.taken_at > now - _TELLING,
        ),
    )


async def adopt(
    connection: AsyncConnection, orphaned: ColumnElement[bool], owner: str, limit: int
) -> int:
    """Take over up to *limit* clicks; other survivors' choices are passed over."""
    table = schema.click
    some = select(table.c.id).where(orphaned).limit(limit).with_for_update(skip_locked=True)
    ids = (await connection.execute(some)).scalars().all()
    if ids:
        await connection.execute(
            update(table).where(table.c.id.in_(ids)).values(owner=owner, state=ClickState.ORPHANED)
        )
    return len(ids)
