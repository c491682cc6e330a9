"""Opening the store: whatever is wrong with it is said here, at the start, with a remedy.

``open_store`` gives the whole store to one running bot, ``open_trail`` only its audit trail, to a
command beside it.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Final

import structlog
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.core.audit import AuditRecord
from bot.ports import Clock
from bot.ports.pulse import Pulse
from bot.store import audit, postgres, sqlite
from bot.store.database import Database
from bot.store.migrate import migrate
from bot.store.part import Replica
from bot.store.store import SqlStore
from bot.store.trouble import BadStore, StoreFault, StoreTrouble

LEASE: Final = 6.0
"""Seconds that a replica may be silent before the others take over."""

_REMEDIES = {
    StoreFault.FULL: "The disk is full or failing: make room and start again.",
    StoreFault.LOCKED: "Another program holds a lock on it: close that and start again.",
    StoreFault.CORRUPT: "It is damaged: move it away and restore a backup, or start anew.",
    StoreFault.READ_ONLY: "It cannot be written: give the bot's user the right to write there.",
    StoreFault.AWAY: "It does not answer: check that it runs and that DATABASE_URL is right.",
    StoreFault.OTHER: "It refuses: check DATABASE_URL and the user's rights there.",
}


@asynccontextmanager
async def open_store(
    url: str, *, clock: Clock, lease: float = LEASE, pulse: Pulse | None = None
) -> AsyncIterator[SqlStore]:
    """Open the database at *url*, bring it up to date, and join its replicas.

    Raises ``BadStore``, whose text tells what to do. On a SQLite file that another process has open
    it waits, for as long as that lives. *pulse* is told how each call went.
    """
    where = _parsed(url)
    async with AsyncExitStack() as stack:
        if where.drivername == "sqlite":
            await stack.enter_async_context(sqlite.held_alone(where, clock))
        db = await stack.enter_async_context(_database(where, clock, pulse))
        with _remedies(where):
            if not db.on_sqlite:
                await postgres.check(db)
            async with db.write() as connection:
                if db.on_sqlite:
                    await connection.run_sync(sqlite.check_whole)
                await db.in_turn(connection, "migrations")
                await connection.run_sync(migrate)
            store = SqlStore(db, Replica(""), lease=lease)
            await store.rejoin()
        try:
            yield store
        finally:
            await _leave(store)


@asynccontextmanager
async def open_trail(
    url: str, *, clock: Clock, since: int = 0
) -> AsyncIterator[AsyncIterator[AuditRecord]]:
    """Read the audit trail from *since* (epoch ms) on, beside a running bot; change nothing."""
    where = _parsed(url)
    if where.drivername == "sqlite":
        sqlite.demand_existing(where)
    async with _database(where, clock, None) as db:
        with _remedies(where):
            yield audit.read(db, since)


@asynccontextmanager
async def _database(where: URL, clock: Clock, pulse: Pulse | None) -> AsyncIterator[Database]:
    engine = sqlite.engine(where) if where.drivername == "sqlite" else postgres.engine(where)
    database = Database(engine, clock, pulse or Pulse("store"))
    try:
        yield database
    finally:
        await database.quiet()
        await engine.dispose()


async def _leave(store: SqlStore) -> None:
    try:
        await store.leave()
    except StoreTrouble as trouble:  # the lease runs out by itself
        structlog.get_logger(__name__).warning("store_left_without_a_word", trouble=str(trouble))


def _parsed(url: str) -> URL:
    try:
        where = make_url(url)
    except ArgumentError:
        raise BadStore("DATABASE_URL is not an address: see the README for examples.") from None
    match where.drivername.partition("+")[0]:
        case "sqlite":
            return where.set(drivername="sqlite")
        case "postgresql" | "postgres":
            return where.set(drivername="postgresql")
        case other:
            raise BadStore(f"DATABASE_URL: {other} is neither sqlite nor postgresql.")


@contextmanager
def _remedies(where: URL) -> Iterator[None]:
    """Turn what goes wrong at the start into words about what to do."""
    try:
        yield
    except StoreTrouble as trouble:
        name = where.render_as_string(hide_password=True)
        raise BadStore(
            f"The database {name} cannot be used. {_REMEDIES[trouble.fault]} It says: {trouble}"
        ) from trouble
