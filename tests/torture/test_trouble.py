"""Trouble with the disk, the file and the clock: a clear error at the start, a loud one later."""

import asyncio
import os
import resource
import sqlite3
import sys

import pytest

from bot.clock import SystemClock
from bot.store.database import Database
from tests.e2e.world import opened as pretended
from tests.e2e.world import until
from tests.torture.arena import bare_environment, opened
from tests.torture.processes import ROOT, replicas
from tests.torture.score import score

pytestmark = pytest.mark.timeout(180)  # real processes, on a machine that may be busy

COMMON = {
    "SLACK_BOT_TOKEN": "xoxb-not-needed",
    "SLACK_APP_TOKEN": "xapp-not-needed",
    "HARNESS_ACCOUNT_ID": "kmpySmUISimoRrJL6NL73w",
    "HARNESS_API_KEY": "not-needed",
    "PORT": "0",
}


async def started(folder, url, *, room=None):
    """Run ``resume-bot run`` to its end, on a disk with *room*; give exit code and complaint."""
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}));"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        (limit if room else "") + "import sys; from bot.cli import main; sys.exit(main(['run']))",
        env=bare_environment()
        | COMMON
        | {"DATABASE_URL": url, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=folder,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await asyncio.wait_for(process.communicate(), 50)
    return process.returncode, said.decode()


def no_folder(folder):
    return folder / "nowhere" / "bot.db"


def closed_folder(folder):
    return "/proc/bot.db"  # nobody may write there, not even root


def a_folder(folder):
    return folder


def no_database(folder):
    path = folder / "bot.db"
    path.write_text("this is a shopping list\n" * 100)
    return path


def damaged(folder):
    path = folder / "bot.db"
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE kept (what TEXT)")
        file.execute("CREATE INDEX found ON kept (what)")
        file.executemany("INSERT INTO kept VALUES (?)", [("x" * 900,)] * 200)
    file.close()
    with path.open("r+b") as raw:
        raw.seek(40_000)
        raw.write(os.urandom(60_000))
    return path


def locked(folder):
    path = folder / "bot.db"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    holder.execute("CREATE TABLE mine (x)")
    HOLDERS.append(holder)
    return path


def no_room(folder):
    return folder / "bot.db"


HOLDERS: list[sqlite3.Connection] = []
TROUBLE = {
    no_folder: "does not exist",
    closed_folder: "cannot write",
    a_folder: "is a folder",
    no_database: "is not a SQLite database",
    damaged: "is damaged",
    locked: "lock",
    no_room: "disk is full",
}


async def test_a_database_that_cannot_be_used_is_one_line_and_exit_2(tmp_path):
    """Whatever is wrong with file, folder, lock or disk, the start says it in one line."""

    async def start(make):
        folder = tmp_path / make.__name__
        folder.mkdir()
        room = 8_192 if make is no_room else None
        return await started(folder, f"sqlite:///{make(folder)}", room=room)

    try:
        ends = await asyncio.gather(*(start(make) for make in TROUBLE))
    finally:
        while HOLDERS:
            HOLDERS.pop().close()
    for make, (code, said) in zip(TROUBLE, ends, strict=True):
        assert code == 2, (make.__name__, said)
        assert len(said.strip().splitlines()) == 1, said
        assert said.startswith("DATABASE_URL: "), said
        assert TROUBLE[make] in said, said


async def test_a_full_disk_costs_no_ack_and_starts_nothing(tmp_path, sqlite_url):
    """While nothing can be written a press is acked, told, and does not resume; then all works."""
    async with opened(tmp_path, sqlite_url) as arena, replicas(arena.replica("one")) as (one,):
        run = arena.failed_run()
        card = await arena.card(run)
        assert await arena.rest(20)
        soft, hard = resource.prlimit(one.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(one.pid, resource.RLIMIT_FSIZE, (0, hard))

        click = await arena.click(card, run)
        assert click.accepted
        await arena.slack.until(lambda: click.told, 20)
        assert arena.harness.world.resumes == []

        resource.prlimit(one.pid, resource.RLIMIT_FSIZE, (soft, hard))
        again = await arena.click(card, run)
        assert again.accepted
        assert await arena.rest(60)
        assert [resume.old for resume in arena.harness.world.resumes] == [run.id]
        assert (await score(arena, kills=0)).faults == {}


async def test_a_slow_disk_costs_no_ack(sqlite_url, monkeypatch):
    """When each write takes most of a second, clicks are acked in time and resume once."""
    write = Database.write

    def slow(self):
        return _Late(write(self))

    async with pretended(sqlite_url) as world:
        run = world.failed_run()
        async with world.bot():
            card = await world.card(run)
            monkeypatch.setattr(Database, "write", slow)
            receipt = await world.dana.presses(card, "Resume Checkout Release from Deploy")
            assert receipt.acked
            await until(lambda: "succeeded" in _thread(card), world, 40)
            monkeypatch.undo()
        assert [resume.old for resume in world.harness.world.resumes] == [run.id]


class _Late:
    def __init__(self, opening):
        self._opening = opening

    async def __aenter__(self):
        await asyncio.sleep(0.4)
        return await self._opening.__aenter__()

    async def __aexit__(self, *raised):
        return await self._opening.__aexit__(*raised)


@pytest.mark.parametrize("jump", [-3 * 86_400_000, 3 * 86_400_000])
async def test_a_clock_that_jumps_loses_no_thread(sqlite_url, monkeypatch, jump):
    """Set back or forward by days while a run is followed, the thread still comes to its end."""
    now = SystemClock.now
    async with pretended(sqlite_url) as world:
        run = world.failed_run()
        async with world.bot():
            card = await world.card(run)
            await world.dana.presses(card, "Resume Checkout Release from Deploy")
            await world.slack.until(lambda: len(card.thread) >= 1)
            monkeypatch.setattr(SystemClock, "now", lambda clock: now(clock) + jump)
            await until(lambda: "succeeded" in _thread(card), world, 30)
            monkeypatch.undo()
        assert len(world.harness.world.resumes) == 1
        assert world.slack.duplicates() == []


def _thread(card):
    return " ".join(message.text for message in card.thread)
