"""Postgres: for several replicas, which share nothing else."""

from typing import TYPE_CHECKING, Final

from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.store.database import Database
from bot.store.trouble import BadStore

if TYPE_CHECKING:
    import asyncpg

POOL_SIZE: Final = 5

# Limits of the server's on our sessions. A replica that freezes inside a transaction must not keep
# its rows locked from the survivors; the others bound what a person waits for.
_SESSION: Final = {
    "application_name": "resume-bot",
    "statement_timeout": "10s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "5s",
}
_CONNECT_SECONDS = 5


def engine(url: URL) -> AsyncEngine:
    """Make the engine; the address is asyncpg's to read, which knows ``sslmode`` and its kin."""
    import asyncpg  # noqa: PLC0415 -- who uses SQLite need not load it

    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)

    async def connect() -> "asyncpg.Connection[asyncpg.Record]":
        return await asyncpg.connect(dsn, timeout=_CONNECT_SECONDS, server_settings=_SESSION)

    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=30,  # callers have deadlines of their own
        pool_pre_ping=True,  # a server that was away is found again here
    )


async def check(db: Database) -> None:
    """See that the database can hold every character; raise ``BadStore`` when not."""
    async with db.read() as connection:
        encoding = (await connection.execute(text("SHOW server_encoding"))).scalar_one()
    if encoding != "UTF8":
        raise BadStore(f"The database has the encoding {encoding}: create it with ENCODING 'UTF8'.")
