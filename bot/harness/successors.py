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
from bot.harness.complaints import judge
from bot.harness.firstgen_wire import (
    Json,
    read_cause,
    read_list,
    read_part,
    read_stages,
    read_text,
    read_time,
)
from bot.harness.reader import Reader
from bot.harness.rest import Rest
from bot.harness.transport import Answer
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
        judged = [await self._judged(node, old, root) for node in fresh]
        return tuple(
            successor
            for successor in judged
            if successor is not None
            and (successor.proven or (successor.created_at > since and old.pipeline_id))
        )

    async def latest(
        self, old: Execution, root: str, *, until: float | None
    ) -> ExecutionRef | None:
        """Name the latest run of the chain of *root*; ``None`` where that cannot be known now."""
        try:
            found = await self._later_runs(old, old.created_at or 0, until=until)
        except HarnessTrouble:
            return None
        for node in found[:_MOST_ASKED]:
            ref = _ref(node, old)
            raw = await self._rest.execution(ref, until=until)
            if raw is not None and raw.root == root and raw.latest:
                return ref
        return None

    async def _later_runs(self, old: Execution, after: int, *, until: float | None) -> list[Json]:
        question = documents.successors(old.pipeline_id, old.ref.scope, max(after, 0))
        return await self._reader.ask(question, _nodes, until=until)

    async def _judged(self, node: Json, old: Execution, root: str) -> Successor | None:
        """Weigh one candidate; ``None``: it certainly belongs to another chain."""
        reused = _run_ids(node) & {row.run_id for row in old.stages if row.run_id}
        ref = _ref(node, old)
        proven = bool(reused)
        if not proven and (raw := await self._rest.execution(ref, until=None)) is not None:
            proven = raw.root in {root, old.ref.id}
            if raw.root and not proven:
                return None
        return Successor(
            run=ref,
            url=read_text(node.get("executionUrl")),
            created_at=read_time(node.get("createdAt")) or 0,
            proven=proven,
            by_api_key=read_cause(node.get("cause")).kind is CauseKind.API_KEY,
        )


def _nodes(answer: Answer) -> list[Json]:
    """Read the list; one with a hole could hide the very run that is looked for."""
    page: Any = answer.data.get("executions")
    nodes = page.get("nodes") if isinstance(page, Mapping) else None
    if not isinstance(nodes, list) or not all(isinstance(node, Mapping) for node in nodes):
        if answer.complaints:
            raise judge(answer.complaints)
        raise HarnessTrouble(Trouble.STRANGE, "the list of executions has holes")
    return [node for node in nodes if node.get("__typename") != "WorkflowExecution"]


def _ref(node: Json, old: Execution) -> ExecutionRef:
    scope = read_text(read_part(node, "application").get("id"))
    return ExecutionRef(read_text(node.get("id")), scope or old.ref.scope)


def _run_ids(node: Json) -> set[str]:
    try:
        return {row.run_id for row in read_stages(read_list(node, "pipelineStageExecutions"))}
    except HarnessTrouble:
        return set()
