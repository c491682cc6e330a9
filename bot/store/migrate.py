"""Seeing at every start that the tables are this version's, and bringing them there if not.

Alembic is loaded only when there is something to do: it is a tenth of the bot's memory at rest.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

_SCRIPTS = Path(__file__).parent / "migrations" / "versions"


def migrate(connection: Connection) -> None:
    """Run what is missing, in the caller's transaction; raise ``BadStore`` for a newer database."""
    if _revisions(connection) == [_newest()]:
        return
    from bot.store.upgrade import upgrade  # noqa: PLC0415 -- see above

    upgrade(connection)


def _revisions(connection: Connection) -> list[str]:
    """Read where alembic left the database; nothing in a new one."""
    if not inspect(connection).has_table("alembic_version"):
        return []
    return list(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())


def _newest() -> str:
    """Name the last revision: scripts are called ``<revision>_<what it does>.py``, in order."""
    return max(script.name.partition("_")[0] for script in _SCRIPTS.glob("[0-9]*_*.py"))
