"""The pretend Harness FirstGen: strict, stateful, and reached over a real socket.

It was written from the facts about Harness (`facts/harness-firstgen.md`), never from the bot's
own client, so that it can contradict the bot. Build a world, serve it, move it, look at it:

    clock = [1_711_612_790.0]
    harness = PretendHarness(now=lambda: clock[0])
    world = harness.world
    shop = world.application("Storefront")
    prod = world.environment(shop, "prod-eu", prod=True)
    dana = world.user("dana@example.com", "Dana Ops", world.user_group("Deployers", deployment()))
    release = world.pipeline(
        shop,
        "Checkout Release",
        stage("Sign-off", approval("Approve release", seconds=5)),
        stage(None, workflow("Deploy EU", prod, ends=("FAILED", "SUCCESS")), workflow("Deploy US")),
        stage(None, workflow("Smoke test")),
    )
    run = world.start(release, by=dana, ago=600)            # failed in STAGE 2 by now

    async with harness.serving() as url:                    # HARNESS_URL; the key is harness.key
        harness.faults.arm(Fault.DROPPED_AFTER, on="resumeExecution")
        ...                                                 # let the bot work
        clock[0] += 60                                      # time passes; every request looks
    assert [resume.old for resume in world.resumes] == [run.id]
    assert harness.requests[-1].names == ("resumeExecution",)

Time is the clock's: whatever is due happens at `world.tick()` or when a request comes in. A row
whose `seconds` is None waits for `world.finish`, `fail`, `approve`, `reject`, `expire` or `abort`.
A run that a user starts shows a stale snapshot, empty at first, until somebody refreshes it.

`world.flags` takes Harness's feature flags of these names: NEW_DEPLOYMENT_FREEZE,
SPG_SAVE_REJECTED_BY_FREEZE_WINDOWS, PIPELINE_PER_ENV_DEPLOYMENT_PERMISSION,
SPG_CG_FIXING_PIPELINE_RESUME, SPG_GRAPHQL_VERIFY_APPLICATION_FROM_USER_GROUP and
GRAPHQL_WORKFLOW_EXECUTION_OPTIMIZATION. `world.queue_seconds`, `world.prepare_seconds` and
`world.deployments_per_day` rule every run that starts. `harness.events` and `harness.alerts`
post event rules and Slack notifications (`deliver()`, or `live()` in real time); `random_world`
draws runs from a seed with the truth about what may be offered.
"""

from bot.demo.harness.faults import Fault, Faults
from bot.demo.harness.ledger import Request
from bot.demo.harness.people import (
    OVERRIDE_FREEZE,
    READ_USERS,
    ApiKey,
    AppFilter,
    ElementFilter,
    EnvFilter,
    Grant,
    User,
    UserGroup,
    all_but,
    deployment,
    everything,
    in_envs,
    only,
    reading,
)
from bot.demo.harness.plan import (
    Application,
    Environment,
    Pipeline,
    Stage,
    approval,
    stage,
    workflow,
)
from bot.demo.harness.runs import Resume, Row, Run, WorkflowRun
from bot.demo.harness.server import PretendHarness
from bot.demo.harness.status import Raw
from bot.demo.harness.world import World

__all__ = [
    "OVERRIDE_FREEZE",
    "READ_USERS",
    "ApiKey",
    "AppFilter",
    "Application",
    "ElementFilter",
    "EnvFilter",
    "Environment",
    "Fault",
    "Faults",
    "Grant",
    "Pipeline",
    "PretendHarness",
    "Raw",
    "Request",
    "Resume",
    "Row",
    "Run",
    "Stage",
    "User",
    "UserGroup",
    "WorkflowRun",
    "World",
    "all_but",
    "approval",
    "deployment",
    "everything",
    "in_envs",
    "only",
    "reading",
    "stage",
    "workflow",
]
