"""The other root fields: setup, filters, approvals and runs over GraphQL (facts 2)."""

import pytest
from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport

from bot.demo.harness import READ_USERS, approval, deployment, only, stage, workflow


async def test_applications_environments_and_pipelines(caller, shop):
    """Setup is found by id and by name, and listed with filters."""
    query = """query S($app: String!, $pipe: String!, $env: String!) {
      application(applicationId: $app) { name
        pipelines(limit: 9) { nodes { name } } workflows(limit: 9) { nodes { name } }
        services(limit: 9) { nodes { name } } environments(limit: 9) { nodes { name type } } }
      applicationByName(name: "Storefront") { id }
      applications(limit: 9) { nodes { id } }
      pipeline(pipelineId: $pipe) { name }
      pipelineByName(applicationId: $app, pipelineName: "Checkout Release") { id }
      pipelines(limit: 9, filters: [{application: {operator: EQUALS, values: [$app]}},
        {pipeline: {operator: EQUALS, values: [$pipe]}}]) { nodes { id } }
      environment(environmentId: $env) { name type application { id }
        infrastructureDefinitions(limit: 1) { nodes { id } } }
      environments(limit: 9, filters: [{application: {operator: EQUALS, values: [$app]}},
        {environmentType: {operator: EQUALS, values: [PROD]}}]) { nodes { id } } }"""
    shop.world.environment(shop.world.application("Other"), "prod", prod=True)
    ids = {"app": shop.app.id, "pipe": shop.release.id, "env": shop.prod.id}
    told = await caller.ask(query, **ids)
    assert "errors" not in told
    data = told["data"]
    assert data["application"] == {
        "name": "Storefront",
        "pipelines": {"nodes": [{"name": "Checkout Release"}]},
        "workflows": {
            "nodes": [
                {"name": "Deploy EU"},
                {"name": "Deploy QA"},
                {"name": "Smoke test"},
                {"name": "Tell everybody"},
            ],
        },
        "services": {"nodes": [{"name": "storefront-api"}]},
        "environments": {
            "nodes": [{"name": "prod-eu", "type": "PROD"}, {"name": "qa", "type": "NON_PROD"}],
        },
    }
    assert data["applicationByName"] == {"id": shop.app.id}
    assert len(data["applications"]["nodes"]) == 2
    assert data["pipeline"] == {"name": "Checkout Release"}
    assert data["pipelineByName"] == data["pipelines"]["nodes"][0] == {"id": shop.release.id}
    assert data["environment"]["application"] == {"id": shop.app.id}
    assert data["environments"]["nodes"] == [{"id": shop.prod.id}]


async def test_setup_that_a_key_may_not_read(caller, harness, shop):
    """Without READ on the type, pipelines and environments are denied and lists are empty."""
    harness.bot_key.groups[:] = [shop.world.user_group("d", deployment(only(shop.app)))]
    for field in (
        f'pipeline(pipelineId: "{shop.release.id}") {{ id }}',
        f'environment(environmentId: "{shop.prod.id}") {{ id }}',
        f'application(applicationId: "{shop.world.application("Other").id}") {{ id }}',
    ):
        told = await caller.ask(f"{{ {field} }}")
        assert told["errors"][0]["message"].endswith("User not authorized: ACCESS_DENIED")
    told = await caller.ask("{ environments(limit: 9) { nodes { id } } }")
    assert told["data"]["environments"]["nodes"] == []


FILTERS = """query F($f: ExecutionFilter) { executions(limit: 100, filters: [$f],
  includeIndirectExecutions: true) { nodes { id } } }"""


async def test_execution_filters(caller, shop, clock):
    """Each filter keeps what it says, on what was really deployed."""
    run = shop.failed(by=shop.dana)
    other = shop.world.start(
        shop.world.pipeline(shop.app, "Other", stage("A", workflow("a", seconds=5))),
        by=shop.trigger,
        ago=60,
    )
    alone = shop.world.workflow_run(shop.app, "Alone", shop.dana)
    eu, qa = (run.row(step).workflow_execution_id for step in ("Deploy EU", "Deploy QA"))
    a = other.row("a").workflow_execution_id
    before = int((run.created + 1) * 1000)

    async def found(**wanted):
        told = await caller.ask(FILTERS, f=wanted)
        return {node["id"] for node in told["data"]["executions"]["nodes"]}

    def ids(operator, *values):
        return {"operator": operator, "values": list(values)}

    assert await found(pipeline=ids("EQUALS", shop.release.id)) == {run.id}
    assert await found(pipelineExecutionId=ids("IN", run.id)) == {eu, qa}
    assert await found(triggeredBy=ids("EQUALS", shop.dana.id)) == {run.id, alone.id, eu, qa}
    assert await found(trigger=ids("NOT_NULL")) == {other.id, a}
    assert await found(status=ids("NOT_IN", "FAILED")) == {other.id, a, qa}
    assert await found(execution=ids("LIKE", run.id[3:15])) == {run.id}
    assert await found(environment=ids("EQUALS", shop.qa.id)) == {run.id, qa}
    assert await found(environmentType=ids("IN", "PROD")) == {run.id, eu}
    assert await found(applicationId="another") == set()
    assert await found(creationTime={"operator": "BEFORE", "value": before}) == {run.id}
    assert await found(endTime={"operator": "AFTER", "value": int(clock() * 1000) - 1}) == {
        alone.id
    }
    assert await found(duration=ids("LESS_THAN", 6)) == {other.id, a, alone.id}
    assert await found(duration=ids("IN", 35)) == {run.id}


