"""GraphQL itself: the seed's and the facts' documents run, and what is wrong is refused."""

import json

import pytest

from bot.demo.harness import stage, workflow

SEED_MUTATION = """mutation{
resumeExecution(input:{
applicationId:"%s"
pipelineExecutionId:"%s"
pipelineStageName:"STAGE 3"
}){
execution{
status
id
}
}
}"""

SEED_QUERY = """{
execution(executionId: "%s") {
id
... on PipelineExecution {
status
pipelineStageExecutions {
pipelineStageElementId
pipelineStageName
pipelineStepName
... on ApprovalStageExecution {
approvalStepType
status
}
... on WorkflowStageExecution {
runtimeInputVariables {
allowedValues
defaultValue
allowMultipleValues
fixed
name
required
type
}
status
workflowExecutionId
}
}
}
}
}"""

RUN_FOR_RESUME = """query RunForResume($id: String!) {
  execution(executionId: $id) {
    __typename id status createdAt startedAt endedAt executionUrl failureDetails notes
    application { id name }
    cause { __typename
      ... on ExecutedByUser { user { email } using } ... on ExecutedByAPIKey { apiKey { name } } }
    ... on PipelineExecution {
      pipeline { id name }
      pipelineStageExecutions {
        __typename pipelineStageElementId pipelineStageName pipelineStepName
        ... on ApprovalStageExecution { status approvalStepType }
        ... on WorkflowStageExecution { status workflowExecutionId }
      }
      memberExecutions {
        pageInfo { hasMore }
        nodes { id status ... on WorkflowExecution { outcomes { nodes {
          ... on DeploymentOutcome { environment { id name type } } } } } }
      }
    }
  }
}"""

USER_RIGHTS = """query UserRights($email: String!) {
  userByEmail(email: $email) {
    id email isDisabled isUserLocked isEmailVerified
    userGroups(limit: 100) {
      pageInfo { total hasMore }
      nodes { id name permissions {
        accountPermissions { accountPermissionTypes }
        appPermissions {
          permissionType actions
          applications { filterType appIds }
          deployments { filterTypes envIds executableElementFilter {
            executableElementType executableElementFilterType ids } }
        } } }
    }
  }
}"""

POLL = """query Poll($a: String!, $b: String!) {
  a: execution(executionId: $a) { ...seen }
  b: execution(executionId: $b) { ...seen }
}
fragment seen on Execution { id status endedAt failureDetails
  ... on PipelineExecution { pipelineStageExecutions { pipelineStageName pipelineStepName
    ... on ApprovalStageExecution { status } ... on WorkflowStageExecution { status } } } }"""

ENVS = """query Envs($app: String!) { application(applicationId: $app) {
  environments(limit: 100) { pageInfo { hasMore } nodes { id name type } } } }"""


async def test_the_seeds_documents_as_printed(caller, shop):
    """The seed's query answers two failed rows of STAGE 3, and its mutation resumes them."""
    pipeline = shop.world.pipeline(
        shop.app,
        "Stores",
        stage(None, workflow("One")),
        stage(None, workflow("Two")),
        stage(None, workflow("Mongo", ends="FAILED"), workflow("Redis", ends="FAILED")),
    )
    run = shop.world.start(pipeline, by=shop.trigger, ago=600)
    seen = (await caller.ask(SEED_QUERY % run.id))["data"]["execution"]
    assert seen["status"] == "FAILED"
    assert [
        (row["pipelineStageName"], row["pipelineStepName"], row["status"])
        for row in seen["pipelineStageExecutions"][2:]
    ] == [("STAGE 3", "Mongo", "FAILED"), ("STAGE 3", "Redis", "FAILED")]
    assert seen["pipelineStageExecutions"][2]["runtimeInputVariables"] is None
    told = await caller.ask(SEED_MUTATION % (shop.app.id, run.id))
    assert told["data"]["resumeExecution"]["execution"] == {
        "status": "RUNNING",
        "id": shop.world.resumes[0].new,
    }


async def test_the_run_with_all_that_a_resume_needs(caller, harness, shop):
    """The facts' document answers in full: times in ms, cause, link, rows, what was deployed."""
    run = shop.failed(by=shop.dana, notes="release 2.14")
    seen = (await caller.ask(RUN_FOR_RESUME, id=run.id))["data"]["execution"]
    assert seen["__typename"] == "PipelineExecution"
    assert seen["createdAt"] == int(run.created * 1000)
    assert seen["endedAt"] == int(run.ended * 1000)
    assert seen["executionUrl"] == (
        f"https://app.harness.io/#/account/{harness.account}/app/{shop.app.id}"
        f"/pipeline-execution/{run.id}/workflow-execution/undefined/details"
    )
    assert seen["cause"] == {
        "__typename": "ExecutedByUser",
        "user": {"email": "dana@example.com"},
        "using": "WEB_UI",
    }
    assert seen["failureDetails"] == "Rolling Deployment: Timed out waiting for steady state"
    assert seen["notes"] == "release 2.14"
    assert seen["application"] == {"id": shop.app.id, "name": "Storefront"}
    deployed = [
        outcome["environment"]["name"]
        for node in seen["memberExecutions"]["nodes"]
        for outcome in node["outcomes"]["nodes"]
    ]
    assert deployed == ["prod-eu", "qa"]


