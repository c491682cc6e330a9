"""What happened lately: requests within a budget, events seen before, and small notes."""

from collections.abc import Mapping

from sqlalchemy import and_, delete, func, insert, or_, select

from bot.store import schema
from bot.store.part import Part

WINDOW = 61_000
"""Ms in which a budget holds: a minute, and a second for requests that are slow on their way."""


class Windows(Part):
    """Budgets, seen ids and notes."""

    async def take_request(self, window: str, limit: int) -> float:
        """Take a place among *limit* requests a minute: 0.0, or the seconds until one is free.

        Never more than *limit* in any 60 seconds, across restarts and replicas (ruling 24), as long
        as the database's clock does not jump. Places that lie in the future, after it was set back,
        are forgotten: callers keep a window in memory as well.
        """
        table = schema.taken_request
        async with self._db.write() as connection:
            await self._db.in_turn(connection, "budget", window)
            now = (await connection.execute(select(self._db.now))).scalar_one()
            over = and_(
                table.c.budget == window,
                or_(table.c.at <= now - WINDOW, table.c.at > now + WINDOW),
            )
            await connection.execute(delete(table).where(over))
            places = select(table.c.at).where(table.c.budget == window).order_by(table.c.at.desc())
            # With `limit` places taken the oldest of those must end first.
            blocking = (await connection.execute(places.offset(limit - 1).limit(1))).scalar()
            if blocking is None:
                await connection.execute(insert(table).values(budget=window, at=now))
                return 0.0
            wait: int = blocking + WINDOW - now
        return max(0.001, wait / 1000)

    async def seen(self, kind: str, id: str, keep_seconds: float) -> bool:  # noqa: A002
        """Say whether *id* was seen before; if not, remember it for *keep_seconds*."""
        table, now = schema.seen, self._db.now
        until = now + round(keep_seconds * 1000)
        new = self._db.insert(table).values(kind=kind, id=id, until=until)
        again = new.on_conflict_do_update(
            index_elements=["kind", "id"],
            set_={"until": new.excluded.until},
            where=table.c.until <= now,
        )
        async with self._db.write() as connection:
            return (await connection.execute(again)).rowcount == 0

    async def note(self, name: str) -> str | None:
        """Give what was noted under *name*."""
        return (await self.notes(name)).get(name)

    async def notes(self, prefix: str = "") -> Mapping[str, str]:
        """Give all notes whose names begin with *prefix*."""
        table = schema.note
        mine = func.substr(table.c.name, 1, len(prefix)) == prefix
        async with self._db.read() as connection:
            rows = await connection.execute(select(table).where(mine).order_by(table.c.name))
            return {row.name: row.value for row in rows}

    async def set_note(self, name: str, value: str | None) -> None:
        """Note *value* under *name*; ``None`` forgets it."""
        table = schema.note
        async with self._db.write() as connection:
            if value is None:
                await connection.execute(delete(table).where(table.c.name == name))
                return
            new = self._db.insert(table).values(name=name, value=value)
            await connection.execute(
                new.on_conflict_do_update(index_elements=["name"], set_={"value": value})
            )
