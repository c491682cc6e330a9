"""Reading all that a card needs of a run: the story of ``/resume`` on Harness's side.

One GraphQL read says what the run is. A workflow's run is followed to its pipeline. Then the REST
view is asked, which refreshes the stage list, names every environment and knows the chain of
resumes; where it does not answer, ``approvalDetails`` refreshes (facts 3.6). Runs that a person
started are read again after the refresh, because only theirs can have been stale.
"""

from dataclasses import replace

from bot.core.errors import HarnessTrouble, Trouble
from bot.core.execution import ENDED, Environments, Execution, ExecutionRef, WorkflowRun
from bot.harness import documents
from bot.harness.answers import Answer, execution_under
from bot.harness.complaints import NO_APPROVAL, judge
from bot.harness.firstgen_wire import (
    Json,
    deployed_environments,
    is_workflow,
    may_be_stale,
    pipeline_around,
    read_execution,
    read_part,
    read_text,
)
from bot.harness.reader import Reader
from bot.harness.rest import RawExecution, Rest
from bot.harness.successors import Successors
from bot.ports import Examined


class Examination:
    """Reads runs for cards."""

    def __init__(self, reader: Reader, rest: Rest, successors: Successors) -> None:
        self._reader = reader
        self._rest = rest
        self._successors = successors

    async def examine(self, ref: ExecutionRef, *, until: float | None) -> Examined | WorkflowRun:
        """Read the run of *ref*, or of the pipeline around it, with a fresh stage list."""
        node = await self._read(ref, until)
        if is_workflow(node):
            scope = read_text(read_part(node, "application").get("id")) or ref.scope
            parent = pipeline_around(node, scope)
            if parent is None:
                return WorkflowRun(ExecutionRef(ref.id, scope), None)
            ref, node = parent, await self._read(parent, until)
        execution = read_execution(node, ref)
        raw: RawExecution | None = None
        stale = may_be_stale(execution.cause)
        if stale or execution.status in ENDED:
            raw = await self._rest.execution(execution.ref, until=until)
        execution = _with_scope(execution, raw)
        if stale:
            if raw is None:
                await self._refresh(execution.ref, until)
            node = await self._read(execution.ref, until)
            execution = read_execution(node, execution.ref)
        return await self._summed_up(execution, node, raw, until)

    async def _summed_up(
        self, execution: Execution, node: Json, raw: RawExecution | None, until: float | None
    ) -> Examined:
        known = Environments(deployed_environments(node))
        if raw is None:
            return Examined(execution, known, root=execution.ref.id)
        if raw.environments.complete:
            known = raw.environments
        execution = replace(execution, ended_at=execution.ended_at or raw.ended_at)
        root = raw.root or execution.ref.id
        if not raw.superseded:
            return Examined(execution, known, root)
        latest = await self._successors.latest(execution, root, until=until)
        if latest is None:
            return Examined(execution, known, root, superseded=True)
        return Examined(
            execution, known, root, latest=latest.run, latest_url=latest.url, superseded=True
        )

    async def _read(self, ref: ExecutionRef, until: float | None) -> Json:
        question = documents.run_for_resume(ref.id)
        return await self._reader.ask(
            question, lambda answer: execution_under(answer, "execution"), until=until
        )

    async def _refresh(self, ref: ExecutionRef, until: float | None) -> None:
        """Make Harness write the stage list down; an older server that cannot is left alone."""
        question = documents.refresh([(ref.scope, ref.id)])
        try:
            await self._reader.ask(question, _refreshed, until=until)
        except HarnessTrouble as trouble:
            if trouble.passing:
                raise


def _refreshed(answer: Answer) -> None:
    """Take "no approval" for what it is: the list was refreshed, and nothing waits."""
    found = tuple(c for c in answer.complaints if NO_APPROVAL not in c.text)
    if found:
        raise judge(found)


def _with_scope(execution: Execution, raw: RawExecution | None) -> Execution:
    """Name the application by whoever knows it; without it nothing can be refreshed or resumed."""
    if execution.ref.scope:
        return execution
    if raw is None or not raw.application:
        raise HarnessTrouble(
            Trouble.FORBIDDEN, "the key may not read the application of this execution"
        )
    return replace(execution, ref=ExecutionRef(execution.ref.id, raw.application))
