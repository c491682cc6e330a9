"""Opening: whatever is wrong is said at the start, with a remedy; and what can go wrong later."""

import asyncio
import contextlib
import ctypes
import os
import resource
import sqlite3
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.core.audit import Intact, verify
from bot.ports.pulse import Pulse
from bot.store import sqlite
from bot.store.open import open_store, open_trail
from bot.store.trouble import BadStore, StoreFault, StoreTrouble
from tests.store.values import a_card, an_attempt
from tests.store.world import SteeredClock


def path_of(url):
    return Path(url.removeprefix("sqlite:///"))


async def complaint(url):
    """Give what the bot says when it cannot start."""
    with pytest.raises(BadStore) as refused:
        async with open_store(url, clock=SteeredClock()):
            pass
    return str(refused.value)


async def fill(url, *facts):
    async with open_store(url, clock=SteeredClock()) as store:
        for fact in facts:
            await store.record("said", {"n": fact})


@contextlib.contextmanager
def powerless():
    """Meet the file system as a user without rights, also when root runs the tests."""
    libc = ctypes.CDLL(None)
    if os.geteuid() == 0:
        libc.setfsuid(65534)
    try:
        yield
    finally:
        libc.setfsuid(os.geteuid())


@contextlib.contextmanager
def open_folder():
    """A folder that everybody may enter and nobody may write."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        Path(name).chmod(0o555)
        yield Path(name)
        Path(name).chmod(0o755)


async def test_what_was_written_is_there_at_the_next_start(database_url):
    """A clean stop and a start lose nothing and migrate nothing twice."""
    async with open_store(database_url, clock=SteeredClock()) as store:
        await store.add_card(a_card())
    async with open_store(database_url, clock=SteeredClock()) as store:
        assert (await store.card("card-1")).id == "card-1"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "is not an address"),
        ("mysql://h/d", "mysql is neither sqlite nor postgresql"),
        ("sqlite:////nowhere/at/all/x.db", "folder /nowhere/at/all does not exist"),
        ("sqlite:////tmp", "/tmp is a folder"),
        ("postgresql://u:hunter2@127.0.0.1:1/d", "check that it runs"),
    ],
)
async def test_a_wrong_address_is_explained(url, words):
    """The text names what is wrong, and never a password."""
    said = await complaint(url)
    assert words in said
    assert "hunter2" not in said


@pytest.mark.postgres
async def test_a_database_that_is_not_there_is_explained(postgres_url):
    """Postgres answers, but has no such database."""
    assert "does not exist" in await complaint(postgres_url + "_missing")


async def test_a_read_only_folder_is_explained():
    """The lock file and the journal must be written beside the database."""
    with open_folder() as folder, powerless():
        assert f"cannot write in {folder}" in await complaint(f"sqlite:///{folder}/x.db")


async def test_a_read_only_file_is_explained():
    """A database that belongs to somebody else."""
    with open_folder() as folder:
        folder.chmod(0o777)
        file = folder / "x.db"
        await fill(f"sqlite:///{file}")
        (folder / "x.db.lock").unlink()
        file.chmod(0o444)
        with powerless():
            assert f"cannot read and write {file}" in await complaint(f"sqlite:///{file}")


async def test_a_file_that_is_no_database_is_left_alone(sqlite_url):
    """Somebody's letter is not overwritten."""
    path_of(sqlite_url).write_text("Dear Ann, " * 500)
    assert "is not a SQLite database" in await complaint(sqlite_url)
    assert path_of(sqlite_url).read_text().startswith("Dear Ann")


async def test_a_damaged_file_is_found_at_the_start(sqlite_url):
    """Pages that do not hold together are not worked on."""
    await fill(sqlite_url, *range(50))
    size = path_of(sqlite_url).stat().st_size
    with path_of(sqlite_url).open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (size - 4096))
    assert "restore a backup" in await complaint(sqlite_url)


