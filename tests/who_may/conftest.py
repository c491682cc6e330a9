"""The world in which it is shown who may: the pretenders, and a policy file for the bot."""

import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.world import World, opened

Audit = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    """The pretenders over sockets, and a SQLite file for the bot."""
    async with opened(sqlite_url) as world:
        yield world


@pytest.fixture
def policy(tmp_path: Path) -> Callable[[str], dict[str, Any]]:
    """Write a policy file; gives the setting that names it."""

    def write(text: str) -> dict[str, Any]:
        file = tmp_path / "policy.toml"
        file.write_text(text, encoding="utf-8")
        return {"policy_file": file}

    return write


@pytest.fixture
def audit(sqlite_url: str) -> Audit:
    """Give the facts of all audit records of a kind, oldest first."""

    def read(what: str) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as database, database:
            found = database.execute("SELECT facts FROM audit WHERE what = ? ORDER BY seq", (what,))
            return [json.loads(facts) for (facts,) in found]

    return read