async def test_the_other_documents_of_the_facts(caller, shop):
    """Rights, polling under aliases and environments answer without errors."""
    run, other = shop.failed(), shop.failed()
    for told in (
        await caller.ask(USER_RIGHTS, email="Dana@Example.com"),
        await caller.ask(POLL, a=run.id, b=other.id),
        await caller.ask(ENVS, app=shop.app.id),
    ):
        assert "errors" not in told
    told = await caller.ask(POLL, a=run.id, b="unknown")
    assert told["data"]["a"]["status"] == "FAILED"
    assert told["data"]["b"] is None
    assert told["errors"] == [
        {
            "message": "Exception while fetching data (/b) : Invalid request: "
            "Execution does not exist or access is denied",
            "locations": [{"line": 3, "column": 3}],
            "path": ["b"],
        },
    ]


async def test_status_on_the_stage_interface(caller):
    """`status` asked on the stage interface fails the whole document, in graphql-java's words."""
    told = await caller.ask(
        '{ execution(executionId: "x") { ... on PipelineExecution '
        "{ pipelineStageExecutions { status } } } }",
    )
    assert "data" not in told
    assert told["errors"][0]["message"] == (
        "Validation error of type FieldUndefined: Field 'status' in type "
        "'PipelineStageExecution' is undefined @ 'execution/pipelineStageExecutions/status'"
    )


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("{ executions { nodes { id } } }", "MissingFieldArgument"),
        ("{ execution(executionId: 5) { id } }", "WrongType"),
        ('{ execution(executionId: "x", more: 1) { id } }', "UnknownArgument"),
        ('{ execution(executionId: "x") }', "SubSelectionRequired"),
        ("{ execution(executionId: ", "Invalid Syntax"),
    ],
)
async def test_other_mistakes(caller, query, words):
    """Other mistakes in a document are validation errors without data."""
    told = await caller.ask(query)
    assert "data" not in told
    assert words in told["errors"][0]["message"]


async def test_depth(caller, shop):
    """Ten levels are answered, twelve are not; introspection is free of the limit."""
    pairs = "userGroups(limit: 1) { nodes { users(limit: 1) { nodes { "
    ten = f'{{ userByEmail(email: "dana@example.com") {{ {pairs * 2}id {"} " * 10}'
    assert "errors" not in await caller.ask(ten)
    twelve = ten.replace("id }", "userGroups(limit: 1) { nodes { id } } }")
    told = await caller.ask(twelve)
    assert told["errors"][0]["message"] == "maximum query depth exceeded 12 > 10"
    deep = "{ __schema { types { fields { type { ofType { ofType { ofType { ofType { ofType"
    assert "errors" not in await caller.ask(f"{deep} {{ ofType {{ name {'} ' * 11}")


async def test_lists_are_paged(caller, shop):
    """A page holds at most 100, tells whether more is left, and refuses a negative limit."""
    for number in range(130):
        shop.world.user(f"p{number}@example.com", f"P {number}")
    page = "{ users(limit: %d, offset: %d) { nodes { id } pageInfo { total hasMore limit } } }"
    told = (await caller.ask(page % (500, 0)))["data"]["users"]
    assert len(told["nodes"]) == 100
    assert told["pageInfo"] == {"total": 131, "hasMore": True, "limit": 100}
    rest = (await caller.ask(page % (100, 100)))["data"]["users"]
    assert len(rest["nodes"]) == 31
    assert rest["pageInfo"]["hasMore"] is False
    told = await caller.ask(page % (-1, 0))
    assert told["errors"][0]["message"].endswith(
        ": Invalid request: Limit argument accepts only non negative values",
    )


async def test_bodies(caller, shop):
    """JSON and a bare query as text are read; a batch and broken JSON are refused."""
    run = shop.failed()
    bare = f'{{ execution(executionId: "{run.id}") {{ id }} }}'
    caller.headers = {"content-type": "text/plain"}
    status, text = await caller.post(data=bare)
    assert (status, json.loads(text)["data"]["execution"]["id"]) == (200, run.id)
    caller.headers = {}
    status, text = await caller.post(json=[{"query": bare}])
    assert status == 400
    assert "Unable to process JSON" in text


async def test_find_a_run_after_a_lost_answer(caller, clock, shop):
    """`executions` finds what the key started after a moment, newest first, without members."""
    run = shop.failed()
    clock.now += 10
    await caller.resume(run, "STAGE 2")
    query = """query Later($p: String!, $t: DateTime!) { executions(limit: 5, filters: [
      {pipeline: {operator: EQUALS, values: [$p]}},
      {creationTime: {operator: AFTER, value: $t}}]) {
      nodes { id cause { ... on ExecutedByAPIKey { apiKey { name } } } } } }"""
    after = int((clock.now - 5) * 1000)
    told = await caller.ask(query, p=shop.release.id, t=after)
    assert told["data"]["executions"]["nodes"] == [
        {"id": shop.world.resumes[0].new, "cause": {"apiKey": {"name": "resume-bot"}}},
    ]
    assert await caller.ask(query, p=shop.release.id, t=str(after)) == told
    everything = (await caller.ask("{ executions(limit: 100) { nodes { id } } }"))["data"]
    assert [node["id"] for node in everything["executions"]["nodes"]] == [
        shop.world.resumes[0].new,
        run.id,
    ]
    members = "{ executions(limit: 100, includeIndirectExecutions: true) { nodes { id } } }"
    assert len((await caller.ask(members))["data"]["executions"]["nodes"]) > 2


async def test_the_raw_status_can_be_filtered(caller, shop):
    """The status filter takes the database's names, PREPARING among them."""
    shop.world.prepare_seconds = 30.0
    run = shop.world.start(shop.release, by=shop.trigger)
    told = await caller.ask(
        '{ executions(limit: 5, filters: [{status: {operator: IN, values: ["PREPARING"]}}])'
        " { nodes { id status } } }",
    )
    assert told["data"]["executions"]["nodes"] == [{"id": run.id, "status": None}]
