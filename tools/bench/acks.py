"""The time from a command to its ack: the bot's against a bare Bolt app's, sample by sample."""

import asyncio
import contextlib
import statistics
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp

from bot.demo.slack import Person, PretendSlack
from tests.torture.arena import Arena, opened
from tests.torture.processes import ROOT, replicas
from tools.bench.table import Row

WARM_UP = 20
TEXT = "help"


async def acks(samples: int, *, socket: bool) -> list[Row]:
    """Measure both at once, in turns, each in a process and a workspace of its own."""
    mode = "Socket Mode" if socket else "HTTP mode"
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        ours = await stack.enter_async_context(opened(folder, f"sqlite:///{folder / 'bot.db'}"))
        ours.pace = None
        bare = await stack.enter_async_context(opened(folder / "bare", "sqlite:///unused"))
        one, other = ours.replica("one"), bare.replica("bare")
        other._command = [sys.executable, "-m", "tools.bench.bare"]  # noqa: SLF001
        for arena, replica in ((ours, one), (bare, other)):
            replica._environment["SLACK_SIGNING_SECRET"] = arena.slack.signing_secret  # noqa: SLF001
            if not socket:
                replica._environment.pop("SLACK_APP_TOKEN")  # noqa: SLF001
                arena.slack.send_to(f"http://127.0.0.1:{replica.port}/slack/events")
        await stack.enter_async_context(replicas(one))
        other.folder.mkdir(parents=True, exist_ok=True)
        await other.start(PYTHONPATH=str(ROOT))
        stack.push_async_callback(other.kill)
        await _until_it_answers(bare)
        times = await _in_turns(ours, bare, samples)
    return [
        Row(
            f"Command to ack, {mode}, {name}",
            aim,
            f"{bot * 1000:.1f} ms against {its * 1000:.1f} ms: {bot / its:.2f}",
        )
        for name, aim, bot, its in (
            ("median", "-", *(statistics.median(t) for t in times)),
            ("99th percentile", "≤ 1.15", *(_p99(t) for t in times)),
        )
    ]


async def _in_turns(ours: Arena, bare: Arena, samples: int) -> tuple[list[float], list[float]]:
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(samples + WARM_UP):
        turns = [(ours, times[0]), (bare, times[1])]
        for arena, kept in turns if number % 2 else reversed(turns):
            seconds = await _one(arena.slack, arena.people[0], arena)
            if number >= WARM_UP:
                kept.append(seconds)
    return times


async def _one(slack: PretendSlack, person: Person, arena: Arena) -> float:
    """Type the command once, and wait until its answer has come too, so that none overlap."""
    before = len(person.ephemerals())
    receipt = await person.types(arena.channels[0], f"/resume {TEXT}")
    assert receipt.acked, receipt
    assert receipt.seconds is not None
    await slack.until(lambda: len(person.ephemerals()) > before, 10)
    await asyncio.sleep(0.005)
    return receipt.seconds


async def _until_it_answers(arena: Arena) -> None:
    async with asyncio.timeout(20):
        while True:
            if arena.slack.delivery.http.request_url is None:
                if arena.slack.delivery.socket.connections:
                    return
            else:
                with contextlib.suppress(aiohttp.ClientError):
                    receipt = await arena.people[0].types(arena.channels[0], "/resume help")
                    if receipt.acked:
                        await asyncio.sleep(0.2)
                        return
            await asyncio.sleep(0.1)


def _p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[98]
