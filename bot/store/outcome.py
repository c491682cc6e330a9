"""How a delivery went, written down: sent, put off, or impossible for ever."""

from sqlalchemy import ColumnElement, and_, case, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.card import CardState
from bot.ports import SayKind
from bot.store import schema
from bot.store.outbox import EDITS, RowState, end


async def succeed(
    connection: AsyncConnection, row_id: int, kind: SayKind, card: str, ts: str
) -> None:
    """End a row as sent, whoever leased it: that Slack has it stays true."""
    table, cards = schema.outbox, schema.card
    await end(connection, RowState.SENT, and_(table.c.id == row_id, table.c.open == 1))
    if kind is SayKind.CARD:
        await connection.execute(
            update(cards).where(cards.c.id == card, cards.c.ts == "").values(ts=ts)
        )


async def postpone(
    connection: AsyncConnection,
    mine: ColumnElement[bool],
    row_id: int,
    not_before: ColumnElement[int],
    *,
    unsure: bool,
) -> None:
    """Put a leased row back; an edit that a newer one waits behind gives way to it."""
    table = schema.outbox
    newer = table.alias("newer")
    overtaken = and_(
        table.c.kind.in_(EDITS),
        exists().where(newer.c.open == 1, newer.c.lane == table.c.lane, newer.c.id > table.c.id),
    )
    lane = select(table.c.lane, table.c.rank).where(mine, overtaken)
    old = (await connection.execute(lane)).one_or_none()
    if old is None:
        await connection.execute(
            update(table)
            .where(mine)
            .values(
                state=RowState.PENDING,
                not_before=not_before,
                unsure=1 if unsure else None,
                owner=None,
                lease_until=None,
            )
        )
        return
    await end(connection, RowState.DROPPED, mine)
    await connection.execute(
        update(table)
        .where(table.c.open == 1, table.c.lane == old.lane, table.c.id > row_id)
        .values(
            not_before=not_before,
            rank=case((table.c.rank < old.rank, table.c.rank), else_=old.rank),
        )
    )


async def fail(
    connection: AsyncConnection, row_id: int, kind: SayKind, card: str, code: str
) -> None:
    """End a row as dead; with a card that was never posted ends what would be said around it.

    A final line is not dropped: it is still handed out, and its sender finds another way.
    """
    table, cards = schema.outbox, schema.card
    await end(connection, RowState.DEAD, and_(table.c.id == row_id, table.c.open == 1), code)
    if kind is not SayKind.CARD:
        return
    never = and_(cards.c.id == card, cards.c.ts == "")
    gone = update(cards).where(never).values(gone=1, state=CardState.PASSED, next_look=0)
    if (await connection.execute(gone)).rowcount != 1:
        return
    around = and_(
        table.c.open == 1,
        table.c.state == RowState.PENDING,
        table.c.card == card,
        table.c.kind.in_([SayKind.LINE, *EDITS]),
    )
    await end(connection, RowState.DROPPED, around)
