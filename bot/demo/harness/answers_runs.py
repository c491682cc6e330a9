"""How executions look through GraphQL (facts 2.1)."""

from typing import Any

from bot.demo.harness import texts
from bot.demo.harness.answers_people import user_view
from bot.demo.harness.answers_setup import app_view, environment_view, pipeline_view, service_view
from bot.demo.harness.desk import Desk, View, ms, page
from bot.demo.harness.execution_filters import passes
from bot.demo.harness.people import ApiKey, User
from bot.demo.harness.runs import Row, Run, Starter, WorkflowRun
from bot.demo.harness.status import Raw, told
from bot.demo.harness.texts import Refusal

_TELLS_WHY = {Raw.FAILED, Raw.REJECTED}


def run_view(desk: Desk, run: Run) -> View:
    """Show a pipeline's run by its stored snapshot."""
    return {
        "__typename": "PipelineExecution",
        "id": run.id,
        "executionUrl": desk.world.link(run),
        "notes": run.notes,
        "failureDetails": run.message if run.status in _TELLS_WHY else None,
        "status": told(run.shown),
        "createdAt": ms(run.created),
        "startedAt": ms(run.started),
        "endedAt": ms(run.ended),
        "application": app_view(desk, run.app),
        "cause": lambda _info: _cause(desk, run.starter, run.using),
        "tags": [],
        "pipeline": lambda _info: (
            pipeline_view(run.pipeline) if desk.key.reads("PIPELINE", run.app.id) else None
        ),
        "pipelineStageExecutions": [_row_view(row) for row in run.stored if not row.nameless],
        "memberExecutions": lambda _info: _members(desk, run),
    }


def workflow_run_view(desk: Desk, own: WorkflowRun) -> View:
    """Show a workflow's run."""
    row = own.row
    return {
        "__typename": "WorkflowExecution",
        "id": own.id,
        "executionUrl": _workflow_link(desk, own),
        "notes": None,
        "failureDetails": row.message if row.status is Raw.FAILED else None,
        "status": told(row.status),
        "createdAt": ms(own.created),
        "startedAt": ms(row.started),
        "endedAt": ms(row.ended),
        "application": app_view(desk, own.app),
        "cause": lambda _info: (
            {"__typename": "ExecutedAlongPipeline", "execution": run_view(desk, own.run)}
            if own.run
            else _cause(desk, own.starter, "WEB_UI")
        ),
        "tags": [],
        "workflow": {"id": row.workflow_id, "name": own.name, "tags": []},
        "outcomes": lambda _info: _outcomes(desk, own),
        "inputVariables": [],
        "artifacts": [],
        "rollbackArtifacts": [],
        "manifests": [],
    }


def execution_view(desk: Desk, one: Run | WorkflowRun) -> View:
    """Show either kind of execution."""
    return run_view(desk, one) if isinstance(one, Run) else workflow_run_view(desk, one)


def execution(desk: Desk, execution_id: str) -> View:
    """Answer `execution`: it refreshes the snapshot unless a person started the run (3.6)."""
    one = desk.find(execution_id)
    if isinstance(one, Run) and not one.by_person:
        one.refresh()
    return execution_view(desk, one)


def executions(
    desk: Desk,
    limit: int,
    offset: int | None,
    filters: list[dict[str, Any]] | None,
    indirect: bool | None,  # noqa: FBT001 - GraphQL's own argument
) -> View:
    """Answer `executions`: newest first, never refreshing the snapshot."""
    desk.demand_apps()
    asked = [one for one in filters or () if one]
    names = {name for one in asked for name in one}
    by_app = {"application", "applicationId"}
    if "GRAPHQL_WORKFLOW_EXECUTION_OPTIMIZATION" in desk.world.flags and not names & by_app:
        raise Refusal(texts.APPLICATION_FILTER)
    with_members = bool(indirect) or "pipelineExecutionId" in names
    found: list[Run | WorkflowRun] = [
        *desk.world.runs.values(),
        *(
            own
            for own in desk.world.engine.workflow_runs.values()
            if own.run is None or with_members
        ),
    ]
    seen = [one for one in found if desk.key.sees(one.app.id) and passes(one, asked)]
    seen.sort(key=lambda one: -one.created)
    return page(seen, lambda one: execution_view(desk, one), limit, offset)


