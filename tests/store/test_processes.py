"""Real processes that are killed, and a real server that goes away."""

import asyncio
import contextlib
import os
import pwd
import signal
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from bot.store.open import open_store
from bot.store.replicas import Alive, LeaseLost
from bot.store.trouble import StoreFault, StoreTrouble
from tests import postgres
from tests.store.values import an_attempt
from tests.store.world import SteeredClock

ROOT = Path(__file__).parents[2]


@contextlib.asynccontextmanager
async def process(url, name):
    """Run tests/store/holder.py as a process of its own."""
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        ROOT / "tests/store/holder.py",
        url,
        name,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.wait()
        started._transport.close()


async def line_with(running, words):
    async with asyncio.timeout(40):
        while line := (await running.stdout.readline()).decode():
            if words in line:
                return line.split()
    raise AssertionError(f"The process ended without saying {words!r}.")


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_second_process_stands_by_until_the_first_is_gone(sqlite_url, end):
    """On one SQLite file the second waits, says so once, and takes over what a kill -9 left."""
    async with process(sqlite_url, "one") as first:
        assert await line_with(first, "took over") == ["took", "over"]
        await line_with(first, "calling")
        async with process(sqlite_url, "two") as second:
            await line_with(second, "standing_by")
            first.send_signal(end)
            if end == signal.SIGSTOP:  # frozen is not gone: it still holds the file
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(second.stdout.readline(), 0.6)
                first.kill()
            assert await line_with(second, "took over") == ["took", "over", "one"]
            await line_with(second, "calling")


@pytest.mark.postgres
async def test_a_server_that_restarts_is_found_again():
    """While Postgres is away calls say so; afterwards the same store works on, as a new replica."""
    with postgres.server() as server:
        pg_ctl = await controller(server)
        try:
            with server.database() as url:
                async with open_store(url, clock=SteeredClock(), lease=0.1) as store:
                    await store.claim(an_attempt())
                    await pg_ctl("stop", "-m", "fast")
                    with pytest.raises(StoreTrouble) as away:
                        await store.claim(an_attempt("b", "run-b"))
                    assert away.value.fault is StoreFault.AWAY
                    await pg_ctl("start", "-o", f"-p {server.port} -k '' -h 127.0.0.1")
                    assert await store.beat() == LeaseLost()
                    await store.rejoin()
                    assert [a.id for a in await store.adopted()] == ["attempt-1"]
                    assert await store.beat() == Alive()
        finally:
            await pg_ctl("stop", "-m", "immediate")


async def controller(server):
    """Give a way to stop and start the server's process."""
    connection = await asyncpg.connect(server.url("postgres"))
    data = await connection.fetchval("SHOW data_directory")
    await connection.close()
    who = {"user": pwd.getpwnam("nobody").pw_uid} if os.geteuid() == 0 else {}

    async def run(verb, *options):
        words = [server.programs / "pg_ctl", verb, "-D", data, "-w", "-l", f"{data}/log", *options]
        await asyncio.to_thread(
            subprocess.run, words, check=True, cwd="/", stdout=subprocess.DEVNULL, **who
        )

    return run
