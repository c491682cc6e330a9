"""The REST calls that accept an API key: the raw truth, undocumented but there (facts 2.3)."""

from typing import Any

from aiohttp import web

from bot.demo.harness.desk import ms
from bot.demo.harness.faults import envelope
from bot.demo.harness.people import READ_USERS, ApiKey, Grant, User, UserGroup
from bot.demo.harness.runs import Row, Run
from bot.demo.harness.world import World


def execution(world: World, key: ApiKey, execution_id: str, app_id: str | None) -> web.Response:
    """Answer `GET /api/executions/{id}`: everything, and it stores the snapshot (facts 3.6)."""
    run = world.runs.get(execution_id)
    if run is None or (app_id and run.app.id != app_id):
        return envelope("INVALID_REQUEST", f"Execution [{execution_id}] doesn't exist.", 400)
    if not key.sees(run.app.id):
        return envelope("ACCESS_DENIED", "Not authorized to access the app", 403)
    run.refresh()
    return resource(raw_run(run))


def status(world: World, execution_id: str) -> web.Response:
    """Answer the documented status call: the raw status, stored snapshot, no check of the app."""
    run = world.runs.get(execution_id)
    if run is None:
        return envelope("INVALID_REQUEST", f"Execution [{execution_id}] doesn't exist.", 400)
    run.refresh()
    return web.json_response({"status": run.shown.value})


def group(world: World, key: ApiKey, group_id: str) -> web.Response:
    """Answer `GET /api/userGroups/{id}` with the filters as stored (ruling 21)."""
    if not key.holds(READ_USERS):
        return envelope("ACCESS_DENIED", "User not authorized", 403)
    for one in world.groups:
        if one.id == group_id:
            return resource(raw_group(one, world.account))
    return envelope("INVALID_REQUEST", "No User Group exists", 400)


def groups(world: World, key: ApiKey) -> web.Response:
    """Answer `GET /api/userGroups`."""
    if not key.holds(READ_USERS):
        return envelope("ACCESS_DENIED", "User not authorized", 403)
    listed = [raw_group(one, world.account) for one in world.groups]
    return resource({"response": listed, "total": len(listed)})


def interrupt(world: World, key: ApiKey, execution_id: str, kind: str) -> web.Response:
    """Answer `PUT /api/executions/{id}`, of which only ABORT_ALL is played."""
    run = world.runs.get(execution_id)
    if run is None or not key.sees(run.app.id):
        return envelope("INVALID_REQUEST", f"Execution [{execution_id}] doesn't exist.", 400)
    if run.ended is not None:
        words = f"Workflow execution [{run.pipeline_name}] already completed."
        return envelope("INVALID_REQUEST", words, 400)
    if kind == "ABORT_ALL":
        world.abort(run)
    return resource({"executionInterruptType": kind, "executionUuid": execution_id})


def resource(content: object) -> web.Response:
    """Wrap what was asked for in Harness's REST envelope."""
    return web.json_response({"metaData": {}, "resource": content, "responseMessages": []})


def raw_run(run: Run) -> dict[str, Any]:
    """Write an execution as the database holds it."""
    kinds = {"User": "USER", "ApiKey": "API_KEY", "Trigger": "TRIGGER"}
    starter = run.starter
    by = {
        "uuid": starter.id,
        "name": starter.name,
        "email": starter.email if isinstance(starter, User) else None,
    }
    return {
        "uuid": run.id,
        "appId": run.app.id,
        "appName": run.app.name,
        "name": run.pipeline_name,
        "workflowId": run.pipeline.id,
        "workflowType": "PIPELINE",
        "status": run.shown.value,
        "message": run.message,
        "createdAt": ms(run.created),
        "startTs": ms(run.started),
        "endTs": ms(run.ended),
        "createdByType": kinds[type(starter).__name__],
        "createdBy": by,
        "triggeredBy": by,
        "pipelineResumeId": run.resume_root,
        "latestPipelineResume": run.latest,
        "envIds": [one.id for one in run.environments],
        "environments": [
            {"uuid": one.id, "name": one.name, "environmentType": one.type}
            for one in run.environments
        ],
        "pipelineExecution": {
            "pipelineId": run.pipeline.id,
            "status": run.shown.value,
            "pipelineStageExecutions": [_raw_row(row) for row in run.stored],
        },
    }


def raw_group(group: UserGroup, account: str) -> dict[str, Any]:
    """Write a user group as the database holds it, without the lies of GraphQL."""
    account_permissions = None if group.account is None else {"permissions": list(group.account)}
    return {
        "uuid": group.id,
        "name": group.name,
        "accountId": account,
        "accountPermissions": account_permissions,
        "appPermissions": None
        if group.grants is None
        else [_raw_grant(grant) for grant in group.grants],
    }


def _raw_row(row: Row) -> dict[str, Any]:
    return {
        "pipelineStageElementId": row.element_id,
        "pipelineStageName": row.stage,
        "stateName": row.step,
        "stateType": "APPROVAL" if row.kind == "approval" else "ENV_STATE",
        "status": row.status.value,
        "startTs": ms(row.started),
        "endTs": ms(row.ended),
        "looped": row.looped,
        "waitingForInputs": row.waiting_for_inputs,
        "message": row.message if row.has_ended else None,
        "parallelInfo": {"groupIndex": row.group},
        "workflowExecutions": [{"uuid": row.workflow_execution_id}]
        if row.workflow_execution_id
        else [],
    }


def _raw_grant(grant: Grant) -> dict[str, Any]:
    return {
        "permissionType": "ALL_APP_ENTITIES" if grant.type == "ALL" else grant.type,
        "actions": list(grant.actions),
        "appFilter": None
        if grant.apps is None
        else {"filterType": grant.apps.kind, "ids": list(grant.apps.ids)},
        "entityFilter": None
        if grant.envs is None
        else {"filterTypes": list(grant.envs.types), "ids": list(grant.envs.ids)},
    }
