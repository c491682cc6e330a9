"""Reading the runs that alerts are about, many in one request, so that a storm costs little.

Three steps, each for all runs that it concerns: a glance says which of them have ended; those that
a person started are refreshed, because Harness leaves their stage lists stale (ruling 9); then the
failed ones are read as a card needs them. Environments are asked for by their ids and remembered,
since an event gives nothing but the ids.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import TypeVar

from bot.core.errors import HarnessTrouble, Trouble
from bot.core.execution import (
    Environment,
    Environments,
    Execution,
    ExecutionRef,
    WorkflowRun,
)
from bot.harness import documents
from bot.harness.answers import Answer, execution_under
from bot.harness.complaints import judge
from bot.harness.documents import Question
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
from bot.harness.reader import Reader
from bot.ports import Examined, Unreadable

GLANCES, REFRESHES, READS = 100, 50, 25
"""Runs in one request: the heavier the question, the fewer."""
_MOST_REMEMBERED = 5_000

_GLANCE = """
fragment Glance on Execution {
  __typename id status endedAt
  application { id }
  cause { __typename ... on ExecutedAlongPipeline { execution { id } } }
}"""

_FULL = (
    """
fragment Full on Execution {
  ...Run
  ... on PipelineExecution { memberExecutions { nodes { ... on WorkflowExecution { outcomes {
    nodes { ... on DeploymentOutcome { environment { id name type } } }
  } } } } }
}"""
    + documents.RUN
)

_ENVIRONMENTS = """query EnvironmentsById($ids: [String]!) {
  environments(limit: 100, filters: [{environment: {operator: IN, values: $ids}}]) {
    nodes { id name type }
  }
}"""

Glanced = Execution | WorkflowRun | Unreadable
T = TypeVar("T")


class Many:
    """Looks at, refreshes and reads runs by the dozen; waits its turn behind people."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._environments: dict[str, Environment] = {}

    async def glance(self, refs: Sequence[ExecutionRef]) -> Mapping[str, Glanced]:
        """Say how each run stands, without its stages; a workflow's names its pipeline."""
        return await self._each(refs, GLANCES, _glances, _glanced)

    async def read(
        self, runs: Sequence[Execution]
    ) -> Mapping[str, Examined | WorkflowRun | Unreadable]:
        """Read ended *runs*, as glanced at, for cards; those that may be stale are refreshed."""
        stale = [run.ref for run in runs if may_be_stale(run.cause) and run.ref.scope]
        for some in _chunks(stale, REFRESHES):
            question = documents.refresh([(ref.scope, ref.id) for ref in some])
            # Whatever it answers, the lists are refreshed or stay as stale as they were.
            await self._reader.ask(question, lambda _: None, until=None)
        return await self._each([run.ref for run in runs], READS, _reads, _examined)

    async def described(self, environments: Environments) -> Environments:
        """Give names and types to environments that are known by their ids alone."""
        bare = {e.id for e in environments.known if e.type is None} - self._environments.keys()
        for some in _chunks(sorted(bare), documents.MOST_AT_ONCE):
            question = Question("environments by id", _ENVIRONMENTS, {"ids": some})
            found = await self._reader.ask(question, _read_environments, until=None)
            if len(self._environments) > _MOST_REMEMBERED:
                self._environments.clear()
            self._environments |= {e.id: e for e in found}
        known = tuple(
            self._environments.get(e.id, e) if e.type is None else e for e in environments.known
        )
        return Environments(known, complete=environments.complete)

    async def _each(
        self,
        refs: Sequence[ExecutionRef],
        size: int,
        write: Callable[[list[str]], Question],
        read: Callable[[Answer, str, ExecutionRef], T],
    ) -> dict[str, T | Unreadable]:
        """Ask in chunks; a run that Harness will not show spoils nothing for the others."""
        seen: dict[str, T | Unreadable] = {}
        for some in _chunks(list({ref.id: ref for ref in refs}.values()), size):
            question = write([ref.id for ref in some])
            seen |= await self._reader.ask(question, partial(_all, some, read), until=None)
        return seen


def _all(
    refs: list[ExecutionRef], read: Callable[[Answer, str, ExecutionRef], T], answer: Answer
) -> dict[str, T | Unreadable]:
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


def _chunks(items: list[T], size: int) -> list[list[T]]:
    return [items[at : at + size] for at in range(0, len(items), size)]


def _glances(executions: list[str]) -> Question:
    return _aliased("glance", "Glance", executions, _GLANCE)


def _reads(executions: list[str]) -> Question:
    return _aliased("read many", "Full", executions, _FULL)


def _aliased(what: str, fragment: str, executions: list[str], text: str) -> Question:
    variables = {f"r{n}": execution for n, execution in enumerate(executions)}
    return Question(what, _document(fragment, len(executions), text), variables)


@cache
def _document(fragment: str, size: int, text: str) -> str:
    names = ", ".join(f"$r{n}: String!" for n in range(size))
    aliases = "\n".join(
        f"  r{n}: execution(executionId: $r{n}) {{ ...{fragment} }}" for n in range(size)
    )
    return f"query Many{fragment}({names}) {{\n{aliases}\n}}{text}"
