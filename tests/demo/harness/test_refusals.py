"""Every check of `resumeExecution` refuses with Harness's own text (facts 3.2)."""

import asyncio
from dataclasses import replace

import pytest

from bot.demo.harness import (
    OVERRIDE_FREEZE,
    approval,
    deployment,
    in_envs,
    only,
    reading,
    stage,
    workflow,
)

GENERIC = "An error has occurred. Please contact the Harness support team."


@pytest.mark.parametrize(
    ("blank", "text"),
    [
        ("applicationId", "Empty app id."),
        ("pipelineStageName", "Empty pipeline stage name."),
        ("pipelineExecutionId", "Empty workflow execution Id."),
    ],
)
async def test_blank_inputs(caller, shop, blank, text):
    """A blank input is named, bare of any prefix of Harness's."""
    assert await caller.refusal(shop.failed(), "STAGE 2", **{blank: " "}) == text


async def test_the_wrong_application_reads_like_an_unknown_run(caller, shop):
    """The right id with another application's id does not exist, as little as an invented one."""
    run = shop.failed()
    other = shop.world.application("Other")
    words = "Execution [{}] doesn't exist."
    assert await caller.refusal(run, "STAGE 2", applicationId=other.id) == words.format(run.id)
    told = await caller.refusal(run, "STAGE 2", pipelineExecutionId="nope")
    assert told == words.format("nope")


async def test_a_key_that_may_not_execute(caller, harness, shop):
    """READ alone does not let a key execute; without sight of the application it says so."""
    run = shop.failed()
    harness.bot_key.groups[:] = [shop.world.user_group("r", deployment(actions=("READ",)))]
    assert await caller.refusal(run, "STAGE 2") == "User not authorized: Not authorized"
    other = shop.world.application("Other")
    harness.bot_key.groups[:] = [shop.world.user_group("o", deployment(only(other)))]
    told = await caller.refusal(run, "STAGE 2")
    assert told == "User not authorized: Not authorized to access the app"


async def test_a_stage_that_does_not_exist(caller, shop):
    """An unknown stage name is refused with the name in brackets."""
    told = await caller.refusal(shop.failed(), "stage 2")
    assert told == (
        "Invalid request: Pipeline Stage does not exist or has not yet started: [stage 2]"
    )


async def test_a_workflow_run(caller, shop):
    """A workflow's run cannot be resumed."""
    own = shop.world.workflow_run(shop.app, "Alone", shop.dana)
    told = await caller.refusal(shop.failed(), "STAGE 2", pipelineExecutionId=own.id)
    assert told == (
        f"Invalid request: Pipeline resume not available for workflow executions: {own.id}"
    )


async def test_a_run_that_has_not_ended_badly(caller, shop):
    """Running, successful and still aborting runs are refused with the double brackets."""
    run = shop.failed(ago=10.0)
    text = (
        f"Invalid request: Pipeline resume is not available for [{run.id}]. "
        "Resumable states are : [[ABORTED, ERROR, FAILED, REJECTED, EXPIRED]]"
    )
    assert await caller.refusal(run, "STAGE 2") == text
    shop.world.abort(run, lingers=None)
    assert await caller.refusal(run, "STAGE 2") == text


async def test_only_the_latest_of_a_chain(caller, shop):
    """A run that was resumed cannot be resumed again, but the new one can when it failed."""
    first = shop.failed()
    shop.release.stages = (
        *shop.release.stages[:1],
        replace(
            shop.release.stages[1],
            elements=tuple(
                replace(one, ends=("FAILED",)) for one in shop.release.stages[1].elements
            ),
        ),
        *shop.release.stages[2:],
    )
    await caller.resume(first, "STAGE 2")
    told = await caller.refusal(first, "STAGE 2")
    assert told == (
        "Invalid request: Pipeline resume is only available on the latest iteration of a "
        f"resumed execution: {first.id}"
    )
    second = shop.world.runs[shop.world.resumes[0].new]
    for row in second.busy():
        shop.world.fail(row)
    second.refresh()
    assert (await caller.resume(second, "STAGE 2"))["data"]["resumeExecution"]
    assert [one.old for one in shop.world.resumes] == [first.id, second.id]
    third = shop.world.runs[shop.world.resumes[1].new]
    assert third.resume_root == first.id
    assert [one.latest for one in (first, second, third)] == [False, False, True]


