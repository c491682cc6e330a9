"""SQLite: a file for one process at a time.

The file is checked before it is opened, for SQLite itself says little. ``<file>.lock`` beside it is
held for as long as the process lives, whatever ends it: a second process stands by until then, so a
redeploy may start the new one before the old one has gone. On a local disk only: neither the lock
nor SQLite's own journal works over a network.

A backup of a running bot: ``sqlite3 resume-bot.db "VACUUM INTO 'copy.db'"``, or the shell's
``.backup``. Never copy the file by itself: what is in ``<file>-wal`` would be missing.
"""

import fcntl
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import structlog
from sqlalchemy import URL, AsyncAdaptedQueuePool, Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.ports import Clock
from bot.store.database import WRITES
from bot.store.trouble import BadStore

_LOOK_EVERY = 0.2
_BUSY_MS = 5_000  # what a backup program may make us wait
_OLDEST: Final = (3, 35)  # RETURNING
_MAGIC = b"SQLite format 3\0"


@asynccontextmanager
async def held_alone(url: URL, clock: Clock) -> AsyncIterator[None]:
    """Check the file and hold its lock; wait while another process holds it."""
    path = _path(url)
    if path is None:  # in memory: nobody else can have it
        yield
        return
    if sqlite3.sqlite_version_info < _OLDEST:
        raise BadStore(f"SQLite {sqlite3.sqlite_version} is too old: 3.35 is needed.")
    _check_folder(path)
    lock = _open_lock(path)
    try:
        await _stand_by(lock, path, clock)
        _check_file(path)
        yield
    finally:
        os.close(lock)


def demand_existing(url: URL) -> None:
    """Raise ``BadStore`` when there is no such file, which reading would create."""
    path = _path(url)
    if path is None or not path.exists():
        raise BadStore(f"There is no database at {path or 'memory'}: check DATABASE_URL.")
    _check_file(path)


def engine(url: URL) -> AsyncEngine:
    """Make the engine: one connection, so that writers take turns here and not in SQLite."""
    made = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"),
        poolclass=AsyncAdaptedQueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=30,
    )
    event.listen(made.sync_engine, "connect", _prepare)
    event.listen(made.sync_engine, "begin", _begin)
    return made


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


async def _stand_by(lock: int, path: Path, clock: Clock) -> None:
    said = False
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not said:
                structlog.get_logger(__name__).info("standing_by", database=str(path))
                said = True
            await clock.sleep(_LOOK_EVERY)
        else:
            return


def _path(url: URL) -> Path | None:
    name = url.database
    return None if name in {None, "", ":memory:"} else Path(str(name)).absolute()


def _check_folder(path: Path) -> None:
    folder = path.parent
    if not os.path.isdir(folder):  # noqa: PTH112 -- pathlib's raises for a closed parent
        raise BadStore(
            f"The folder {folder} does not exist, or the bot's user may not enter it: create it, or"
            f" change DATABASE_URL."
        )
    if path.is_dir():
        raise BadStore(f"{path} is a folder: DATABASE_URL must name a file.")


def _open_lock(path: Path) -> int:
    name = path.with_name(path.name + ".lock")
    try:
        return os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise BadStore(
            f"The bot cannot write in {path.parent} ({error.strerror}): give its user the right to,"
            f" or let DATABASE_URL name another folder."
        ) from error


def _check_file(path: Path) -> None:
    """See that the file is ours to write, and whole, as far as SQLite's own check can tell."""
    if not path.exists():
        return
    try:
        with path.open("r+b") as file:
            beginning = file.read(len(_MAGIC))
    except OSError as error:
        raise BadStore(
            f"The bot cannot read and write {path} ({error.strerror}): give its user the right to."
        ) from error
    if beginning and beginning != _MAGIC:
        raise BadStore(f"{path} is not a SQLite database: move it away, or change DATABASE_URL.")


def check_whole(connection: Connection) -> None:
    """Let SQLite look through its own pages; raise ``BadStore`` when they do not hold together."""
    if (found := connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()) != "ok":
        raise BadStore(
            f"The database is damaged ({' '.join(str(found).split())}): move it away and restore a"
            f" backup, or start with a new one."
        )
