"""Asking about many runs at once: aliased requests, as few as there can be, in the background.

A run that Harness would not show spoils nothing for the others; a request that fails as a whole is
trouble for the caller.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from bot.core.errors import HarnessTrouble
from bot.core.execution import Execution, ExecutionRef
from bot.harness import documents
from bot.harness.answers import Answer, execution_under
from bot.harness.documents import MOST_AT_ONCE
from bot.harness.firstgen_wire import read_execution
from bot.harness.fragments import Fragment
from bot.harness.reader import Reader
from bot.ports import Unreadable

T = TypeVar("T")
ReadOne = Callable[[Answer, str, ExecutionRef], T]
"""Reads one run under its alias; raises ``HarnessTrouble`` for what does not tell."""


async def ask_each(
    reader: Reader,
    fragment: Fragment,
    refs: Sequence[ExecutionRef],
    read: ReadOne[T],
    *,
    at_once: int = MOST_AT_ONCE,
) -> dict[str, T | Unreadable]:
    """Ask what *fragment* asks of each run, *at_once* in one request; the keys are their ids."""
    seen: dict[str, T | Unreadable] = {}
    for some in chunks(list({ref.id: ref for ref in refs}.values()), at_once):
        question = documents.aliased(fragment, [ref.id for ref in some])
        seen |= await reader.ask(question, partial(_read_each, some, read), until=None)
    return seen


async def refresh(reader: Reader, refs: Sequence[ExecutionRef]) -> None:
    """Make Harness write down the stages of *refs*, whose lists it leaves stale (facts 3.6).

    Whatever it answers, the lists are refreshed or stay as stale as they were.
    """
    for some in chunks([ref for ref in refs if ref.scope], MOST_AT_ONCE):
        question = documents.refresh([(ref.scope, ref.id) for ref in some])
        await reader.ask(question, lambda _: None, until=None)


def _read_each(
    refs: Sequence[ExecutionRef], read: ReadOne[T], answer: Answer
) -> dict[str, T | Unreadable]:
    """Read each alias by itself; complaints about the request as a whole are trouble for all."""
    for complaint in answer.complaints:
        if not complaint.path:
            raise HarnessTrouble(complaint.trouble, complaint.text)
    seen: dict[str, T | Unreadable] = {}
    for number, ref in enumerate(refs):
        try:
            seen[ref.id] = read(answer, f"r{number}", ref)
        except HarnessTrouble as trouble:
            seen[ref.id] = Unreadable(trouble.kind)
    return seen


def looked(answer: Answer, alias: str, ref: ExecutionRef) -> Execution:
    """Read what ``fragments.LOOK`` asked."""
    return read_execution(execution_under(answer, alias), ref)


def chunks(items: Sequence[T], size: int) -> list[Sequence[T]]:
    """Cut *items* into pieces of *size*."""
    return [items[at : at + size] for at in range(0, len(items), size)]
