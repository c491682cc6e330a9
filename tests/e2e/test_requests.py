"""What the bot asks of Harness: how often, how long it waits, and who goes first."""

import asyncio
import time
from dataclasses import replace

from bot.demo.harness import Fault, stage, workflow
from bot.flows.pace import Pace
from tests.e2e.world import QUICK, World, buttons, told, until, words

DEPLOY = "Resume Checkout Release from Deploy"


async def test_many_runs_are_one_request(world: World) -> None:
    """A dozen followed runs are looked at together: one request for each look."""
    async with world.bot(pace=replace(QUICK, open_cards_seconds=60.0)):
        pipeline = world.harness.world.pipeline(
            world.shop,
            "Herd",
            stage("Go", workflow("Go", world.dev, seconds=1, ends=("FAILED", "SUCCESS"))),
            stage("Stay", workflow("Stay", world.dev, seconds=None)),
        )
        runs = [world.failed_run(pipeline) for _ in range(12)]
        for run in runs:
            card = await world.card(run)
            await world.dana.presses(card, "Resume Herd from Go")
            await world.slack.until(lambda run=run: world.resumes_of(run), 10)

        def whole() -> bool:
            return any(len(r.names) == 12 for r in world.harness.requests)

        await until(whole, world, 20)
        before = len(world.harness.requests)
        await until(lambda: len(world.harness.requests) >= before + 4, world)
        since = [r for r in world.harness.requests[before:] if r.path.endswith("graphql")]
        assert {len(r.names) for r in since} == {12}


async def test_the_budget_is_never_exceeded_and_people_go_first(world: World) -> None:
    """With few requests a minute, polls stop at their share and a click is still served."""
    run, other = world.failed_run(), world.failed_run()
    async with world.bot(harness_requests_per_minute=14):
        card, second = await world.card(run), await world.card(other)
        await world.dana.presses(card, DEPLOY)
        await world.slack.until(lambda: told(card, "resumed from"), 10)

        def asked() -> int:
            return sum(r.path.endswith("graphql") for r in world.harness.requests)

        await until(lambda: asked() >= 9, world)
        await world.dana.presses(second, DEPLOY)
        await world.slack.until(lambda: told(second, "resumed from"), 10)
        assert asked() <= 14


async def test_a_click_has_its_outcome_within_eight_seconds(world: World) -> None:
    """At production's pace: Harness hangs at the read, then at the call, and a person reads why."""
    run = world.failed_run()
    async with world.bot(pace=Pace()):
        card = await world.card(run)
        world.harness.faults.arm(Fault.HANG, on="userByEmail", seconds=9.0)
        begun = time.monotonic()
        said = await world.refusal(world.dana, card, DEPLOY)
        assert time.monotonic() - begun < 8
        assert "did not answer in time" in said
        assert len(buttons(card)) == 2

        world.harness.faults.arm(Fault.HANG, on="resumeExecution", seconds=9.0)
        begun = time.monotonic()
        said = await world.refusal(world.dana, card, DEPLOY)
        assert time.monotonic() - begun < 8
        assert "not known" in said
        assert world.resumes_of(run) == []


async def test_the_command_is_acked_while_harness_hangs(world: World) -> None:
    """However slow Harness is, Slack has its ack at once, and so have others."""
    runs = [world.failed_run(world.checkout(f"Release {n}")) for n in range(3)]
    async with world.bot():
        world.harness.faults.arm(Fault.HANG, on="execution", seconds=1.0, times=3)
        receipts = await asyncio.gather(
            *(world.dana.types(world.ops, f"/resume {run.id}") for run in runs),
            world.eve.types(world.ops, "/resume help"),
        )
        assert all(r.acked for r in receipts)
        assert max(r.seconds or 9 for r in receipts) < 1
        assert "/resume" in words((await world.slack.until(world.eve.ephemerals, 5))[-1])
        await world.slack.until(
            lambda: len(world.ops.messages) + len(world.dana.ephemerals()) == 3, 10
        )
