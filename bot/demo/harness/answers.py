"""The root fields of the schema, each tied to what answers it."""

from collections.abc import Callable
from typing import Any

from bot.demo.harness import answers_people as people
from bot.demo.harness import answers_runs as runs
from bot.demo.harness import answers_setup as setup
from bot.demo.harness import texts
from bot.demo.harness.desk import Desk, View
from bot.demo.harness.people import may_execute
from bot.demo.harness.resume import resume
from bot.demo.harness.runs import Run
from bot.demo.harness.status import Raw
from bot.demo.harness.texts import Refusal, ServerFault

RootAnswer = Callable[..., Any]


def root_of(desk: Desk) -> dict[str, RootAnswer]:
    """List every root field with the function that answers it for this request."""
    return _queries(desk) | _mutations(desk)


def _queries(desk: Desk) -> dict[str, RootAnswer]:
    return {
        "execution": lambda _i, executionId: runs.execution(desk, executionId),  # noqa: N803
        "executions": lambda _i, limit, offset=None, filters=None, includeIndirectExecutions=None: (  # noqa: N803
            runs.executions(desk, limit, offset, filters, includeIndirectExecutions)
        ),
        "approvalDetails": lambda _i, applicationId, executionId: runs.approval_details(  # noqa: N803
            desk,
            applicationId,
            executionId,
        ),
        "application": lambda _i, applicationId: setup.application_by(desk, "id", applicationId),  # noqa: N803
        "applicationByName": lambda _i, name: setup.application_by(desk, "name", name),
        "applications": lambda _i, limit, offset=None: setup.applications(desk, limit, offset),
        "pipeline": lambda _i, pipelineId: setup.pipeline_by(desk, "id", pipelineId),  # noqa: N803
        "pipelineByName": lambda _i, applicationId, pipelineName: setup.pipeline_by(  # noqa: N803
            desk,
            "name",
            pipelineName,
            applicationId,
        ),
        "pipelines": lambda _i, limit, offset=None, filters=None: setup.pipelines(
            desk,
            limit,
            offset,
            filters,
        ),
        "environment": lambda _i, environmentId: setup.environment_by_id(desk, environmentId),  # noqa: N803
        "environments": lambda _i, limit, offset=None, filters=None: setup.environments(
            desk,
            limit,
            offset,
            filters,
        ),
        "userByEmail": lambda _i, email: people.user_by(desk, "email", email),
        "userByName": lambda _i, name: people.user_by(desk, "name", name),
        "user": lambda _i, id: people.user_by(desk, "id", id),  # noqa: A006
        "users": lambda _i, limit, offset=None, filters=None: people.users(
            desk,
            limit,
            offset,
            filters,
        ),
        "userGroup": lambda _i, userGroupId: people.group_by(desk, "id", userGroupId),  # noqa: N803
        "userGroupByName": lambda _i, name: people.group_by(desk, "name", name),
        "userGroups": lambda _i, limit, offset=None: people.groups(desk, limit, offset),
        "eventsConfig": lambda _i, appId, eventsConfigId: _rule(desk, appId, "id", eventsConfigId),  # noqa: N803
        "eventsConfigs": lambda _i, appId: [  # noqa: N803
            setup.rule_view(rule) for rule in setup.rules_of(desk, appId)
        ],
        "eventsConfigsByName": lambda _i, appId, name: _rule(desk, appId, "name", name),  # noqa: N803
        "runtimeExecutionInputsToResumePipeline": lambda _i, **_: {"serviceInputs": []},
        "executionInputs": lambda _i, **_: {"serviceInputs": [], "serviceManifestInputs": []},
    }


def _mutations(desk: Desk) -> dict[str, RootAnswer]:
    return {
        "resumeExecution": lambda _i, input=None: _resume(desk, input),  # noqa: A006
        "pipelineResumeRuntime": lambda _i, input: _continue(desk, input),  # noqa: A006
        "startExecution": lambda _i, input: _start(desk, input),  # noqa: A006
        "approveOrRejectApprovals": lambda _i, input: _approve(desk, input),  # noqa: A006
        "createEventsConfig": lambda _i, input: setup.save_rule(desk, input),  # noqa: A006
        "updateEventsConfig": lambda _i, input: setup.save_rule(desk, input),  # noqa: A006
        "deleteEventsConfig": lambda _i, input: _delete_rule(desk, input),  # noqa: A006
    }


