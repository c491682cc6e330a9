"""The outbox's rules: what waits to be said, in which order, and what makes it needless.

A *lane* is said in strict order, one row at a time: the messages of a thread are one
lane, the edits of a card another. Only the head of a lane can be sent, and a head that is being
sent, or was put off, holds up its lane. Between lanes the more urgent goes first (ruling 15).

A row is ``pending``, ``sending`` (leased), and then ``sent``, ``dropped`` (a later one made it
needless) or ``dead`` (it can never arrive). A lease that runs out leaves it open whether Slack has
the message: the row comes back *unsure*.
"""

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import Say, SayKind
from bot.store import schema
from bot.store.codec import to_text
from bot.store.database import Database

EDITS: Final = (SayKind.SETTLE, SayKind.PROGRESS)
_RANKS = {kind: rank for rank, kind in enumerate(SayKind)}
_MESSAGES = tuple(kind for kind in SayKind if kind not in EDITS)

ITS_CARD: Final = schema.card.alias("its_card")
"""The card of a row, in ``heads``."""
ITS_THREAD: Final = schema.card.alias("its_thread")
"""The card that opened a row's thread, in ``heads``."""


LEASE: Final = 60_000
"""How long a sender may take over one delivery, ms; longer than all of its time-outs."""
LONGEST_WAIT: Final = 900_000
"""How long a row may be put off, ms."""


class RowState(StrEnum):
    """Where a row of the outbox stands."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DROPPED = "dropped"
    DEAD = "dead"


# ------------------------------------------------------------------------------- handing over


async def enqueue(db: Database, connection: AsyncConnection, says: Sequence[Say]) -> None:
    """Hand *says* over within the caller's transaction; a key that was used is passed over."""
    for say in says:
        await _enqueue(db, connection, say)


async def _enqueue(db: Database, connection: AsyncConnection, say: Say) -> None:
    thread, gone = await _thread_of(connection, say)
    lane = f"edit:{say.card}" if say.kind in EDITS else f"thread:{thread}"
    row = {
        "key": say.key,
        "lane": lane,
        "rank": _RANKS[say.kind],
        "kind": say.kind,
        "card": say.card,
        "message": to_text(say.message),
        "to_user": say.to,
        "open": 1,
        "state": RowState.PENDING,
        "code": "",
        "tries": 0,
        "not_before": 0,
        "created_at": db.now,
    }
    table = schema.outbox
    new = db.insert(table).values(row).on_conflict_do_nothing().returning(table.c.id)
    row_id = (await connection.execute(new)).scalar_one_or_none()
    if row_id is None:
        return
    if say.kind in EDITS:
        if gone:
            await end(connection, RowState.DROPPED, table.c.id == row_id)
        else:
            await _replace_older_edits(connection, lane, row_id, say.kind)
    elif say.kind is SayKind.FINAL:
        await end(connection, RowState.DROPPED, _needless_after_final(lane, row_id, say.card))


async def _thread_of(connection: AsyncConnection, say: Say) -> tuple[str, bool]:
    """Give the thread of a row's card, and whether that card can never be posted."""
    table = schema.card
    asked = select(table.c.thread, table.c.gone).where(table.c.id == say.card)
    card = (await connection.execute(asked)).one_or_none()
    if card is None:
        raise LookupError(f"{say.kind} {say.key} belongs to a card that was never added.")
    return card.thread, card.gone is not None


async def _replace_older_edits(
    connection: AsyncConnection, lane: str, row_id: int, kind: SayKind
) -> None:
    """Drop the lane's unsent edits; the new one takes over their urgency and their waiting time."""
    table = schema.outbox
    older = and_(
        table.c.open == 1,
        table.c.lane == lane,
        table.c.id < row_id,
        table.c.state == RowState.PENDING,
    )
    inherited = select(func.min(table.c.rank), func.max(table.c.not_before)).where(older)
    rank, not_before = (await connection.execute(inherited)).one()
    if rank is None:
        return
    await end(connection, RowState.DROPPED, older)
    await connection.execute(
        update(table)
        .where(table.c.id == row_id)
        .values(rank=min(rank, _RANKS[kind]), not_before=not_before)
    )


