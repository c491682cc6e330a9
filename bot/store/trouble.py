"""What can be wrong with a store: at the start, and while the bot runs."""

import sqlite3
from enum import StrEnum

from bot.core.errors import BotError, ServiceTrouble


class BadStore(BotError):
    """The store cannot be opened; the text says what is wrong and what to do about it."""


class StoreFault(StrEnum):
    """Why the database did not do what was asked."""

    FULL = "the disk is full or failing"
    LOCKED = "another program holds a lock on it"
    CORRUPT = "the file is damaged"
    READ_ONLY = "it cannot be written"
    AWAY = "it does not answer"
    OTHER = "it refused"


class StoreTrouble(ServiceTrouble):
    """The database did not do what was asked, and nothing was half done.

    Only after a dropped connection to Postgres it is open whether a write was made; every write of
    the store can be repeated then.
    """

    def __init__(self, fault: StoreFault, detail: str = "") -> None:
        super().__init__(f"The database: {fault}{f' ({detail})' if detail else ''}.")
        self.fault = fault


def fault_of(error: BaseException) -> StoreFault:
    """Tell from a driver's error, or what wraps it, what is wrong."""
    for cause in _causes(error):
        if isinstance(cause, sqlite3.Error):
            # The low byte is the primary code: SQLITE_BUSY, SQLITE_FULL …
            code = getattr(cause, "sqlite_errorcode", None)
            return _SQLITE.get(code & 0xFF, StoreFault.OTHER) if code else StoreFault.OTHER
        state = getattr(cause, "sqlstate", None)
        if isinstance(state, str):
            return _POSTGRES.get(state) or _POSTGRES_CLASSES.get(state[:2], StoreFault.OTHER)
        if isinstance(cause, (OSError, TimeoutError)):
            return StoreFault.AWAY
    return StoreFault.AWAY if getattr(error, "connection_invalidated", False) else StoreFault.OTHER


_SQLITE = {
    sqlite3.SQLITE_BUSY: StoreFault.LOCKED,
    sqlite3.SQLITE_LOCKED: StoreFault.LOCKED,
    sqlite3.SQLITE_PERM: StoreFault.READ_ONLY,
    sqlite3.SQLITE_READONLY: StoreFault.READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: StoreFault.READ_ONLY,
    sqlite3.SQLITE_CORRUPT: StoreFault.CORRUPT,
    sqlite3.SQLITE_NOTADB: StoreFault.CORRUPT,
    sqlite3.SQLITE_IOERR: StoreFault.FULL,  # what a full or failing disk says to a WAL
    sqlite3.SQLITE_FULL: StoreFault.FULL,
}
_POSTGRES = {
    "53100": StoreFault.FULL,
    "55P03": StoreFault.LOCKED,
    "57014": StoreFault.AWAY,  # statement timeout
    "25006": StoreFault.READ_ONLY,  # a standby server
}
_POSTGRES_CLASSES = {
    "08": StoreFault.AWAY,
    "53": StoreFault.AWAY,  # too many connections, out of memory
    "57": StoreFault.AWAY,  # shutting down, starting up
    "25": StoreFault.AWAY,  # our transaction sat idle for too long: we were frozen
    "XX": StoreFault.CORRUPT,
}


def _causes(error: BaseException) -> list[BaseException]:
    """Unwrap: SQLAlchemy keeps the driver's error in ``orig``, its adapters in ``__cause__``."""
    found: list[BaseException] = []
    queue: list[BaseException | None] = [error]
    while queue:
        cause = queue.pop(0)
        if cause is not None and cause not in found:
            found.append(cause)
            queue += [getattr(cause, "orig", None), cause.__cause__]
    return found
