"""Attempts: the claim that only one can win, and fenced moves from state to state.

The unique key (execution, live) decides between two clicks, wherever they come from. Every later
write names the owner and the state that the writer saw: of a frozen replica that wakes up, and of
two that think the row is theirs, at most one changes it, and the other is told ``False``.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Row, Select, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.attempt import LIVE, Attempt, State
from bot.core.card import Card
from bot.ports import Claimed, Record, Say, Taken
from bot.store import audit, outbox, schema
from bot.store import cards as cards_table
from bot.store.codec import from_text, to_text
from bot.store.part import Part
from bot.store.trouble import StoreFault, StoreTrouble

RESUMED = LIVE | {State.SUCCEEDED, State.FAILED, State.LEFT}
"""States of attempts that resumed their run, or may have: nobody can resume it again."""

_CLAIM_TRIES = 3


class Attempts(Part):
    """Attempts by their ids, runs and lineages."""

    async def claim(self, attempt: Attempt, record: Record | None = None) -> Claimed | Taken:
        for _ in range(_CLAIM_TRIES):
            if holder := await self.attempt_on(attempt.execution.id):
                return _held(holder, attempt)  # most losers learn it here, without a lock
            async with self._db.write() as connection:
                found = await self._try_to_claim(connection, attempt, record)
            if found is not None:
                return found
            # Who held it between our two looks was refused meanwhile: it is free again.
        raise StoreTrouble(StoreFault.LOCKED, "an execution changed hands too often")

    async def _try_to_claim(
        self, connection: AsyncConnection, attempt: Attempt, record: Record | None
    ) -> Claimed | Taken | None:
        table = schema.attempt
        await self._db.in_turn(connection, "lineage", attempt.root)
        if holder := await _one(connection, _resumed(attempt.execution.id)):
            return _held(holder, attempt)
        numbers = select(func.max(table.c.number)).where(table.c.root == attempt.root)
        last = (await connection.execute(numbers)).scalar_one()
        numbered = replace(attempt, number=(last or 0) + 1)
        row = _row(numbered) | {"id": attempt.id, "owner": self._me.id}
        if await self._db.insert_unless_there(connection, table, row):
            await audit.append(self._db, connection, record)
            return Claimed(numbered)
        return None

    async def advance(
        self,
        before: Attempt,
        after: Attempt,
        *,
        cards: Sequence[Card] = (),
        says: Sequence[Say] = (),
        record: Record | None = None,
    ) -> bool:
        table = schema.attempt
        move = (
            update(table)
            .where(
                table.c.id == before.id,
                table.c.owner == self._me.id,
                table.c.state == before.state,
            )
            .values(_row(after))
        )
        try:
            async with self._db.write() as connection:
                if (await connection.execute(move)).rowcount != 1:
                    return False
                for card in cards:
                    await cards_table.save(connection, card)
                await outbox.enqueue(self._db, connection, says)
                await audit.append(self._db, connection, record)
        except IntegrityError:
            # The run that was found is already the answer to another attempt.
            structlog.get_logger(__name__).warning(
                "run_is_another_attempts", attempt=after.id, run=after.run and after.run.id
            )
            return False
        if after.state not in {State.CLAIMED, State.CALLING}:
            self._me.orphans.discard(after.id)
        if says:
            self._woken.set()
        return True

    async def attempt(self, attempt_id: str) -> Attempt | None:
        return await self._read_one(_attempts(schema.attempt.c.id == attempt_id))

    async def attempt_on(self, execution_id: str) -> Attempt | None:
        """Give the latest attempt that resumed, or may have resumed, this run.

        One that ended as refused, cancelled or not found left the run free, and is not given.
        """
        return await self._read_one(_resumed(execution_id))

    async def attempt_that_started(self, execution_id: str) -> Attempt | None:
        return await self._read_one(_attempts(schema.attempt.c.run_id == execution_id))

    async def lineage(self, root: str) -> Sequence[Attempt]:
        table = schema.attempt
        return await self._read(_attempts(table.c.root == root).order_by(table.c.number))

    async def runs_started(self, since: int) -> frozenset[str]:
        table = schema.attempt
        asked = select(table.c.run_id).where(
            table.c.created_at > since, table.c.run_id.is_not(None)
        )
        async with self._db.read() as connection:
            return frozenset((await connection.execute(asked)).scalars())

    async def due(self, states: frozenset[State], now: int, limit: int) -> Sequence[Attempt]:
        table = schema.attempt
        return await self._read(
            _attempts(
                table.c.owner == self._me.id,
                table.c.state.in_(sorted(states)),
                table.c.next_look <= now,
            )
            .order_by(table.c.next_look, table.c.created_at)
            .limit(limit)
        )

    async def adopted(self) -> Sequence[Attempt]:
        """Take over CLAIMED and CALLING attempts whose process is gone.

        They come back with every call until they have been advanced, so that a failure on the way
        forgets none; a call costs nothing while there are none.
        """
        if not self._me.orphans:
            return ()
        table = schema.attempt
        asked = sorted(self._me.orphans)
        found = await self._read(
            _attempts(
                table.c.owner == self._me.id,
                table.c.state.in_([State.CALLING, State.CLAIMED]),
                table.c.id.in_(asked),
            ).order_by(table.c.created_at)
        )
        self._me.orphans.difference_update(set(asked) - {attempt.id for attempt in found})
        return found

    async def _read(self, question: Select[Any]) -> list[Attempt]:
        async with self._db.read() as connection:
            return [_attempt(row) for row in await connection.execute(question)]

    async def _read_one(self, question: Select[Any]) -> Attempt | None:
        async with self._db.read() as connection:
            return await _one(connection, question)


def _held(holder: Attempt, attempt: Attempt) -> Claimed | Taken:
    """Tell a rival's claim from our own, repeated because its answer was lost on the way."""
    return Claimed(holder) if holder.id == attempt.id else Taken(holder)


async def _one(connection: AsyncConnection, question: Select[Any]) -> Attempt | None:
    row = (await connection.execute(question.limit(1))).first()
    return row and _attempt(row)


def _attempts(*conditions: ColumnElement[bool]) -> Select[Any]:
    table = schema.attempt
    return select(table.c.facts).where(*conditions)


def _resumed(execution_id: str) -> Select[Any]:
    table = schema.attempt
    return _attempts(
        table.c.execution_id == execution_id, table.c.state.in_(sorted(RESUMED))
    ).order_by(table.c.number.desc())


def _row(attempt: Attempt) -> dict[str, Any]:
    return {
        "execution_id": attempt.execution.id,
        "live": 1 if attempt.state in LIVE else None,
        "root": attempt.root,
        "number": attempt.number,
        "card": attempt.card,
        "state": attempt.state,
        "run_id": attempt.run.id if attempt.run else None,
        "next_look": attempt.next_look,
        "created_at": attempt.claimed_at,
        "facts": to_text(attempt),
    }


def _attempt(row: Row[Any]) -> Attempt:
    return from_text(Attempt, row.facts)