async def test_a_newer_database_is_not_touched(database_url):
    """After a step back to an older version the bot says so, instead of guessing."""
    async with (
        open_store(database_url, clock=SteeredClock()) as store,
        store._db.write() as connection,
    ):
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert "newer version of the bot (revision 9999)" in await complaint(database_url)


async def test_a_full_disk_at_the_start_is_explained(sqlite_url):
    """There is no room for the tables."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, hard))
    try:
        assert "make room" in await complaint(sqlite_url)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    await fill(sqlite_url, 1)


async def test_a_full_disk_in_running_is_loud_and_leaves_no_half(sqlite_url):
    """The write fails as a whole, others see why, and all goes on when there is room again."""
    pulse = Pulse("store")
    async with open_store(sqlite_url, clock=SteeredClock(), pulse=pulse) as store:
        await store.record("before", {})
        assert (pulse.answered, pulse.trouble) == (True, "")

        async def room(pages):
            async with store._db.read() as connection:
                await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

        await room(1)  # SQLite takes the present size instead
        with pytest.raises(StoreTrouble) as refused:
            await store.record("too much", {"text": "x" * 1_000_000})
        assert refused.value.fault is StoreFault.FULL
        assert "xxx" not in str(refused.value)
        assert pulse.trouble == "full"
        await room(100_000)
        await store.record("after", {})
        assert pulse.trouble == ""
        records = [record async for record in store.trail()]
        assert [record.what for record in records] == ["before", "after"]
        assert verify(records) == Intact(2, records[1].hash)


async def test_a_file_that_another_program_locks_is_reported(sqlite_url, monkeypatch):
    """At the start with a remedy, in running as trouble that passes."""
    monkeypatch.setattr(sqlite, "_BUSY_MS", 50)
    async with open_store(sqlite_url, clock=SteeredClock()) as store:
        with contextlib.closing(sqlite3.connect(path_of(sqlite_url))) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreTrouble) as refused:
                await store.claim(an_attempt())
            assert refused.value.fault is StoreFault.LOCKED
            other.rollback()
        await store.claim(an_attempt())
    with contextlib.closing(sqlite3.connect(path_of(sqlite_url))) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        assert "Another program holds a lock" in await complaint(sqlite_url)


@pytest.mark.parametrize("way", ["VACUUM INTO", "backup"])
async def test_a_backup_of_a_running_bot_can_be_started_from(sqlite_url, way):
    """Both of SQLite's own ways give a whole copy while the bot writes."""
    copy = path_of(sqlite_url).with_name("copy.db")
    async with open_store(sqlite_url, clock=SteeredClock()) as store:
        await store.record("before", {})
        with contextlib.closing(sqlite3.connect(path_of(sqlite_url))) as other:
            if way == "backup":
                with contextlib.closing(sqlite3.connect(copy)) as target:
                    other.backup(target)
            else:
                other.execute("VACUUM INTO ?", (str(copy),))
        await store.record("after", {})
    async with open_store(f"sqlite:///{copy}", clock=SteeredClock()) as store:
        assert [record.what async for record in store.trail()] == ["before"]
        await store.record("again", {})


async def test_the_trail_of_no_database_is_not_invented(sqlite_url):
    """``resume-bot audit`` in the wrong folder says so, and creates no file."""
    with pytest.raises(BadStore, match="There is no database"):
        async with open_trail(sqlite_url, clock=SteeredClock()):
            pass
    assert not path_of(sqlite_url).exists()


async def test_a_cancelled_write_is_whole_or_not_there(database_url):
    """Whatever moment a task is cancelled at, the store works on and its chain holds."""
    async with open_store(database_url, clock=SteeredClock()) as store:
        for n in range(40):
            task = asyncio.create_task(store.record("said", {"n": n}))
            for _ in range(n):
                await asyncio.sleep(0)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await store.record("last", {})
        records = [record async for record in store.trail()]
        assert isinstance(verify(records), Intact)
        assert records[-1].what == "last"
