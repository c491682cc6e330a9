"""One database, of either kind: transactions, its clock, its locks, and its errors told apart.

The statements of the store are the same for SQLite and Postgres. What differs is here:

* **Time.** Leases are compared by the database's clock alone. Postgres has one of its own, shared
  by all replicas; a SQLite file belongs to one process at a time, whose clock is its clock.
* **Writers.** SQLite has one at a time, and a transaction says at its ``BEGIN`` that it will write
  (one that changes its mind later fails at once). Postgres has many, so what must happen one after
  the other takes a lock by name for the length of its transaction.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Table,
    cast,
    extract,
    func,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.ports import Clock
from bot.ports.pulse import Pulse
from bot.store.trouble import StoreTrouble, fault_of

Answer = TypeVar("Answer")

WRITES: Final = "resume_bot_writes"
"""An execution option: the transaction will write, so SQLite must lock at its beginning."""


@dataclass(slots=True)
class Database:
    """Transactions on an open engine, and in *pulse* how the last of them went."""

    engine: AsyncEngine
    clock: Clock
    pulse: Pulse = field(default_factory=lambda: Pulse("store"))
    _writer: AsyncEngine = field(init=False)
    _faults: tuple[type[BaseException], ...] = field(init=False)
    _under_way: set[asyncio.Task[Any]] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self._writer = self.engine.execution_options(**{WRITES: True})
        self._faults = (SQLAlchemyError, OSError, *_faults_of_the_driver(on_sqlite=self.on_sqlite))

    @property
    def on_sqlite(self) -> bool:
        """Whether this process has the database for itself."""
        return self.engine.dialect.name == "sqlite"

    @property
    def now(self) -> ColumnElement[int]:
        """The database's clock, epoch milliseconds, as part of a statement."""
        if self.on_sqlite:
            return literal(self.clock.now(), BigInteger)
        return cast(extract("epoch", func.clock_timestamp()) * 1000, BigInteger)

    async def to_its_end(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Do *work* in a task of its own, which goes on when the caller is cancelled."""
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._done)
        return await asyncio.shield(task)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # seen: whoever waited has it, and who was cancelled wants none

    async def quiet(self) -> None:
        """Wait until nothing is under way but the caller."""
        me = asyncio.current_task()
        if others := [task for task in self._under_way if task is not me]:
            await asyncio.wait(others)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Give a transaction that is committed at the end; raises ``StoreTrouble``."""
        with self._errors_told_apart():
            async with self._writer.begin() as connection:
                yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Give a transaction that only reads; raises ``StoreTrouble``."""
        with self._errors_told_apart():
            async with self.engine.connect() as connection:
                yield connection

    async def in_turn(self, connection: AsyncConnection, *name: str) -> None:
        """Let only one transaction at a time be past this point under the same *name*."""
        if not self.on_sqlite:
            key = func.hashtextextended("\n".join(("resume-bot", *name)), 0)
            await connection.execute(select(func.pg_advisory_xact_lock(key)))

    async def insert_unless_there(
        self, connection: AsyncConnection, table: Table, row: Mapping[str, Any]
    ) -> bool:
        """Insert *row*; ``False`` when one of the table's unique keys is taken."""
        statement = self.insert(table).values(row).on_conflict_do_nothing()
        return (await connection.execute(statement)).rowcount == 1

    def insert(self, table: Table) -> "sqlite.Insert | postgresql.Insert":
        """Begin an INSERT that knows ON CONFLICT, in this database's own dialect."""
        return sqlite.insert(table) if self.on_sqlite else postgresql.insert(table)

    @contextmanager
    def _errors_told_apart(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise  # a broken key is an answer, and the caller's own business
        except self._faults as error:
            trouble = StoreTrouble(fault_of(error), _first_line(error))
            self.pulse.ill(trouble.fault.name.lower())
            raise trouble from error
        self.pulse.well()


def _faults_of_the_driver(*, on_sqlite: bool) -> tuple[type[BaseException], ...]:
    """Name what a driver raises past SQLAlchemy, as asyncpg does when it opens a connection."""
    if on_sqlite:
        return ()
    import asyncpg  # noqa: PLC0415 -- only who has Postgres waits for it

    return (asyncpg.PostgresError, asyncpg.InterfaceError)


def _first_line(error: BaseException) -> str:
    """Quote the driver, not SQLAlchemy: its text holds the statement and with it the values."""
    words = str(getattr(error, "orig", None) or error).strip()
    return words.splitlines()[0][:200] if words else type(error).__name__
