"""Work in hand: tasks that somebody keeps, so that none is lost and none raises into the void.

Bolt and asyncio hold no strong reference to what they start (facts/slack.md section 3), so every
task of the bot is started here, its failure is logged with an id, and a stop waits for them.
"""

import asyncio
from collections.abc import Coroutine

import structlog

log = structlog.stdlib.get_logger(__name__)


class Work:
    """The tasks under way."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    def start(self, story: Coroutine[object, object, None], *, name: str) -> None:
        """Run *story* as a task of its own; after ``drain`` began it is dropped."""
        if self._closed:
            story.close()
            return
        task = asyncio.create_task(self._guard(story, name), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guard(self, story: Coroutine[object, object, None], name: str) -> None:
        try:
            await story
        except Exception:
            log.exception("task failed", task=name)

    async def drain(self, seconds: float) -> None:
        """Let the tasks finish for *seconds*, then cancel what is left and wait for that."""
        self._closed = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        left = tuple(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    @property
    def under_way(self) -> int:
        """Count the tasks that have not ended."""
        return len(self._tasks)
