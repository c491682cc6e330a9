"""Real processes of the bot: started, killed, frozen, and started again."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0

HURRIED: Mapping[str, float] = {
    "click_seconds": 4.0,
    "read_seconds": 3.0,
    "guard_ms": 3_000,
    "settle_ms": 1_500,
    "post_seconds": 0.0,
}
"""Promises about time for a test that has a minute; None runs ``python -m bot run`` itself."""


async def until(condition: Callable[[], object], seconds: float) -> None:
    """Look again and again whether something is true of another process."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 -- nobody rings a bell across processes
            await asyncio.sleep(0.02)


class Replica:
    """One place where a process of the bot runs, and runs again after each kill."""

    def __init__(
        self,
        environment: Mapping[str, str],
        folder: Path,
        *,
        pace: Mapping[str, float] | None = HURRIED,
        port: int = 0,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = port
        self.starts = 0
        self.kills = 0
        self.process: asyncio.subprocess.Process | None = None
        self._environment = dict(environment)
        self._command = [sys.executable, "-m", "bot", "run"]
        if pace is not None:
            self._command = [
                sys.executable,
                str(ROOT / "tests/torture/hurried.py"),
                json.dumps(dict(pace)),
            ]

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    @property
    def log(self) -> Path:
        """Everything that the processes wrote, one after the other."""
        return self.folder / "log.txt"

    async def start(self, **changes: str) -> None:
        """Start the process; it is not ready yet."""
        assert self.process is None, "it runs"
        self.starts += 1
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=self.folder,  # no .env of the developer's
                env=self._environment | {"PYTHONPATH": str(ROOT), "PORT": str(self.port)} | changes,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def ready(self) -> None:
        """Wait until ``/readyz`` says so."""
        async with asyncio.timeout(START_SECONDS), aiohttp.ClientSession() as session:
            while True:
                assert self.process is not None
                if self.process.returncode is not None:
                    raise AssertionError(f"the bot ended:\n{self.log.read_text()[-3000:]}")
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(f"http://127.0.0.1:{self.port}/readyz") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.03)

    async def kill(self) -> None:
        """End it as a power cut would."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            self.kills += 1
        await self.gone()

    async def stop(self) -> int:
        """End it in order, and give its exit code."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        return await self.gone()

    async def gone(self) -> int:
        if self.process is None:
            return 0
        code = await self.process.wait()
        self.process = None
        return code

    def freeze(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGCONT)

    @property
    def frozen(self) -> bool:
        """Whether the process is stopped, by us or by itself."""
        state = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state == "T"


@asynccontextmanager
async def replicas(*made: Replica) -> AsyncIterator[tuple[Replica, ...]]:
    """Start all of them, wait until they are ready, and leave none behind."""
    try:
        for one in made:
            await one.start()
        for one in made:
            await one.ready()
        yield made
    finally:
        for one in made:
            if one.process is not None:
                with contextlib.suppress(ProcessLookupError):
                    one.process.kill()
                await one.gone()
