"""Reading FirstGen's executions: GraphQL answers to the values of ``core`` (facts 2.1, 3.5, 4.1).

Every field may be null. Where a null has a meaning it is given here; where a decision would rest on
what is missing or unknown, ``HarnessTrouble`` is raised instead of guessing.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.core.errors import HarnessTrouble, Trouble
from bot.core.execution import (
    Cause,
    CauseKind,
    Environment,
    EnvironmentType,
    Execution,
    ExecutionRef,
    Stage,
    StageKind,
    Status,
)

Json = Mapping[str, Any]

_STATUSES = {
    **{status.value: status for status in Status},
    "NEW": Status.QUEUED,
    "SCHEDULED": Status.QUEUED,
    "STARTING": Status.QUEUED,
    "DISCONTINUING": Status.RUNNING,
    "PAUSING": Status.PAUSED,
    "ABORTING": Status.ABORTED,  # not final: no end time (facts 4.1)
}
"""GraphQL's words, and the raw ones that REST and events use."""

_CAUSES = {
    "ExecutedByUser": CauseKind.PERSON,
    "ExecutedByAPIKey": CauseKind.API_KEY,
    "ExecutedByTrigger": CauseKind.TRIGGER,
    "ExecutedAlongPipeline": CauseKind.PIPELINE,
}


def read_status(word: Any) -> Status:
    """Translate a status; null is PREPARING (facts 4.1), an unknown word is trouble."""
    if word is None:
        return Status.PREPARING
    if (status := _STATUSES.get(str(word))) is None:
        raise HarnessTrouble(Trouble.STRANGE, f"unknown status {str(word)[:40]}")
    return status


def read_time(value: Any) -> int | None:
    """Read epoch milliseconds from a number or a numeric string (facts 1.6); else ``None``."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return int(value)
    except (ValueError, OverflowError):
        return None


def read_text(value: Any) -> str:
    """Read a string; anything else, null included, is empty."""
    return value if isinstance(value, str) else ""


def read_part(parent: Any, *fields: str) -> Json:
    """Step down through objects; a null or a stranger on the way is an empty object."""
    for name in fields:
        parent = parent.get(name) if isinstance(parent, Mapping) else None
    return parent if isinstance(parent, Mapping) else {}


def read_list(parent: Any, *fields: str) -> list[Any]:
    """Step down to a list; a null on the way is an empty list."""
    found = read_part(parent, *fields[:-1]).get(fields[-1])
    return found if isinstance(found, list) else []


def is_workflow(node: Json) -> bool:
    """Whether an execution is a workflow's; the seed's answer carries no type name."""
    kind = node.get("__typename")
    return kind == "WorkflowExecution" or (
        kind is None and "pipelineStageExecutions" not in node and "outcomes" in node
    )


def pipeline_around(node: Json, scope: str) -> ExecutionRef | None:
    """Name the pipeline run that a workflow run belongs to, by its cause (facts 6.4)."""
    execution = read_text(read_part(node, "cause", "execution").get("id"))
    return ExecutionRef(execution, scope) if execution else None


def read_execution(node: Json, ref: ExecutionRef) -> Execution:
    """Read a pipeline's execution; *ref* is the address that was asked for.

    The application comes from the execution itself; the scope of *ref* stands in when the key may
    not read it.
    """
    execution = read_text(node.get("id"))
    if execution != ref.id:
        raise HarnessTrouble(Trouble.STRANGE, "the answer is about another execution")
    application = read_part(node, "application")
    return Execution(
        ref=ExecutionRef(execution, read_text(application.get("id")) or ref.scope),
        status=read_status(node.get("status")),
        stages=read_stages(node.get("pipelineStageExecutions")),
        pipeline=read_text(read_part(node, "pipeline").get("name")),
        pipeline_id=read_text(read_part(node, "pipeline").get("id")),
        application=read_text(application.get("name")),
        cause=read_cause(node.get("cause")),
        url=read_text(node.get("executionUrl")),
        created_at=read_time(node.get("createdAt")),
        started_at=read_time(node.get("startedAt")),
        ended_at=read_time(node.get("endedAt")),
        failure=read_text(node.get("failureDetails")),
    )


def read_stages(rows: Any) -> tuple[Stage, ...]:
    """Read the stage list in its order; null is a run whose list is not written yet."""
    if rows is None:
        return ()
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise HarnessTrouble(Trouble.STRANGE, "the stage list has holes")
    return tuple(_stage(row) for row in rows)


def _stage(row: Json) -> Stage:
    if "status" not in row:
        raise HarnessTrouble(Trouble.STRANGE, "a stage without a status")
    approval = row.get("__typename") == "ApprovalStageExecution" or (
        "__typename" not in row and "approvalStepType" in row
    )
    return Stage(
        name=read_text(row.get("pipelineStageName")),
        step=read_text(row.get("pipelineStepName")),
        kind=StageKind.APPROVAL if approval else StageKind.WORKFLOW,
        status=read_status(row["status"]),
        run_id=read_text(row.get("workflowExecutionId")),
    )


def read_cause(node: Any) -> Cause:
    """Read who started it; a member of the union that is not known here is UNKNOWN."""
    kind = _CAUSES.get(read_text(read_part(node).get("__typename")), CauseKind.UNKNOWN)
    match kind:
        case CauseKind.PERSON:
            person = read_part(node, "user")
            return Cause(kind, read_text(person.get("name")), read_text(person.get("email")))
        case CauseKind.API_KEY:
            return Cause(kind, read_text(read_part(node, "apiKey").get("name")))
        case CauseKind.TRIGGER:
            return Cause(kind, read_text(read_part(node, "trigger").get("name")))
        case CauseKind.PIPELINE | CauseKind.UNKNOWN:
            return Cause(kind)


def may_be_stale(cause: Cause) -> bool:
    """Whether Harness leaves the stage list stale: only runs that a person started (facts 3.6)."""
    return cause.kind in {CauseKind.PERSON, CauseKind.UNKNOWN}


def read_environment(node: Any) -> Environment | None:
    """Read an environment; ``None`` for one that the key may not see."""
    found = read_part(node)
    if not (identity := read_text(found.get("id") or found.get("uuid"))):
        return None
    word = read_text(found.get("type") or found.get("environmentType"))
    kind = EnvironmentType(word) if word in set(EnvironmentType) else None
    return Environment(identity, read_text(found.get("name")), kind)


def read_environments(nodes: Iterable[Any]) -> tuple[Environment, ...]:
    """Read environments, each id once, those that cannot be seen left out."""
    found = (read_environment(node) for node in nodes)
    return tuple({e.id: e for e in found if e is not None}.values())


def deployed_environments(node: Json) -> tuple[Environment, ...]:
    """List where the workflows that a run started itself have deployed: a part only (facts 5.2)."""
    return read_environments(
        read_part(outcome).get("environment")
        for member in read_list(node, "memberExecutions", "nodes")
        for outcome in read_list(member, "outcomes", "nodes")
    )