async def _resume(desk: Desk, wanted: dict[str, Any] | None) -> View:
    """Answer `resumeExecution`; `clientMutationId` is echoed and means nothing (facts 3.7)."""
    if wanted is None:
        message = "NullPointerException"
        raise ServerFault(message)
    new = await resume(
        desk.world,
        desk.key,
        app_id=wanted["applicationId"],
        execution_id=wanted["pipelineExecutionId"],
        stage=wanted["pipelineStageName"],
        pause=desk.pause,
    )
    return {
        "execution": runs.run_view(desk, new),
        "clientMutationId": wanted.get("clientMutationId"),
    }


def _continue(desk: Desk, wanted: dict[str, Any]) -> View:
    """Answer `pipelineResumeRuntime`: feed a stage that is paused for inputs; no new run."""
    run = _run(desk, wanted["applicationId"], wanted["pipelineExecutionId"])
    for row in run.rows:
        if row.waiting_for_inputs and row.element_id == wanted["pipelineStageElementId"]:
            desk.world.carry_on(row)
            return {"status": True, "clientMutationId": wanted.get("clientMutationId")}
    raise Refusal(texts.INVALID + "Pipeline is not waiting for runtime inputs at this stage")


def _start(desk: Desk, wanted: dict[str, Any]) -> View:
    """Answer `startExecution` for pipelines."""
    for pipeline in desk.world.pipelines:
        if pipeline.id == wanted["entityId"] and pipeline.app.id == wanted["applicationId"]:
            if not may_execute(desk.key.grants, pipeline.app.id, pipeline.environments):
                raise Refusal(texts.NOT_AUTHORIZED)
            run = desk.world.start(pipeline, by=desk.key, notes=wanted.get("notes"))
            return {
                "execution": runs.run_view(desk, run),
                "clientMutationId": wanted.get("clientMutationId"),
            }
    raise Refusal(texts.NO_PIPELINE)


def _approve(desk: Desk, wanted: dict[str, Any]) -> View:
    """Answer `approveOrRejectApprovals`: the key's own groups must be among the approvers."""
    run = _run(desk, wanted["applicationId"], wanted["executionId"])
    own = {group.id for group in desk.key.groups}
    for row in run.rows:
        if row.approval_id != wanted["approvalId"] or row.status is not Raw.PAUSED:
            continue
        if row.approval_type != "USER_GROUP":
            raise Refusal(texts.INVALID + "Only user group approvals can be answered")
        if not own & set(row.approvers):
            raise Refusal(texts.NOT_AUTHORIZED)
        if wanted["action"] == "APPROVE":
            desk.world.approve(row)
        else:
            desk.world.reject(row, wanted.get("comments") or "Rejected")
        return {"success": True, "clientMutationId": wanted.get("clientMutationId")}
    raise Refusal(texts.no_approval(run.id))


def _run(desk: Desk, app_id: str, execution_id: str) -> Run:
    run = desk.find(execution_id)
    if not isinstance(run, Run) or run.app.id != app_id:
        raise Refusal(texts.UNKNOWN_EXECUTION)
    return run


def _rule(desk: Desk, app_id: str, member: str, value: str) -> View:
    for rule in setup.rules_of(desk, app_id):
        if getattr(rule, member) == value:
            return setup.rule_view(rule)
    raise Refusal(texts.INVALID + "Event config does not exist")


def _delete_rule(desk: Desk, wanted: dict[str, Any]) -> View:
    for rule in setup.rules_of(desk, wanted["appId"]):
        if rule.id == wanted["eventsConfigId"]:
            desk.world.event_rules.remove(rule)
    return {"clientMutationId": wanted.get("clientMutationId")}
