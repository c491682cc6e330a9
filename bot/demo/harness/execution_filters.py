"""The filters of `executions` (facts 2.1), applied to what the pretend world knows."""

import operator
from collections.abc import Callable, Iterable
from typing import Any

from bot.demo.harness.desk import ms
from bot.demo.harness.runs import Run, WorkflowRun
from bot.demo.harness.texts import ServerFault

_TIMES: dict[str, Callable[[int, int], bool]] = {
    "EQUALS": operator.eq,
    "BEFORE": operator.lt,
    "AFTER": operator.gt,
}
_NUMBERS: dict[str, Callable[[float, float], bool]] = {
    "EQUALS": operator.eq,
    "NOT_EQUALS": operator.ne,
    "LESS_THAN": operator.lt,
    "LESS_THAN_OR_EQUALS": operator.le,
    "GREATER_THAN": operator.gt,
    "GREATER_THAN_OR_EQUALS": operator.ge,
}


def passes(one: Run | WorkflowRun, filters: Iterable[dict[str, Any]]) -> bool:
    """Tell whether an execution passes every member of every filter."""
    return all(
        _passes(one, name, wanted)
        for every in filters
        for name, wanted in every.items()
        if wanted is not None
    )


def _passes(one: Run | WorkflowRun, name: str, wanted: Any) -> bool:
    if name == "applicationId":
        return bool(one.app.id == wanted)
    if name in {"creationTime", "startTime", "endTime"}:
        at = {"creationTime": one.created, "startTime": _started(one), "endTime": _ended(one)}[name]
        had = ms(at)
        return had is not None and _TIMES[wanted["operator"]](had, wanted["value"])
    if name == "duration":
        return _lasted(one, wanted["operator"], wanted["values"])
    if name == "environmentType":
        return bool({env.type for env in _deployed(one)} & set(wanted.get("values") or ()))
    values = _values(one).get(name)
    if values is None:
        raise ServerFault(name)
    return _id_passes(values, wanted)


def _lasted(one: Run | WorkflowRun, how: str, values: list[float]) -> bool:
    began, ended = _started(one), _ended(one)
    if began is None or ended is None:
        return False
    return ended - began in values if how == "IN" else _NUMBERS[how](ended - began, values[0])


def _id_passes(values: set[str], wanted: dict[str, Any]) -> bool:
    asked = {value for value in wanted["values"] or () if value is not None}
    match wanted["operator"]:
        case "NOT_NULL":
            return bool(values)
        case "NOT_IN":
            return not values & asked
        case "LIKE":
            return any(part in value for part in asked for value in values)
        case _:
            return bool(values & asked)


def _values(one: Run | WorkflowRun) -> dict[str, set[str]]:
    """Read what each id filter compares with; `status` is the raw one."""
    starter = one.starter
    by = type(starter).__name__
    shared = {
        "execution": {one.id},
        "application": {one.app.id},
        "trigger": {starter.id} if by == "Trigger" else set(),
        "triggeredBy": {starter.id} if by == "User" else set(),
        "environment": {environment.id for environment in _deployed(one)},
        "service": {one.app.service_id} if _deployed(one) else set(),
    }
    if isinstance(one, Run):
        own: dict[str, set[str]] = {
            "pipeline": {one.pipeline.id},
            "pipelineExecutionId": set(),
            "workflow": set(),
            "status": {one.shown.value},
        }
    else:
        own = {
            "pipeline": set(),
            "pipelineExecutionId": {one.run.id} if one.run else set(),
            "workflow": {one.row.workflow_id},
            "status": {one.row.status.value},
        }
    return shared | own


def _started(one: Run | WorkflowRun) -> float | None:
    return one.started if isinstance(one, Run) else one.row.started


def _ended(one: Run | WorkflowRun) -> float | None:
    return one.ended if isinstance(one, Run) else one.row.ended


def _deployed(one: Run | WorkflowRun) -> list[Any]:
    """List the environments that were really deployed to; running executions are missed."""
    rows = one.rows if isinstance(one, Run) else [one.row]
    ended = [row for row in rows if row.has_ended and not row.reused and row.workflow_execution_id]
    return [environment for row in ended for environment in row.environments]