async def test_an_empty_snapshot(caller, shop):
    """A run whose stages were never stored cannot be resumed, whatever happened in truth."""
    run = shop.failed()
    run.stored = []
    told = await caller.refusal(run, "STAGE 2")
    assert told == "Invalid request: You cannot resume an empty pipeline"


async def test_a_failure_during_artifact_collection(caller, shop):
    """A run in which no row ever started cannot be resumed."""
    run = shop.world.start(shop.release, by=shop.trigger, held=True)
    shop.world.fail_preparing(run)
    told = await caller.refusal(run, "Sign-off")
    assert told == (
        "Invalid request: Pipeline resume is not available for a pipeline that failed during "
        "artifact collection"
    )


async def test_a_deleted_pipeline(caller, shop):
    """The live pipeline must still exist."""
    run = shop.failed()
    shop.release.deleted = True
    assert await caller.refusal(run, "STAGE 2") == "Invalid request: Pipeline does not exist"


MODIFIED = "Invalid request: You cannot resume a pipeline which has been modified"


async def test_a_modified_pipeline(caller, shop):
    """An added, removed or changed workflow before the stage is told apart, as is a new name."""
    run = shop.failed()
    sign_off, *rest = shop.release.stages
    approve = sign_off.elements[0]
    more = shop.world.with_ids(stage("Sign-off", approve, workflow("New")))
    shop.release.stages = (more, *rest)
    told = await caller.refusal(run, "STAGE 2")
    assert told == f"{MODIFIED}. Pipeline stage [Sign-off] modified and a workflow has been added."
    shop.release.stages = (stage("Sign-off"), *rest)
    told = await caller.refusal(run, "STAGE 2")
    assert told.endswith("and a workflow [Approve release] has been removed.")
    shop.release.stages = (stage("Sign-off", replace(approve, workflow_id="other")), *rest)
    told = await caller.refusal(run, "STAGE 2")
    assert told.endswith("and a workflow [Approve release] has been changed.")
    shop.release.stages = (stage("Signed", approve), *rest)
    assert await caller.refusal(run, "STAGE 2") == MODIFIED
    shop.release.stages = (sign_off,)
    assert await caller.refusal(run, "STAGE 2") == MODIFIED
    shop.release.stages = (stage("Sign-off", replace(approve, valid=False)), *rest)
    assert await caller.refusal(run, "STAGE 2") == (
        "Invalid request: You cannot resume pipeline, seems to be invalid. "
        "Stage { Sign-off } is incomplete/invalid"
    )


async def test_stages_after_the_failed_one(caller, shop):
    """The workflow after the failed group reads as modified, one further on breaks Harness."""
    run = shop.failed()
    told = await caller.refusal(run, "STAGE 3")
    assert told == f"{MODIFIED}. Pipeline stage [STAGE 3] modified and a workflow has been added."
    assert await caller.refusal(run, "Last") == GENERIC


async def test_an_approval_after_the_failed_one(caller, shop):
    """An approval right after the failed group is accepted and only replays the failure."""
    pipeline = shop.world.pipeline(
        shop.app,
        "P",
        stage("One", workflow("w", ends="FAILED")),
        stage("Two", approval("ask")),
    )
    run = shop.world.start(pipeline, by=shop.trigger, ago=600)
    run.refresh()
    told = await caller.resume(run, "Two")
    assert told["data"]["resumeExecution"]["execution"]["status"] == "FAILED"


