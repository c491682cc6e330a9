"""Looking at many runs at once: one aliased request for each hundred.

A run that Harness would not show spoils nothing for the others. Runs that a person started and that
still go on are refreshed first, likewise many in one request, because Harness leaves their stage
lists stale (facts 3.6, ruling 9).
"""

from collections.abc import Mapping, Sequence
from itertools import islice

from bot.core.errors import HarnessTrouble
from bot.core.execution import Execution, ExecutionRef
from bot.harness import documents
from bot.harness.answers import Answer, execution_under
from bot.harness.firstgen_wire import may_be_stale, read_execution
from bot.harness.reader import Reader
from bot.ports import Unreadable

MOST_REMEMBERED = 10_000
"""Runs that are no longer asked for are never seen to end; so many are forgotten at once."""

Seen = dict[str, Execution | Unreadable]


class Polls:
    """Looks at runs, and remembers which of them go stale."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._stale: set[str] = set()

    async def poll(self, refs: Sequence[ExecutionRef]) -> Mapping[str, Execution | Unreadable]:
        """Look at *refs*; raise only when none of the requests was answered.

        A hundred that could not be asked for count as ``Unreadable`` when others could.
        """
        wanted = list({ref.id: ref for ref in refs}.values())
        seen: Seen = {}
        answered = 0
        trouble: HarnessTrouble | None = None
        for chunk in _chunks(wanted):
            try:
                seen |= await self._look(chunk)
                answered += 1
            except HarnessTrouble as error:
                trouble = error
                seen |= {ref.id: Unreadable(error.kind) for ref in chunk}
        if trouble is not None and not answered:
            raise trouble
        self._remember(seen)
        return seen

    def _remember(self, seen: Seen) -> None:
        """Note which of *seen* go stale; the others that do were asked for in other calls."""
        elsewhere = self._stale - seen.keys()
        if len(elsewhere) > MOST_REMEMBERED:
            elsewhere = set()
        self._stale = elsewhere | {i for i, run in seen.items() if _goes_stale(run)}

    async def _look(self, refs: list[ExecutionRef]) -> Seen:
        stale = [(ref.scope, ref.id) for ref in refs if ref.id in self._stale and ref.scope]
        if stale:
            # Whatever it answers, the lists are refreshed or stay as stale as they were.
            await self._reader.ask(documents.refresh(stale), lambda _: None, until=None)
        question = documents.look([ref.id for ref in refs])
        return await self._reader.ask(question, lambda answer: read_looks(answer, refs), until=None)


def _chunks(refs: list[ExecutionRef]) -> list[list[ExecutionRef]]:
    upcoming = iter(refs)
    chunks = iter(lambda: list(islice(upcoming, documents.MOST_AT_ONCE)), [])
    return list(chunks)


def _goes_stale(run: Execution | Unreadable) -> bool:
    return isinstance(run, Execution) and not run.ended and may_be_stale(run.cause)


def read_looks(answer: Answer, refs: list[ExecutionRef]) -> Seen:
    """Read each alias by itself; complaints about the request as a whole are trouble for all."""
    for complaint in answer.complaints:
        if not complaint.path:
            raise HarnessTrouble(complaint.trouble, complaint.text)
    return {ref.id: _read_one(answer, f"r{n}", ref) for n, ref in enumerate(refs)}


def _read_one(answer: Answer, alias: str, ref: ExecutionRef) -> Execution | Unreadable:
    try:
        return read_execution(execution_under(answer, alias), ref)
    except HarnessTrouble as trouble:
        return Unreadable(trouble.kind)
