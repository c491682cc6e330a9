"""Bringing an older or an empty database to this version's tables, all or nothing."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.store.trouble import BadStore


def upgrade(connection: Connection) -> None:
    """Run what is missing, in the caller's transaction; raise ``BadStore`` for a newer database."""
    config = _config()
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    at = MigrationContext.configure(connection).get_current_heads()
    if unknown := set(at) - known:
        raise BadStore(
            f"The database was last used by a newer version of the bot (revision"
            f" {', '.join(sorted(unknown))}): install that version, or restore the backup that was"
            f" made before the upgrade."
        )
    if set(at) != set(ScriptDirectory.from_config(config).get_heads()):
        command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    folder = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
