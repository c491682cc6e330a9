"""Finding the run that a resume started, when its answer was lost or somebody else began it.

GraphQL shows no chain of resumes. A later run of the same pipeline is known to be ours by the REST
view, which names the first run of its chain, or by its reused rows, which carry the old workflow
runs (facts 4.4). Whatever proves nothing stays a candidate for the caller to judge (ruling 11).
"""

from collections.abc import Mapping
from typing import Any

from bot.core.errors import HarnessTrouble, Trouble
from bot.core.execution import CauseKind, Execution, ExecutionRef
from bot.harness import documents
from bot.harness.answers import Answer
from bot.harness.batches import ask_each, looked, refresh
from bot.harness.complaints import judge
from bot.harness.firstgen_wire import (
    Json,
    may_be_stale,
    read_cause,
    read_list,
    read_part,
    read_text,
    read_time,
)
from bot.harness.fragments import LOOK
from bot.harness.reader import Reader
from bot.harness.rest import Rest
from bot.ports import Successor

_SKEW = 120_000
"""How far Harness's clock may be behind ours: such runs count if they are proven."""
_MOST_ASKED = 5


class Successors:
    """Looks for later runs of a pipeline."""

    def __init__(self, reader: Reader, rest: Rest) -> None:
        self._reader = reader
        self._rest = rest

    async def since(
        self, old: Execution, root: str, since: int, known: frozenset[str]
    ) -> tuple[Successor, ...]:
        """List the runs that may continue *old*, newest first, in the background."""
        found = await self._later_runs(old, since - _SKEW, until=None)
        fresh = [node for node in found if read_text(node.get("id")) not in known | {old.ref.id}]
        chains = {ref: await self._chain(node, ref, old) for node, ref in _named(fresh, old)}
        unseen = [(node, ref) for node, ref in _named(fresh, old) if not chains[ref]]
        rows = await self._rows(unseen) if unseen else {}
        weighed = (
            _weigh(node, old, {root, old.ref.id}, chain=chains[ref], rows=rows.get(ref.id))
            for node, ref in _named(fresh, old)
        )
        return tuple(
            successor
            for successor in weighed
            if successor is not None
            and (successor.proven or (successor.created_at > since and old.pipeline_id))
        )

    async def latest(self, old: Execution, root: str, *, until: float | None) -> Successor | None:
        """Find the latest run of the chain of *root*; ``None`` where that cannot be known now."""
        try:
            found = await self._later_runs(old, old.created_at or 0, until=until)
        except HarnessTrouble:
            return None
        for node in found[:_MOST_ASKED]:
            ref = _ref(node, old)
            raw = await self._rest.execution(ref, until=until)
            if raw is not None and raw.root == root and raw.latest:
                return read_successor(node, old, proven=True)
        return None

    async def _later_runs(self, old: Execution, after: int, *, until: float | None) -> list[Json]:
        question = documents.successors(old.pipeline_id, old.ref.scope, max(after, 0))
        return await self._reader.ask(question, read_nodes, until=until)

    async def _chain(self, node: Json, ref: ExecutionRef, old: Execution) -> str:
        """Name the first run of a candidate's chain; empty where that is not known (yet)."""
        if reuses(node, old):
            return old.ref.id
        raw = await self._rest.execution(ref, until=None)
        return "" if raw is None else raw.root

    async def _rows(self, candidates: list[tuple[Json, ExecutionRef]]) -> dict[str, Execution]:
        """Read the candidates one by one in one request: the list never shows fresh rows (3.6)."""
        refs = [ref for _, ref in candidates]
        stale = [ref for node, ref in candidates if may_be_stale(read_cause(node.get("cause")))]
        await refresh(self._reader, stale)
        seen = await ask_each(self._reader, LOOK, refs, looked)
        return {i: run for i, run in seen.items() if isinstance(run, Execution)}


def _named(nodes: list[Json], old: Execution) -> list[tuple[Json, ExecutionRef]]:
    return [(node, _ref(node, old)) for node in nodes]


def _weigh(
    node: Json, old: Execution, ours: set[str], *, chain: str, rows: Execution | None
) -> Successor | None:
    """Say what a candidate proves; ``None``: it certainly belongs to another chain.

    A run without a chain may be ours all the same: Harness writes the chain down only after it
    has saved the run (facts 3.8).
    """
    if chain and chain not in ours:
        return None
    shown = rows is not None and _reuses({row.run_id for row in rows.stages}, old)
    return read_successor(node, old, proven=bool(chain) or shown)


def read_successor(node: Json, old: Execution, *, proven: bool) -> Successor:
    """Read a run that may continue *old*."""
    return Successor(
        run=_ref(node, old),
        url=read_text(node.get("executionUrl")),
        created_at=read_time(node.get("createdAt")) or 0,
        proven=proven,
        by_api_key=read_cause(node.get("cause")).kind is CauseKind.API_KEY,
    )


def reuses(node: Json, old: Execution) -> bool:
    """Whether the rows of a list's *node* are taken over from *old*, as far as they show."""
    rows = read_list(node, "pipelineStageExecutions")
    return _reuses({read_text(read_part(row).get("workflowExecutionId")) for row in rows}, old)


def _reuses(runs: set[str], old: Execution) -> bool:
    """Whether rows are taken over from *old*: they keep its workflow runs (facts 4.4)."""
    return not runs.isdisjoint(row.run_id for row in old.stages if row.run_id)


def read_nodes(answer: Answer, alias: str = "executions") -> list[Json]:
    """Read the list; one with a hole could hide the very run that is looked for."""
    page: Any = answer.data.get(alias)
    nodes = page.get("nodes") if isinstance(page, Mapping) else None
    if not isinstance(nodes, list) or not all(isinstance(node, Mapping) for node in nodes):
        if answer.complaints:
            raise judge(answer.complaints)
        raise HarnessTrouble(Trouble.STRANGE, "the list of executions has holes")
    return [node for node in nodes if node.get("__typename") != "WorkflowExecution"]


def _ref(node: Json, old: Execution) -> ExecutionRef:
    scope = read_text(read_part(node, "application").get("id"))
    return ExecutionRef(read_text(node.get("id")), scope or old.ref.scope)
