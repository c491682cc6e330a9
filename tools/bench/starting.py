"""The time from the process's start to ready, its memory at rest, and the requests of a click."""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from tests.torture.arena import opened
from tests.torture.processes import replicas
from tools.bench.measured import Measured
from tools.bench.table import Row


async def starts(times: int) -> list[Row]:
    """Start the bot several times on its database; then let it rest and look at its memory."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        async with opened(folder, f"sqlite:///{folder / 'bot.db'}") as arena:
            arena.pace = None
            one = arena.replica("one")
            taken, worked = [], []
            for _ in range(times):
                begun = time.monotonic()
                await one.start()
                await one.ready()
                taken.append(time.monotonic() - begun)
                worked.append(Measured(one.pid).seconds)
                await asyncio.sleep(2)
                memory = Measured(one.pid).megabytes
                await one.stop()
            return [
                Row(
                    "Process start to ready",
                    "1.2 s",
                    f"{statistics.median(taken):.2f} s (best {min(taken):.2f})",
                ),
                Row("Of that, processor time", "-", f"{statistics.median(worked):.2f} s"),
                Row("Memory at rest", "90 MB", f"{memory:.0f} MB"),
            ]


async def click() -> list[Row]:
    """Count the GraphQL requests from a press to the new run's first line."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        async with opened(folder, f"sqlite:///{folder / 'bot.db'}", poll_seconds=600) as arena:
            arena.pace = None
            async with replicas(arena.replica("one")):
                run = arena.failed_run()
                card = await arena.card(run)
                arena.harness.requests.clear()
                await arena.click(card, run)
                await arena.slack.until(lambda: card.thread, 10)
                made = [r for r in arena.harness.requests if r.path.endswith("graphql")]
                made = [r for r in made if set(r.names) != {"execution"} or len(r.names) > 1]
                return [Row("Harness requests per click", "2", str(len(made)))]
