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

COMMON = {
    "SLACK_BOT_TOKEN": "xoxb-not-needed",
    "SLACK_APP_TOKEN": "xapp-not-needed",
    "HARNESS_ACCOUNT_ID": "kmpySmUISimoRrJL6NL73w",
    "HARNESS_API_KEY": "not-needed",
    "PORT": "0",
}


async def started(folder, url):
    """Run ``python -m bot run`` to its end; give exit code and standard error."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        env=bare_environment() | COMMON | {"DATABASE_URL": url, "PYTHONPATH": str(ROOT)},
        cwd=folder,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await asyncio.wait_for(process.communicate(), 40)
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


@pytest.mark.parametrize("make", [no_folder, closed_folder, a_folder, no_database, damaged])
async def test_a_database_that_cannot_be_used_is_one_line_and_exit_2(tmp_path, make):
    """Whatever is wrong with the file, the start says it in a line that names the setting."""
    code, said = await started(tmp_path, f"sqlite:///{make(tmp_path)}")
    lines = [line for line in said.splitlines() if "Traceback" in line or "DATABASE_URL" in line]
    assert code == 2, said
    assert len(said.strip().splitlines()) == 1, said
    assert lines[0].startswith("DATABASE_URL: ")


async def test_a_locked_database_is_one_line_and_exit_2(tmp_path):
    """A file that another program holds locked is waited for a moment, and then refused."""
    path = tmp_path / "bot.db"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    holder.execute("CREATE TABLE mine (x)")
    try:
        code, said = await started(tmp_path, f"sqlite:///{path}")
    finally:
        holder.close()
    assert code == 2
    assert "DATABASE_URL" in said.splitlines()[-1]
    assert "lock" in said.splitlines()[-1]


async def test_a_full_disk_costs_no_ack_and_starts_nothing(tmp_path, sqlite_url):
    """While nothing can be written a press is acked, told, and does not resume; then all works."""
    async with opened(tmp_path, sqlite_url) as arena, replicas(arena.replica("one")) as (one,):
        run = arena.failed_run()
        card = await arena.card(run)
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


async def test_a_disk_that_fills_before_the_start_is_one_line_and_exit_2(tmp_path):
    """A disk without room for the first table is told at the start."""
    path = tmp_path / "bot.db"
    code, said = await _with_no_room(tmp_path, f"sqlite:///{path}")
    assert code == 2, said
    assert "DATABASE_URL" in said.splitlines()[-1]
    assert "disk" in said.splitlines()[-1]


async def _with_no_room(folder, url):
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192));"
        "from bot.cli import main; sys.exit(main(['run']))",
        env=bare_environment()
        | COMMON
        | {"DATABASE_URL": url, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=folder,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await asyncio.wait_for(process.communicate(), 40)
    return process.returncode, said.decode()


def _thread(card):
    return " ".join(message.text for message in card.thread)
