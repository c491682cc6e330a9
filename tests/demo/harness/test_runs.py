"""Runs in time: the stale snapshot, the life of statuses, and how a resumed run looks."""

import pytest

from bot.demo.harness import approval, stage, workflow


async def test_the_stale_snapshot(caller, shop):
    """A person's run shows what was last stored, and a resume is judged by the same."""
    pipeline = shop.world.pipeline(
        shop.app,
        "P",
        stage("A", workflow("a")),
        stage("B", workflow("b", ends="FAILED")),
    )
    run = shop.world.start(pipeline, by=shop.dana, ago=600)
    assert await caller.rows(run) == []
    assert "empty pipeline" in await caller.refusal(run, "B")
    told = await caller.refresh(run)
    assert told["errors"][0]["message"].endswith(
        f": Invalid request: No Approval found for execution [{run.id}]",
    )
    assert [row["status"] for row in await caller.rows(run)] == ["SUCCESS", "FAILED"]
    assert (await caller.resume(run, "B"))["data"]["resumeExecution"]


async def test_a_half_stale_snapshot(caller, clock, shop):
    """A snapshot stored while the run went on makes a resume read as modified."""
    run = shop.world.start(shop.release, by=shop.dana)
    clock.now += 6
    await caller.refresh(run)
    clock.now += 600
    assert [row["status"] for row in await caller.rows(run)][1:3] == ["RUNNING", "RUNNING"]
    assert "has been modified" in await caller.refusal(run, "STAGE 2")
    await caller.refresh(run)
    assert (await caller.resume(run, "STAGE 2"))["data"]["resumeExecution"]


async def test_refresh_counts_from_the_next_request_on(caller, shop):
    """A refresh and a read in one request do not help each other."""
    run = shop.world.start(
        shop.world.pipeline(shop.app, "P", stage("A", workflow("a", ends="FAILED"))),
        by=shop.dana,
        ago=600,
    )
    query = """query Both($a: String!, $e: String!) {
      approvalDetails(applicationId: $a, executionId: $e) { approvalDetails { approvalId } }
      execution(executionId: $e) { ... on PipelineExecution {
        pipelineStageExecutions { pipelineStageName } } } }"""
    told = await caller.ask(query, a=shop.app.id, e=run.id)
    assert told["data"]["execution"]["pipelineStageExecutions"] == []
    told = await caller.ask(query, a=shop.app.id, e=run.id)
    assert told["data"]["execution"]["pipelineStageExecutions"] == [{"pipelineStageName": "A"}]


async def test_other_runs_are_refreshed_by_reading_them(caller, shop):
    """A trigger's run is refreshed by `execution`, but never by `executions`."""
    run = shop.world.start(
        shop.world.pipeline(shop.app, "P", stage("A", workflow("a", ends="FAILED"))),
        by=shop.trigger,
        ago=600,
    )
    many = """{ executions(limit: 1) { nodes { ... on PipelineExecution {
      pipelineStageExecutions { pipelineStageName } } } } }"""
    told = (await caller.ask(many))["data"]["executions"]["nodes"]
    assert told == [{"pipelineStageExecutions": []}]
    assert [row["status"] for row in await caller.rows(run)] == ["FAILED"]
    told = (await caller.ask(many))["data"]["executions"]["nodes"]
    assert told == [{"pipelineStageExecutions": [{"pipelineStageName": "A"}]}]


async def test_a_run_from_queue_to_end(caller, clock, shop):
    """A run is QUEUED, then without a status while PREPARING, then RUNNING, then at its end."""
    shop.world.queue_seconds, shop.world.prepare_seconds = 10.0, 10.0
    run = shop.world.start(
        shop.world.pipeline(shop.app, "P", stage("A", workflow("a", seconds=20))),
        by=shop.trigger,
    )
    query = "query S($id: String!) { execution(executionId: $id) { status startedAt endedAt } }"
    seen = []
    for _ in range(5):
        told = (await caller.ask(query, id=run.id))["data"]["execution"]
        seen.append((told["status"], told["startedAt"] is None, told["endedAt"] is None))
        clock.now += 10
    assert seen == [
        ("QUEUED", True, True),
        (None, True, True),
        ("RUNNING", False, True),
        ("RUNNING", False, True),
        ("SUCCESS", False, False),
    ]


async def test_aborting_is_not_aborted(caller, clock, shop):
    """A run that is being aborted says ABORTED, but has no end yet, and no reason ever."""
    run = shop.world.start(shop.release, by=shop.trigger)
    shop.world.abort(run, lingers=30)
    query = """query S($id: String!) { execution(executionId: $id) {
      status endedAt failureDetails } }"""
    told = (await caller.ask(query, id=run.id))["data"]["execution"]
    assert told == {"status": "ABORTED", "endedAt": None, "failureDetails": None}
    clock.now += 31
    told = (await caller.ask(query, id=run.id))["data"]["execution"]
    assert told["endedAt"] == int((clock.now - 1) * 1000)


