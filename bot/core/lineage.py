"""Which run a lost call started, judged from the runs that came after it (ruling 11)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.core.execution import ExecutionRef


@dataclass(frozen=True, slots=True)
class Successor:
    """A run that may be the one that a lost call started."""

    run: ExecutionRef
    url: str
    created_at: int
    """Epoch milliseconds."""
    proven: bool
    """Harness's REST view names our lineage, or its reused rows carry our old workflow runs."""
    by_api_key: bool
    """Whether the bot's own key started it."""


@dataclass(frozen=True, slots=True)
class Ours:
    """The run that the call started."""

    run: Successor


@dataclass(frozen=True, slots=True)
class Several:
    """More than one run could be it, oldest first: a person decides."""

    runs: tuple[Successor, ...]


@dataclass(frozen=True, slots=True)
class NoneYet:
    """No run could be it, so far."""


Judgement = Ours | Several | NoneYet


def judge(successors: Iterable[Successor], *, old: ExecutionRef, since: int) -> Judgement:
    """Find the run that a lost call to resume *old* started; *since* is the claim, epoch ms.

    One that is proven to continue the lineage is it. Where none is proven, the only one that our
    key started is it. Two candidates of the better kind are never settled by guessing, and a run
    that is older than the claim is no candidate. The same run listed twice counts once.
    """
    runs: dict[str, Successor] = {}
    for found in successors:
        if found.run.id == old.id or found.created_at < since:
            continue
        before = runs.get(found.run.id, found)
        runs[found.run.id] = replace(
            before,
            proven=before.proven or found.proven,
            by_api_key=before.by_api_key or found.by_api_key,
        )
    proven = [run for run in runs.values() if run.proven]
    candidates = proven or [run for run in runs.values() if run.by_api_key]
    match sorted(candidates, key=lambda run: (run.created_at, run.run.id)):
        case []:
            return NoneYet()
        case [only]:
            return Ours(only)
        case several:
            return Several(tuple(several))
