"""``make torture``: kill, freeze, click and fuzz the real bot, and count what was lost.

``make torture ARGS=200`` kills the bot two hundred times on each kind of database. The processes
are ``python -m bot run`` as in production; Slack and Harness are the demo's pretenders, on loopback
and in real time. The table at the end is the one of the README; any fault makes the exit code 1.
"""

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.demo.harness import Fault
from tests import postgres
from tests.torture import storms
from tests.torture.arena import Arena, opened
from tests.torture.processes import replicas
from tests.torture.score import Score, score

CLICKS = 6
PEOPLE = 40
GUIDED_SECONDS = 60
COLUMNS = (
    "kills",
    "clicks",
    "accepted",
    "resumes",
    "resumed",
    "told",
    "lost",
    "doubled",
    "unfinished",
)
MORE = ("untruthful", "repeated", "audit")


@dataclass(frozen=True)
class Storm:
    """One row of the table."""

    name: str
    on_postgres: bool
    blow: Callable[[Arena, random.Random, int], Awaitable[Score]]
    times: int = 1
    people: int = 3


def main() -> int:
    """Run what was asked for, print the table, and tell by the exit code whether all held."""
    parser = argparse.ArgumentParser(prog="make torture", description=__doc__.split("\n")[0])
    parser.add_argument("kills", nargs="?", type=int, default=20, help="kills of each kind (20)")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--only", default="", help="storms whose name contains this")
    parser.add_argument("--no-fuzz", action="store_true", help="leave the guided fuzzer out")
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    rows = asyncio.run(_all(asked))
    _print(rows)
    bad = any(row.faults for _, row in rows)
    if not asked.no_fuzz and not asked.only:
        bad |= subprocess.run(
            [sys.executable, "-m", "tools.torture.guided", str(GUIDED_SECONDS)], check=False
        ).returncode not in {0, 77}
    return int(bad)


async def _all(asked: argparse.Namespace) -> list[tuple[str, Score]]:
    rows = []
    for storm in _storms(asked.kills):
        if asked.only not in storm.name:
            continue
        total: Score | None = None
        for turn in range(storm.times):
            dice = random.Random(f"{asked.seed} {storm.name} {turn}")  # noqa: S311
            started = time.monotonic()
            async with _arena(storm) as arena:
                found = await storm.blow(arena, dice, asked.kills)
            total = found if total is None else total + found
            seconds = time.monotonic() - started
            print(f"{storm.name}: {found} in {seconds:.0f} s", flush=True)
        assert total is not None
        rows.append((storm.name, total))
    return rows


def _storms(kills: int) -> list[Storm]:
    return [
        Storm("one process, SQLite", False, _kills),
        Storm("two replicas, Postgres", True, _two),
        Storm("everybody at once", True, _everybody, people=PEOPLE),
        Storm("faults at the call", False, _faults, times=max(1, kills // 10)),
        Storm("faults of Slack", False, _slack),
    ]


@asynccontextmanager
async def _arena(storm: Storm) -> AsyncIterator[Arena]:
    with tempfile.TemporaryDirectory(prefix="torture-") as name:
        folder = Path(name)
        if storm.on_postgres:
            with postgres.server() as server, server.database() as url:
                async with opened(folder, url, people=storm.people) as arena:
                    arena.pace = None
                    yield arena
        else:
            url = f"sqlite:///{folder / 'resume-bot.db'}"
            async with opened(folder, url, people=storm.people) as arena:
                arena.pace = None
                yield arena


async def _kills(arena: Arena, dice: random.Random, count: int) -> Score:
    return await storms.kills(arena, dice, rounds=count, clicks=CLICKS, say=_say)


async def _two(arena: Arena, dice: random.Random, count: int) -> Score:
    return await storms.two_replicas(arena, dice, rounds=count, clicks=CLICKS, say=_say)


async def _everybody(arena: Arena, _dice: random.Random, count: int) -> Score:
    async with replicas(arena.replica("one"), arena.replica("two")) as both:
        for _ in range(max(1, count // 10)):
            await storms.everybody_at_once(arena, both, runs=2)
        await arena.rest(storms.REST_SECONDS)
        return await score(arena, kills=0)


async def _faults(arena: Arena, dice: random.Random, _count: int) -> Score:
    faults = list(Fault)
    dice.shuffle(faults)
    return await storms.harness_faults(arena, dice, faults=faults, kills=4)


async def _slack(arena: Arena, dice: random.Random, count: int) -> Score:
    return await storms.slack_faults(arena, dice, rounds=max(1, count // 4), clicks=CLICKS)


def _say(line: str) -> None:
    print(f"\r{line} ", end="", flush=True)


def _print(rows: list[tuple[str, Score]]) -> None:
    names = COLUMNS + MORE
    print("\n| storm | " + " | ".join(names) + " |")
    print("|---" * (len(names) + 1) + "|")
    for name, row in rows:
        print(f"| {name} | " + " | ".join(str(getattr(row, column)) for column in names) + " |")


if __name__ == "__main__":
    sys.exit(main())