async def test_a_resumed_run_reuses_what_was(caller, clock, shop):
    """Earlier rows keep status and workflow id, approvals lose their type, members are fresh."""
    pipeline = shop.world.pipeline(
        shop.app,
        "P",
        stage("Ask", approval("ask", seconds=1)),
        stage("Build", workflow("build", shop.qa)),
        stage("Deploy", workflow("eu", shop.prod, ends=("FAILED", "SUCCESS")), workflow("qa")),
    )
    old = shop.world.start(pipeline, by=shop.trigger, ago=600)
    before = await caller.rows(old)
    new = shop.world.runs[
        (await caller.resume(old, "Deploy"))["data"]["resumeExecution"]["execution"]["id"]
    ]
    after = await caller.rows(new)
    assert after[0]["approvalStepType"] is None
    assert [row["status"] for row in after] == ["SUCCESS", "SUCCESS", "RUNNING", "RUNNING"]
    assert after[1]["workflowExecutionId"] == before[1]["workflowExecutionId"]
    assert after[2]["workflowExecutionId"] != before[2]["workflowExecutionId"]
    assert after[2]["pipelineStageElementId"] == before[2]["pipelineStageElementId"]
    members = """query M($id: String!) { execution(executionId: $id) { ... on PipelineExecution {
      memberExecutions { nodes { id cause {
        ... on ExecutedAlongPipeline { execution { id } } } } } } } }"""
    told = (await caller.ask(members, id=new.id))["data"]["execution"]["memberExecutions"]["nodes"]
    assert [one["id"] for one in told] == [row["workflowExecutionId"] for row in after[2:]]
    assert told[0]["cause"]["execution"]["id"] == new.id
    clock.now += 60
    assert {row["status"] for row in await caller.rows(new)} == {"SUCCESS"}


async def test_loops_share_an_element_id(caller, shop):
    """A looped stage has a row for each environment, all with the same element id."""
    loop = workflow("loop", loops=(shop.prod, shop.qa), ends="FAILED")
    run = shop.world.start(
        shop.world.pipeline(shop.app, "P", stage(None, loop)),
        by=shop.trigger,
        ago=600,
    )
    rows = await caller.rows(run)
    assert [row["status"] for row in rows] == ["SUCCESS", "FAILED"]
    assert len({row["pipelineStageElementId"] for row in rows}) == 1
    assert len({row["workflowExecutionId"] for row in rows}) == 2


@pytest.mark.parametrize(
    ("move", "status"),
    [("approve", "SUCCESS"), ("reject", "REJECTED"), ("expire", "EXPIRED")],
)
async def test_an_approval_waits_and_is_answered(caller, shop, move, status):
    """A run with an approval is PAUSED, tells its details, and ends as it is answered."""
    run = shop.world.start(
        shop.world.pipeline(shop.app, "P", stage("Ask", approval("Approve prod"))),
        by=shop.dana,
    )
    told = (await caller.refresh(run))["data"]["approvalDetails"]["approvalDetails"][0]
    assert told["stageName"] == "Ask"
    assert told["startedAt"] == str(int(run.started * 1000))
    getattr(shop.world, move)(run.row("Approve prod"))
    await caller.refresh(run)
    told = await caller.ask(
        "query S($id: String!) { execution(executionId: $id) { status failureDetails } }",
        id=run.id,
    )
    why = "Rejected by Dana Ops" if status == "REJECTED" else None
    assert told["data"]["execution"] == {"status": status, "failureDetails": why}


async def test_waiting_for_a_person(caller, shop):
    """Manual intervention is WAITING, missing inputs are PAUSED with their variables."""
    run = shop.world.start(
        shop.world.pipeline(shop.app, "P", stage("A", workflow("a", seconds=None))),
        by=shop.trigger,
    )
    row = run.row("a")
    query = """query S($id: String!) { execution(executionId: $id) { status
      ... on PipelineExecution { pipelineStageExecutions {
        ... on WorkflowStageExecution { runtimeInputVariables { name } } } } } }"""
    shop.world.wait(row)
    assert (await caller.ask(query, id=run.id))["data"]["execution"]["status"] == "WAITING"
    shop.world.ask_inputs(row)
    told = (await caller.ask(query, id=run.id))["data"]["execution"]
    assert told["status"] == "PAUSED"
    assert told["pipelineStageExecutions"] == [{"runtimeInputVariables": [{"name": "build"}]}]
    shop.world.carry_on(row)
    assert (await caller.ask(query, id=run.id))["data"]["execution"]["status"] == "RUNNING"
    shop.world.finish(row)
    assert (await caller.ask(query, id=run.id))["data"]["execution"]["status"] == "SUCCESS"


async def test_a_freeze_at_a_stages_start_rejects_the_run(caller, clock, shop):
    """A freeze that begins while a run goes on rejects the next stage and the run."""
    run = shop.world.start(shop.release, by=shop.trigger)
    shop.world.freeze("Quarter close", shop.prod)
    clock.now += 600
    rows = await caller.rows(run)
    assert [row["status"] for row in rows] == [
        *("SUCCESS", "REJECTED", "SUCCESS", "QUEUED"),
        "QUEUED",
    ]
    assert run.status == "REJECTED"


async def test_ids(harness):
    """Ids are 22 characters, the same for the same seed, and some begin with `-` or `_`."""
    made = [harness.world.ids.new() for _ in range(60)]
    assert {len(one) for one in made} == {22}
    assert {one[0] for one in made} >= {"-", "_"}


async def test_stopped_between_stages(caller, shop):
    """A run stopped between two stages has no negative row and no end for the later ones."""
    run = shop.world.start(shop.release, by=shop.trigger, ago=600, stops_before=1)
    assert [row["status"] for row in await caller.rows(run)] == ["SUCCESS"] + ["QUEUED"] * 4
    assert run.status == "ABORTED"