def _needless_after_final(lane: str, row_id: int, card: str) -> ColumnElement[bool]:
    """Say which news a final line overtakes: what Slack certainly does not have yet."""
    table = schema.outbox
    return and_(
        table.c.open == 1,
        table.c.id < row_id,
        table.c.state == RowState.PENDING,
        or_(
            and_(
                table.c.lane == lane,
                table.c.kind == SayKind.LINE,
                table.c.unsure.is_(None),
            ),
            and_(table.c.lane == f"edit:{card}", table.c.rank == _RANKS[SayKind.PROGRESS]),
        ),
    )


async def end(
    connection: AsyncConnection, state: RowState, which: ColumnElement[bool], code: str = ""
) -> None:
    """End the rows of *which*, and forget what they said."""
    table = schema.outbox
    ended = (
        update(table)
        .where(which)
        .values(open=None, state=state, message="", code=code, owner=None, lease_until=None)
    )
    await connection.execute(ended)


# ------------------------------------------------------------------------------ taking it out


def heads(*columns: ColumnElement[Any]) -> Select[Any]:
    """Select the deliverable heads of all lanes, with ``ITS_CARD`` and ``ITS_THREAD``.

    A message goes under its thread's ``ts``, so it waits for it, unless it is the card that opens
    the thread, or that card can never be posted; an edit waits for the ``ts`` of its card.
    """
    row, card, thread = schema.outbox, ITS_CARD, ITS_THREAD
    earlier = row.alias("earlier")
    behind = exists().where(
        earlier.c.open == 1, earlier.c.lane == row.c.lane, earlier.c.id < row.c.id
    )
    has_place = or_(
        card.c.thread_ts != "",
        thread.c.thread_ts != "",
        thread.c.ts != "",
        thread.c.gone == 1,
        and_(row.c.kind == SayKind.CARD, card.c.id == card.c.thread),
    )
    deliverable = or_(
        and_(row.c.kind.in_(EDITS), card.c.ts != ""),
        and_(row.c.kind.in_(_MESSAGES), has_place),
    )
    return (
        select(*columns)
        .select_from(
            row.join(card, card.c.id == row.c.card).outerjoin(thread, thread.c.id == card.c.thread)
        )
        .where(row.c.open == 1, ~behind, deliverable)
    )


def not_into(full: Collection[str]) -> ColumnElement[bool]:
    """Say which rows of ``heads`` are no posts into one of these channels."""
    return or_(schema.outbox.c.kind.in_(EDITS), ITS_CARD.c.channel.not_in(sorted(full)))


def free_at(now: ColumnElement[int]) -> ColumnElement[int]:
    """Say from when on a row can be leased.

    A moment further ahead than any is ever written is from before the clock was set back, and over.
    """
    table = schema.outbox
    sending = table.c.state == RowState.SENDING
    until = case((sending, table.c.lease_until), else_=table.c.not_before)
    return case((until > now + case((sending, LEASE), else_=LONGEST_WAIT), 0), else_=until)


def in_flight() -> ColumnElement[bool]:
    """Say which rows somebody leased."""
    table = schema.outbox
    return and_(table.c.open == 1, table.c.state == RowState.SENDING)


async def adopt(
    connection: AsyncConnection, orphaned: ColumnElement[bool], now: ColumnElement[int], limit: int
) -> int:
    """Put rows back that a dead replica was sending: they may have arrived."""
    table = schema.outbox
    some = select(table.c.id).where(orphaned).limit(limit).with_for_update(skip_locked=True)
    ids = (await connection.execute(some)).scalars().all()
    if ids:
        await connection.execute(
            update(table)
            .where(table.c.id.in_(ids))
            .values(state=RowState.PENDING, unsure=1, not_before=now, owner=None, lease_until=None)
        )
    return len(ids)
