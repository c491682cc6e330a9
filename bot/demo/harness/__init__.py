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
