"""A pretend shop: two environments, a pipeline of three stages, and people with rights."""

from dataclasses import dataclass

from bot.core.execution import ExecutionRef
from bot.core.stages import StageGroup, group_stages
from bot.demo.harness import (
    Application,
    Environment,
    Pipeline,
    PretendHarness,
    Run,
    User,
    approval,
    deployment,
    stage,
    workflow,
)
from bot.ports import Examined


@dataclass
class Shop:
    app: Application
    prod: Environment
    staging: Environment
    release: Pipeline
    dana: User

    def ref(self, run: Run) -> ExecutionRef:
        return ExecutionRef(run.id, self.app.id)


def open_shop(harness: PretendHarness, name: str = "STAGE 2") -> Shop:
    world = harness.world
    app = world.application("Storefront")
    prod = world.environment(app, "prod-eu", prod=True)
    staging = world.environment(app, "staging", prod=False)
    release = world.pipeline(
        app,
        "Checkout Release",
        stage("Sign-off", workflow("Deploy staging", staging, seconds=5)),
        stage(
            None if name == "STAGE 2" else name,
            workflow("Deploy EU", prod, seconds=5, ends=("FAILED", "SUCCESS")),
            workflow("Deploy US", prod, seconds=5),
        ),
        stage(None, approval("Smoke test", seconds=5)),
    )
    dana = world.user("dana@example.com", "Dana Ops", world.user_group("Deployers", deployment()))
    return Shop(app, prod, staging, release, dana)


def group_called(examined: Examined, name: str) -> StageGroup:
    return next(g for g in group_stages(examined.execution.stages) if g.name == name)
