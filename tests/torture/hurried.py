"""The real bot as a process, like ``python -m bot run``, with less patience and a way to freeze.

Run as ``python tests/torture/hurried.py '{"settle_ms": 1500}'``: the argument shortens the promises
about time (``bot.flows.pace``), so that a killed call is settled in seconds and not in a minute.
``FREEZE_AT_CALL=1`` stops the process, as by Ctrl-Z, in the stretch of code that writes the call.
"""

import asyncio
import json
import os
import signal
import sys

from bot import logs
from bot.app import serve
from bot.flows.pace import Pace
from bot.harness.write_guard import WriteGuard
from bot.settings import load


async def main() -> None:
    settings = load()
    logs.configure(level=settings.log_level, style=settings.log_format, secrets=settings.secrets())
    stop = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    await serve(settings, stop=stop, pace=Pace(**json.loads(sys.argv[1])))


def freeze_at_call() -> None:
    check = WriteGuard.check

    def frozen_first(guard: WriteGuard) -> None:
        os.kill(os.getpid(), signal.SIGSTOP)
        check(guard)

    WriteGuard.check = frozen_first  # type: ignore[method-assign]


if __name__ == "__main__":
    if os.environ.get("FREEZE_AT_CALL"):
        freeze_at_call()
    asyncio.run(main())
