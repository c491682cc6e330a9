"""Looking at runs that go on, many in one request.

Runs that a person started are refreshed first, likewise many in one request, because Harness leaves
their stage lists stale (facts 3.6, ruling 9).
"""

from collections.abc import Mapping, Sequence

from bot.core.execution import Execution, ExecutionRef
from bot.harness.batches import ask_each, looked, refresh
from bot.harness.firstgen_wire import may_be_stale
from bot.harness.fragments import LOOK
from bot.harness.reader import Reader
from bot.ports import Unreadable

MOST_REMEMBERED = 10_000
"""Runs that are no longer asked for are never seen to end; so many are forgotten at once."""


class Polls:
    """Looks at runs, and remembers which of them go stale."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._stale: set[str] = set()

    async def poll(self, refs: Sequence[ExecutionRef]) -> Mapping[str, Execution | Unreadable]:
        """Look at *refs*, those that go stale refreshed."""
        await refresh(self._reader, [ref for ref in refs if ref.id in self._stale])
        seen = await ask_each(self._reader, LOOK, refs, looked)
        self._remember(seen)
        return seen

    def _remember(self, seen: Mapping[str, Execution | Unreadable]) -> None:
        """Note which of *seen* go stale; the others that do were asked for in other calls."""
        elsewhere = self._stale - seen.keys()
        if len(elsewhere) > MOST_REMEMBERED:
            elsewhere = set()
        self._stale = elsewhere | {i for i, run in seen.items() if _goes_stale(run)}


def _goes_stale(run: Execution | Unreadable) -> bool:
    return isinstance(run, Execution) and not run.ended and may_be_stale(run.cause)
