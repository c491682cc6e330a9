"""Where the demo's page is served: at the usual port, at a free one, or at the one asked for."""

import asyncio
import socket
from contextlib import closing

import pytest

from bot.cli import main
from bot.demo import run
from bot.settings import BadSettings


@pytest.fixture
def taken():
    """A port of loopback that somebody listens at."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


async def test_when_the_usual_port_is_taken_a_free_one_is_used(taken, monkeypatch, capsys):
    """Who asked for no port sees the demo all the same, and where."""
    monkeypatch.setattr(run, "USUAL_PORT", taken)
    stop = asyncio.Event()
    demo = asyncio.create_task(run.demo(port=None, open_browser=False, stop=stop))
    printed = ""
    async with asyncio.timeout(30):
        while "Open http://127.0.0.1:" not in printed:
            assert not demo.done(), demo.exception()
            await asyncio.sleep(0.05)
            printed += capsys.readouterr().out
    stop.set()
    await demo
    assert f":{taken}/" not in printed


async def test_a_port_that_was_asked_for_and_is_taken_ends_in_one_line(taken):
    """It says what is wrong, and what to type instead."""
    with pytest.raises(BadSettings) as bad:
        await run.demo(port=taken, open_browser=False, stop=asyncio.Event())
    (line,) = bad.value.problems
    assert str(taken) in line
    assert line.endswith("--port 0 picks a free one")


@pytest.mark.parametrize("port", ["abc", "-1", "70000", "٣"])
def test_what_is_no_port_is_told_in_words(port, capsys):
    """Exit 2, and the numbers that would do."""
    with pytest.raises(SystemExit) as end:
        main(["demo", f"--port={port}"])
    assert end.value.code == 2
    assert "a port is a number from 0 to 65535" in capsys.readouterr().err
