"""Cards: what was posted about a run, where, and what it shows now."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.card import Card, CardState, Door
from bot.ports import Record, Say
from bot.store import audit, outbox, schema
from bot.store.codec import CardFacts, from_text, to_text
from bot.store.part import Part


class Cards(Part):
    """Cards by their ids and by their runs."""

    async def add_card(self, card: Card, says: Sequence[Say] = (), *, only: bool = False) -> bool:
        table = schema.card
        rival = exists().where(
            table.c.execution_id == card.execution.ref.id,
            table.c.id != card.id,
            table.c.state != CardState.PASSED,
        )
        async with self._db.write() as connection:
            # All doors wait here, for an alert must see the card of a command that comes with it.
            await self._db.in_turn(connection, "card", card.execution.ref.id)
            if only and (await connection.execute(select(rival))).scalar_one():
                return False
            if await self._db.insert_unless_there(connection, table, _row(card)):
                await outbox.enqueue(self._db, connection, says)
        self._woken.set()
        return True

    async def card(self, card_id: str) -> Card | None:
        table = schema.card
        async with self._db.read() as connection:
            row = (
                await connection.execute(select(table).where(table.c.id == card_id))
            ).one_or_none()
        return _card(row) if row else None

    async def cards_of(self, execution_id: str) -> Sequence[Card]:
        table = schema.card
        found = (
            select(table)
            .where(table.c.execution_id == execution_id)
            .order_by(table.c.created_at, table.c.id)
        )
        async with self._db.read() as connection:
            return [_card(row) for row in await connection.execute(found)]

    async def save_card(
        self,
        card: Card,
        says: Sequence[Say] = (),
        *,
        was: CardState | None = None,
        record: Record | None = None,
    ) -> bool:
        async with self._db.write() as connection:
            if not await save(connection, card, was=was):
                return False
            await outbox.enqueue(self._db, connection, says)
            await audit.append(self._db, connection, record)
        if says:
            self._woken.set()
        return True

    async def due_cards(self, states: frozenset[CardState], now: int, limit: int) -> Sequence[Card]:
        """List cards that are due; to the eldest replica only, lest each of them asks."""
        if not self._me.eldest:
            return ()
        table = schema.card
        due = (
            select(table)
            .where(
                table.c.state.in_(sorted(states)), table.c.next_look > 0, table.c.next_look <= now
            )
            .order_by(table.c.next_look, table.c.created_at)
            .limit(limit)
        )
        async with self._db.read() as connection:
            return [_card(row) for row in await connection.execute(due)]

    async def next_look(self, states: frozenset[CardState]) -> int | None:
        table = schema.card
        first = select(func.min(table.c.next_look)).where(
            table.c.state.in_(sorted(states)), table.c.next_look > 0
        )
        if not self._me.eldest:
            return None
        async with self._db.read() as connection:
            found: int | None = (await connection.execute(first)).scalar_one()
        return found

    async def posted(self, channel: str, ts: str) -> bool:
        table = schema.card
        ours = exists().where(table.c.channel == channel, table.c.ts == ts)
        async with self._db.read() as connection:
            return bool((await connection.execute(select(ours))).scalar_one())


async def save(connection: AsyncConnection, card: Card, *, was: CardState | None = None) -> bool:
    """Write a card within the caller's transaction, but its ``ts``, which only the outbox writes.

    With *was* only a card that is still in that state changes; a card that is not there is added.
    """
    table = schema.card
    values = {key: value for key, value in _row(card).items() if key not in {"id", "ts"}}
    same = [table.c.id == card.id] + ([] if was is None else [table.c.state == was])
    if (await connection.execute(update(table).where(*same).values(values))).rowcount == 1:
        return True
    if was is not None:
        return False
    await connection.execute(insert(table).values(_row(card)))
    return True


def _row(card: Card) -> dict[str, Any]:
    return {
        "id": card.id,
        "execution_id": card.execution.ref.id,
        "root": card.root,
        "channel": card.channel,
        "thread": card.thread,
        "thread_ts": card.thread_ts,
        "ts": card.ts,
        "door": card.door,
        "state": card.state,
        "attempt": card.attempt,
        "created_at": card.created_at,
        "next_look": card.next_look,
        "facts": to_text(
            CardFacts(card.execution, card.environments, card.asked_by, card.told, card.held)
        ),
    }


def _card(row: Row[Any]) -> Card:
    facts = from_text(CardFacts, row.facts)
    return Card(
        id=row.id,
        execution=facts.execution,
        environments=facts.environments,
        channel=row.channel,
        door=Door(row.door),
        root=row.root,
        thread=row.thread,
        thread_ts=row.thread_ts,
        ts=row.ts,
        asked_by=facts.asked_by,
        state=CardState(row.state),
        attempt=row.attempt,
        created_at=row.created_at,
        told=facts.told,
        held=facts.held,
        next_look=row.next_look,
    )