def approval_details(desk: Desk, app_id: str, execution_id: str) -> View:
    """Answer `approvalDetails`: it stores the snapshot, then may well say there is none (3.6)."""
    run = desk.find(execution_id)
    if not isinstance(run, Run) or run.app.id != app_id:
        raise Refusal(texts.UNKNOWN_EXECUTION)
    desk.to_refresh.append(run)
    waiting = [row for row in run.rows if row.approval_id and row.status is Raw.PAUSED]
    if not waiting:
        raise Refusal(texts.no_approval(execution_id))
    return {"approvalDetails": [_approval_view(run, row) for row in waiting]}


def _row_view(row: Row) -> View:
    shared = {
        "pipelineStageElementId": row.element_id,
        "pipelineStageName": row.stage,
        "pipelineStepName": row.step,
        "status": told(row.status),
    }
    if row.kind == "approval":
        kind = row.approval_type
        return {"__typename": "ApprovalStageExecution", "approvalStepType": kind, **shared}
    return {
        "__typename": "WorkflowStageExecution",
        "workflowExecutionId": row.workflow_execution_id,
        "inputVariables": [],
        "runtimeInputVariables": [_INPUT] if row.waiting_for_inputs else None,
        **shared,
    }


_INPUT = {
    "name": "build",
    "type": "TEXT",
    "required": True,
    "fixed": False,
    "allowMultipleValues": False,
}


def _cause(desk: Desk, starter: Starter, using: str) -> View:
    if isinstance(starter, User):
        user = user_view(desk, starter)
        return {"__typename": "ExecutedByUser", "user": user, "using": using}
    named = {"id": starter.id, "name": starter.name}
    if isinstance(starter, ApiKey):
        return {"__typename": "ExecutedByAPIKey", "apiKey": named, "using": using}
    return {"__typename": "ExecutedByTrigger", "trigger": named}


def _members(desk: Desk, run: Run) -> View:
    """List the workflow runs that this very run began; reused ones are not among them (4.4)."""
    begun = desk.world.engine.workflow_runs
    own = [
        begun[row.workflow_execution_id]
        for row in run.rows
        if row.workflow_execution_id and not row.reused
    ]
    return page(own, lambda one: workflow_run_view(desk, one))


def _outcomes(desk: Desk, own: WorkflowRun) -> View:
    """List what was deployed; a build workflow has no outcome."""

    def view(index: int) -> View:
        environment = own.row.environments[index]
        readable = desk.key.reads("ENV", own.app.id)
        return {
            "__typename": "DeploymentOutcome",
            "execution": lambda _info: workflow_run_view(desk, own),
            "service": service_view(own.app),
            "environment": environment_view(desk, environment) if readable else None,
        }

    return page(range(len(own.row.environments)), view)


def _workflow_link(desk: Desk, own: WorkflowRun) -> str:
    world = desk.world
    environment = own.row.environments[0].id if own.row.environments else "build"
    return (
        f"{world.portal}/#/account/{world.account}/app/{own.app.id}"
        f"/env/{environment}/executions/{own.id}/details"
    )


def _approval_view(run: Run, row: Row) -> View:
    starter = run.starter
    kinds = {
        "USER_GROUP": "UserGroupApprovalDetails",
        "JIRA": "JiraApprovalDetails",
        "SERVICENOW": "SNOWApprovalDetails",
        "SHELL_SCRIPT": "ShellScriptDetails",
    }
    kind = row.approval_type or "USER_GROUP"
    return {
        "__typename": kinds[kind],
        "approvalId": row.approval_id,
        "stepName": row.step,
        "stageName": row.stage,
        "approvalType": kind,
        "startedAt": ms(row.started),
        "willExpireAt": ms((row.started or 0.0) + row.expires),
        "triggeredBy": {
            "name": starter.name,
            "email": starter.email if isinstance(starter, User) else None,
        },
        "approvers": list(row.approvers),
        "variables": [],
        "executionId": run.id,
    }
