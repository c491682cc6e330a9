"""Forgetting what nobody will ask for again, a little at a time."""

from typing import Final

from sqlalchemy import ColumnElement, Table, and_, delete, select

from bot.store import replicas, schema
from bot.store.clicks import ClickState
from bot.store.part import Part
from bot.store.windows import WINDOW

_DAY: Final = 86_400_000
_AT_ONCE = 500


class Pruning(Part):
    """Cards, attempts and the audit trail stay; what only served their making goes."""

    async def prune(self) -> int:
        """Delete at most a few hundred rows of each kind; give how many, to know when to go on.

        Outbox rows lose their text when they end and are kept 30 days for their keys: longer than a
        run is followed, so that nothing can be said a second time.
        """
        now = self._db.now
        box, click, seen, place = (
            schema.outbox,
            schema.click,
            schema.seen,
            schema.taken_request,
        )
        told = click.c.state.in_([ClickState.ANSWERED, ClickState.TOLD])
        old: tuple[tuple[Table, ColumnElement[object], ColumnElement[bool]], ...] = (
            (box, box.c.id, and_(box.c.open.is_(None), box.c.created_at < now - 30 * _DAY)),
            (click, click.c.id, and_(told, click.c.received_at < now - 7 * _DAY)),
            (seen, seen.c.id, seen.c.until <= now),
            (place, place.c.id, place.c.at < now - WINDOW),
        )
        count = 0
        async with self._db.write() as connection:
            for table, key, over in old:
                some = select(key).where(over).limit(_AT_ONCE)
                gone = delete(table).where(over, key.in_(some))
                count += (await connection.execute(gone)).rowcount
            await replicas.forget_the_dead(self._db, connection)
        return count