async def test_a_looped_stage_that_was_skipped(caller, shop):
    """A skipped loop before the stage breaks Harness, unless the fix is switched on."""
    loop = workflow("loop", loops=(shop.prod, shop.qa), skip=True)
    pipeline = shop.world.pipeline(
        shop.app,
        "P",
        stage("One", loop),
        stage("Two", workflow("w", ends="FAILED")),
    )
    run = shop.world.start(pipeline, by=shop.trigger, ago=600)
    run.refresh()
    assert await caller.refusal(run, "Two") == GENERIC
    shop.world.flags.add("SPG_CG_FIXING_PIPELINE_RESUME")
    assert (await caller.resume(run, "Two"))["data"]["resumeExecution"]


async def test_freezes(caller, harness, shop):
    """Freeze windows are named, one or several; the master freeze has its own sentence."""
    run = shop.failed()
    window = shop.world.freeze("Quarter close", shop.prod)
    assert await caller.refusal(run, "STAGE 2") == (
        "Deployment Freeze Window [Quarter close] is active for the environment. "
        "No deployments are allowed to proceed."
    )
    shop.world.freeze("Party", shop.qa)
    assert "Windows [Quarter close, Party] are active" in await caller.refusal(run, "STAGE 2")
    shop.world.freeze("All")
    assert await caller.refusal(run, "STAGE 2") == (
        "Master Deployment Freeze is active. No deployments are allowed."
    )
    assert len(shop.world.runs) == 1
    harness.bot_key.groups.append(shop.world.user_group("boss", account=(OVERRIDE_FREEZE,)))
    assert window.active
    assert (await caller.resume(run, "STAGE 2"))["data"]["resumeExecution"]


async def test_a_freeze_that_leaves_a_rejected_run(caller, shop):
    """With its flag on, a freeze refuses and yet a REJECTED run of the key is stored."""
    run = shop.failed()
    shop.world.flags.add("SPG_SAVE_REJECTED_BY_FREEZE_WINDOWS")
    shop.world.freeze("Quarter close", shop.prod)
    assert "Quarter close" in await caller.refusal(run, "STAGE 2")
    left = list(shop.world.runs.values())[-1]
    assert left is not run
    assert left.status == "REJECTED"
    assert left.starter.name == "resume-bot"
    assert shop.world.resumes == []


async def test_every_environment_of_the_pipeline(caller, harness, shop):
    """The key must reach all environments, also those that are not resumed."""
    run = shop.failed()
    half = deployment(envs=in_envs(shop.qa))
    harness.bot_key.groups[:] = [shop.world.user_group("half", half, *reading("PIPELINE"))]
    assert await caller.refusal(run, "STAGE 2") == (
        "User not authorized: User doesn't have rights to execute Pipeline in this Environment"
    )
    shop.world.flags.add("PIPELINE_PER_ENV_DEPLOYMENT_PERMISSION")
    told = await caller.refusal(run, "STAGE 2")
    assert told == f"User not authorized to deploy PIPELINE : {shop.release.id}"
    other = deployment(envs=in_envs(shop.prod))
    harness.bot_key.groups.append(shop.world.user_group("other half", other))
    assert (await caller.resume(run, "STAGE 2"))["data"]["resumeExecution"]


async def test_the_daily_limit(caller, shop):
    """Too many deployments in a day are refused."""
    run = shop.failed()
    shop.world.deployments_per_day = 1
    assert "Usage limit" in await caller.refusal(run, "STAGE 2")


async def test_no_input_at_all(caller):
    """The argument is nullable, and null breaks Harness."""
    told = await caller.ask("mutation { resumeExecution { execution { id } } }")
    assert told["errors"][0]["message"].endswith(GENERIC)


async def test_two_resumes_at_the_same_moment_both_start(caller, shop):
    """Check and flags are separate steps, so that simultaneous calls start two deployments."""
    run = shop.failed()
    both = await asyncio.gather(caller.resume(run, "STAGE 2"), caller.resume(run, "STAGE 2"))
    ids = {told["data"]["resumeExecution"]["execution"]["id"] for told in both}
    assert len(ids) == 2
    assert {one.new for one in shop.world.resumes} == ids
