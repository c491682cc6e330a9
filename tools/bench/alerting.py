"""A storm of Harness's alerts in Slack: how fast cards come, at what cost, beside a bare echo."""

import asyncio
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

from bot.demo.harness import alerts
from bot.demo.slack import Message
from tests.torture.arena import Arena, opened
from tests.torture.processes import ROOT, Replica, until
from tools.bench.measured import Measured
from tools.bench.table import Row

LONGEST = 600.0


async def storm(count: int) -> list[Row]:
    """Let *count* pipelines fail at once, and count until each alert has its card."""
    ours, requests = await _answered(count, bare=False)
    echo, _ = await _answered(count, bare=True)
    return [
        Row(f"Alerts a second, event to card, {count} at once", "-", f"{count / ours[0]:.1f}"),
        Row("The same for a bare Bolt echo", "-", f"{count / echo[0]:.1f}"),
        Row(
            "Processor per alert against a bare Bolt echo",
            "-",
            f"{ours[1] / count * 1000:.1f} ms against {echo[1] / count * 1000:.1f} ms",
        ),
        Row("Harness requests per alert in a storm", "≤ 1", f"{requests / count:.2f}"),
    ]


async def _answered(count: int, *, bare: bool) -> tuple[tuple[float, float], int]:
    """Give the seconds and the processor seconds until all is answered, and the requests made."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        arena = await stack.enter_async_context(opened(folder, f"sqlite:///{folder / 'bot.db'}"))
        arena.pace = {"post_seconds": 0.0}  # Slack's own limit aside
        one = arena.replica("one")
        if bare:
            one._command = [sys.executable, "-m", "tools.bench.bare"]  # noqa: SLF001
            one._environment["SLACK_SIGNING_SECRET"] = arena.slack.signing_secret  # noqa: SLF001
        await _start(arena, one, bare=bare)
        stack.push_async_callback(one.kill)
        begun, worked = time.monotonic(), Measured(one.pid).seconds
        arena.harness.requests.clear()
        said = await _alerts(arena, count)
        await until(lambda: all(message.thread for message in said), LONGEST)
        took = time.monotonic() - begun
        made = sum(request.path.endswith("graphql") for request in arena.harness.requests)
        return (took, Measured(one.pid).seconds - worked), made


async def _start(arena: Arena, one: Replica, *, bare: bool) -> None:
    one.folder.mkdir(parents=True, exist_ok=True)
    await one.start(**({"PYTHONPATH": str(ROOT)} if bare else {}))
    if not bare:
        await one.ready()
    await arena.slack.until(lambda: arena.slack.delivery.socket.connections, 30)


async def _alerts(arena: Arena, count: int) -> list[Message]:
    """Post what Harness posts of a failed workflow, once for each of *count* runs."""
    place = arena.channels[0]
    hook = arena.slack.webhook(place, "Harness")
    before = len(place.messages)
    for _ in range(count):
        run = arena.failed_run()
        made = alerts.workflow_ended(arena.harness.world, run.row("Deploy EU"))
        assert made is not None
        hook.posts(made["text"], attachments=made["attachments"])
        await asyncio.sleep(0)
    return place.messages[before : before + count]
