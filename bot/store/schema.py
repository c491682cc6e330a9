"""The tables. A change here needs a migration beside it; a test holds the two together.

Columns are what a query looks for; the rest of a value travels as JSON text in ``facts``. Text and
not a database's own JSON, because Postgres's JSON refuses characters that a failure message may
hold. Flags are ``1`` or ``NULL``: a unique key ignores NULL in SQLite and Postgres alike, so one
key can demand "one *live* attempt per execution". Times are epoch milliseconds.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    }
)

_counted = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts in INTEGER keys only

replica = Table(
    "replica",
    metadata,
    Column("id", Text, primary_key=True),  # one per boot, never used again
    Column("since", BigInteger, nullable=False),
    Column("lease", BigInteger, nullable=False),  # alive until then, by the database's clock
)

click = Table(
    "click",
    metadata,
    Column("id", Text, primary_key=True),  # the transport's: what a redelivery repeats
    Column("body", Text, nullable=False),  # emptied when it has its outcome
    Column("state", Text, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("owner", Text, nullable=False),
    Column("taken", Integer, nullable=False),  # how often a survivor took it
    Column("taken_at", BigInteger),
    Index(None, "state", "owner"),
    Index(None, "received_at"),
)

card = Table(
    "card",
    metadata,
    Column("id", Text, primary_key=True),
    Column("execution_id", Text, nullable=False),
    Column("root", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("thread_ts", Text, nullable=False),
    Column("ts", Text, nullable=False),
    Column("gone", Integer),  # it could never be posted
    Column("door", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempt", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("next_look", BigInteger, nullable=False),
    Column("facts", Text, nullable=False),
    Index(None, "execution_id"),
    Index(None, "state", "next_look"),
)

attempt = Table(
    "attempt",
    metadata,
    Column("id", Text, primary_key=True),
    Column("execution_id", Text, nullable=False),
    Column("live", Integer),  # the claim: NULL sets the execution free
    Column("root", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("card", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("run_id", Text),
    Column("next_look", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("facts", Text, nullable=False),
    UniqueConstraint("execution_id", "live"),
    UniqueConstraint("run_id"),  # one run cannot be the answer to two attempts
    Index(None, "root"),
    Index(None, "created_at"),
    Index(None, "live", "owner"),
    Index(None, "owner", "state", "next_look"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", _counted, primary_key=True, autoincrement=True),  # the order within a lane
    Column("key", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("card", Text, nullable=False),
    Column("message", Text, nullable=False),  # emptied when the row has ended
    Column("to_user", Text, nullable=False),
    Column("open", Integer),  # pending or sending
    Column("state", Text, nullable=False),
    Column("code", Text, nullable=False),  # why it is dead
    Column("tries", Integer, nullable=False),
    Column("unsure", Integer),
    Column("owner", Text),
    Column("lease_until", BigInteger),
    Column("not_before", BigInteger, nullable=False),
    Column("first_tried", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("key"),
    Index(None, "open", "lane", "id"),
    Index(None, "created_at"),
)

taken_request = Table(
    "taken_request",
    metadata,
    Column("id", _counted, primary_key=True, autoincrement=True),
    Column("budget", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index(None, "budget", "at"),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("what", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("prev", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index(None, "at"),
)

seen = Table(
    "seen",
    metadata,
    Column("kind", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
    PrimaryKeyConstraint("kind", "id"),
    Index(None, "until"),
)

note = Table(
    "note",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