async def test_the_optimised_account(caller, shop):
    """With its flag on, `executions` demands a filter by application."""
    shop.world.flags.add("GRAPHQL_WORKFLOW_EXECUTION_OPTIMIZATION")
    told = await caller.ask("{ executions(limit: 1) { nodes { id } } }")
    assert told["errors"][0]["message"].endswith("Application Id filter is required")


APPROVE = """mutation A($input: ApproveOrRejectApprovalsInput!) {
  approveOrRejectApprovals(input: $input) { success clientMutationId } }"""


@pytest.mark.parametrize(("action", "status"), [("APPROVE", "SUCCESS"), ("REJECT", "REJECTED")])
async def test_approvals_over_graphql(caller, harness, shop, action, status):
    """A key answers an approval only when its own group is among the approvers."""
    (own,) = harness.bot_key.groups
    for approver, may in ((shop.deployers, False), (own, True)):
        pipeline = shop.world.pipeline(shop.app, "P", stage("Ask", approval("ask", approver)))
        run = shop.world.start(pipeline, by=shop.trigger)
        wanted = {
            "executionId": run.id,
            "applicationId": shop.app.id,
            "approvalId": run.row("ask").approval_id,
            "action": action,
        }
        told = await caller.ask(APPROVE, input=wanted)
        assert ("errors" not in told) is may
    assert run.status == status
    assert "No Approval found" in (await caller.ask(APPROVE, input=wanted))["errors"][0]["message"]


async def test_start_and_continue_over_graphql(caller, harness, shop):
    """A key starts a pipeline that it may execute, and feeds inputs to a stage that waits."""
    pipeline = shop.world.pipeline(shop.app, "P", stage("A", workflow("a", seconds=None)))
    start = """mutation S($input: StartExecutionInput!) { startExecution(input: $input) {
      execution { id status } } }"""
    wanted = {
        "executionType": "PIPELINE",
        "applicationId": shop.app.id,
        "entityId": pipeline.id,
    }
    told = (await caller.ask(start, input=wanted))["data"]["startExecution"]["execution"]
    run = shop.world.runs[told["id"]]
    go_on = """mutation C($input: RuntimeExecutionInputsToResumePipeline!) {
      pipelineResumeRuntime(input: $input) { status } }"""
    stage_id = {
        "applicationId": shop.app.id,
        "pipelineExecutionId": run.id,
        "pipelineStageElementId": run.row("a").element_id,
    }
    assert "errors" in await caller.ask(go_on, input=stage_id)
    shop.world.ask_inputs(run.row("a"))
    told = await caller.ask(go_on, input=stage_id)
    assert told["data"]["pipelineResumeRuntime"] == {"status": True}
    assert run.row("a").status == "RUNNING"
    assert len(shop.world.runs) == 1, "continuing makes no new run"
    harness.bot_key.groups[:] = [shop.world.user_group("r", account=(READ_USERS,))]
    assert "errors" in await caller.ask(start, input=wanted)


async def test_the_gql_library_as_a_client(caller, harness, shop):
    """The public client library reads the schema by introspection and asks through it."""
    run = shop.failed()
    transport = AIOHTTPTransport(
        f"{caller.url}/api/graphql?accountId={harness.account}",
        headers={"x-api-key": harness.key},
    )
    async with Client(transport=transport, fetch_schema_from_transport=True) as session:
        query = gql("query Q($id: String!) { execution(executionId: $id) { id createdAt } }")
        query.variable_values = {"id": run.id}
        told = await session.execute(query)
    assert told["execution"] == {"id": run.id, "createdAt": int(run.created * 1000)}
