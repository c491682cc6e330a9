"""The outbox as its sender sees it: rows leased for delivery, and how that went."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import Due, Place, Say, SayKind
from bot.render.message import Message
from bot.store import outbox, outcome, schema
from bot.store.codec import from_text
from bot.store.outbox import LEASE, LONGEST_WAIT, RowState
from bot.store.part import Part


class Delivery(Part):
    """Leasing rows, and ending them."""

    async def say(self, says: Sequence[Say]) -> None:
        async with self._db.write() as connection:
            await outbox.enqueue(self._db, connection, says)
        self._woken.set()

    async def next_due(self, limit: int, *, full: Collection[str] = ()) -> Sequence[Due]:
        async with self._db.write() as connection:
            rows = await self._free_heads(connection, limit, full)
            if not rows:
                return ()
            now = max(row.now for row in rows)
            await self._lease(connection, [row.id for row in rows], now)
        return [_due(row, now) for row in rows]

    async def _free_heads(
        self, connection: AsyncConnection, limit: int, full: Collection[str]
    ) -> list[Row[Any]]:
        table, card, thread = schema.outbox, outbox.ITS_CARD, outbox.ITS_THREAD
        under_card = case((card.c.id != card.c.thread, thread.c.ts), else_="")
        found = (
            outbox.heads(
                *table.c,
                card.c.channel.label("channel"),
                card.c.ts.label("card_ts"),
                card.c.thread_ts.label("thread_ts"),
                thread.c.thread_ts.label("first_thread_ts"),
                case((table.c.kind == SayKind.CARD, under_card), else_=thread.c.ts).label(
                    "root_ts"
                ),
                self._db.now.label("now"),
            )
            .where(outbox.free_at(self._db.now) <= self._db.now, outbox.not_into(full))
            .order_by(table.c.rank, table.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=table)
        )
        return list((await connection.execute(found)).all())

    async def _lease(self, connection: AsyncConnection, ids: Sequence[int], now: int) -> None:
        table = schema.outbox
        await connection.execute(
            update(table)
            .where(table.c.id.in_(ids))
            .values(
                state=RowState.SENDING,
                owner=self._me.id,
                lease_until=now + LEASE,
                tries=table.c.tries + 1,
                unsure=case((table.c.state == RowState.SENDING, 1), else_=table.c.unsure),
                first_tried=func.coalesce(table.c.first_tried, now),
            )
        )

    async def sent(self, due: Due, ts: str) -> None:
        async with self._db.write() as connection:
            await outcome.succeed(connection, due.id, due.say.kind, due.say.card, ts)
        self._woken.set()

    async def put_off(self, due: Due, seconds: float, *, unsure: bool) -> None:
        not_before = self._db.now + min(round(seconds * 1000), LONGEST_WAIT)
        async with self._db.write() as connection:
            await outcome.postpone(connection, self._mine(due), due.id, not_before, unsure=unsure)
        self._woken.set()

    async def give_up(self, due: Due, code: str) -> None:
        async with self._db.write() as connection:
            await outcome.fail(connection, due.id, due.say.kind, due.say.card, code)
        self._woken.set()

    async def seconds_to_next(self, *, full: Collection[str] = ()) -> float | None:
        now = self._db.now
        wait = func.min(outbox.free_at(now)) - now
        heads = outbox.heads(wait).where(outbox.not_into(full))
        async with self._db.read() as connection:
            found = (await connection.execute(heads)).scalar_one()
        return None if found is None else max(0.0, found / 1000)

    async def wait_for_work(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return
        finally:
            self._woken.clear()

    def _mine(self, due: Due) -> ColumnElement[bool]:
        table = schema.outbox
        return and_(
            table.c.id == due.id,
            table.c.state == RowState.SENDING,
            table.c.owner == self._me.id,
        )


def _due(row: Row[Any], now: int) -> Due:
    kind = SayKind(row.kind)
    return Due(
        id=row.id,
        say=Say(
            key=row.key,
            kind=kind,
            card=row.card,
            message=from_text(Message, row.message),
            to=row.to_user,
        ),
        place=Place(row.channel, row.thread_ts or row.first_thread_ts or row.root_ts or ""),
        ts=row.card_ts,
        tries=row.tries,
        unsure=bool(row.unsure) or row.state == RowState.SENDING,
        since=row.first_tried or now,
    )
