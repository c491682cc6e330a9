"""``make bench``: measure the bot against its aims, and print a table for the README.

``make bench ARGS="--only ack"`` measures a part. Nothing is asserted: a busy machine is no fault.
Slack and Harness are the demo's pretenders in this process; the bot runs in its own, so that
only its own processor time and memory are counted.
"""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping

from bot import logs
from tools.bench import acks, alerting, following, starting
from tools.bench.table import Row

Measure = Callable[[], Awaitable[list[Row]]]


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.split("\n")[0])
    parser.add_argument("--samples", type=int, default=400, help="commands of each kind (400)")
    parser.add_argument("--seconds", type=float, default=60, help="of following (60)")
    parser.add_argument("--only", default="", help="parts whose name contains this")
    asked = parser.parse_args()
    logs.configure(level="ERROR", style="console", secrets=frozenset())
    print("| what | aim | seen |\n|---|---|---|", flush=True)
    for name, measure in _parts(asked.samples, asked.seconds).items():
        if asked.only in name:
            for row in asyncio.run(_measured(measure)):
                print(row, flush=True)
    return 0


async def _measured(measure: Measure) -> list[Row]:
    return await measure()


def _parts(samples: int, seconds: float) -> Mapping[str, Measure]:
    return {
        "start": lambda: starting.starts(5),
        "click": starting.click,
        "ack socket": lambda: acks.acks(samples, socket=True),
        "ack http": lambda: acks.acks(samples, socket=False),
        "alerts": lambda: alerting.storm(200),
        "follow 100": lambda: following.requests_for_100(seconds),
        "follow 1000": lambda: following.thousand_in_thirty(max(seconds, 120)),
        "follow 2000 every 20": lambda: following.two_thousand(seconds, poll_seconds=20),
        "follow 2000 every 5": lambda: following.two_thousand(seconds, poll_seconds=5),
    }


if __name__ == "__main__":
    sys.exit(main())
