"""Reading the runs that alerts are about, many in one request, so that a storm costs little.

Three steps, each for all runs that it concerns: a glance says which of them have ended; those that
a person started are refreshed, because Harness leaves their stage lists stale (ruling 9); then the
failed ones are read as a card needs them. Environments are asked for by their ids and remembered,
since an event gives nothing but the ids.
"""

from collections.abc import Mapping, Sequence

from bot.core.errors import HarnessTrouble, Trouble
from bot.core.execution import (
    Environment,
    Environments,
    Execution,
    ExecutionRef,
    WorkflowRun,
)
from bot.harness.answers import Answer, execution_under
from bot.harness.batches import ask_each, chunks, refresh
from bot.harness.complaints import judge
from bot.harness.documents import MOST_AT_ONCE, Question
from bot.harness.firstgen_wire import (
    deployed_environments,
    is_workflow,
    may_be_stale,
    pipeline_around,
    read_environments,
    read_execution,
    read_list,
    read_part,
    read_text,
)
from bot.harness.fragments import FULL, GLANCE
from bot.harness.reader import Reader
from bot.ports import Examined, Unreadable

READS = 25
"""Runs in one request: the heavier the question, the fewer."""
_MOST_REMEMBERED = 5_000

_ENVIRONMENTS = """query EnvironmentsById($ids: [String]!) {
  environments(limit: 100, filters: [{environment: {operator: IN, values: $ids}}]) {
    nodes { id name type }
  }
}"""

Glanced = Execution | WorkflowRun | Unreadable


class Many:
    """Looks at, refreshes and reads runs by the dozen; waits its turn behind people."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._environments: dict[str, Environment] = {}

    async def glance(self, refs: Sequence[ExecutionRef]) -> Mapping[str, Glanced]:
        """Say how each run stands, without its stages; a workflow's names its pipeline."""
        return await ask_each(self._reader, GLANCE, refs, _glanced)

    async def read(
        self, runs: Sequence[Execution]
    ) -> Mapping[str, Examined | WorkflowRun | Unreadable]:
        """Read ended *runs*, as glanced at, for cards; those that may be stale are refreshed."""
        await refresh(self._reader, [run.ref for run in runs if may_be_stale(run.cause)])
        refs = [run.ref for run in runs]
        return await ask_each(self._reader, FULL, refs, _examined, at_once=READS)

    async def described(self, environments: Environments) -> Environments:
        """Give names and types to environments that are known by their ids alone."""
        bare = {e.id for e in environments.known if e.type is None} - self._environments.keys()
        for some in chunks(sorted(bare), MOST_AT_ONCE):
            question = Question("environments by id", _ENVIRONMENTS, {"ids": list(some)})
            found = await self._reader.ask(question, _read_environments, until=None)
            if len(self._environments) > _MOST_REMEMBERED:
                self._environments.clear()
            self._environments |= {e.id: e for e in found}
        known = tuple(
            self._environments.get(e.id, e) if e.type is None else e for e in environments.known
        )
        return Environments(known, complete=environments.complete)


def _glanced(answer: Answer, alias: str, ref: ExecutionRef) -> Execution | WorkflowRun:
    node = execution_under(answer, alias)
    if is_workflow(node):
        scope = read_text(read_part(node, "application").get("id")) or ref.scope
        return WorkflowRun(ExecutionRef(ref.id, scope), pipeline_around(node, scope))
    return read_execution(node, ref)


def _examined(answer: Answer, alias: str, ref: ExecutionRef) -> Examined:
    """Read a run; the chain that it stands in is not known this way, so it is its own root."""
    node = execution_under(answer, alias)
    if is_workflow(node):
        raise HarnessTrouble(Trouble.STRANGE, "a pipeline's run became a workflow's")
    execution = read_execution(node, ref)
    return Examined(execution, Environments(deployed_environments(node)), root=ref.id)


def _read_environments(answer: Answer) -> tuple[Environment, ...]:
    if answer.data.get("environments") is None and answer.complaints:
        raise judge(answer.complaints)
    return read_environments(read_list(answer.data, "environments", "nodes"))
