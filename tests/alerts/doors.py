"""How failures reach the bot in these tests, and what is counted afterwards."""

import asyncio
from dataclasses import replace
from typing import Any

import aiohttp

from bot.demo.harness import Run, alerts, approval, events, stage, workflow
from bot.demo.slack import Channel, Message
from tests.e2e.world import QUICK, World, buttons

PACE = replace(
    QUICK, gather_seconds=0.1, sweep_seconds=0.2, sweep_margin_ms=300_000, storm_ms=60_000
)
TOKEN = "a-long-random-token-for-events-only"


def ended(world: World, how: str = "FAILED", *, by: Any = None, pipeline: Any = None) -> Run:
    """Give a run that ended so: at its deployment, or (rejected, expired) at its approval."""
    if how == "FAILED":
        run = world.harness.world.start(
            pipeline or world.checkout(), by=by or world.trigger, ago=600
        )
    elif how == "ABORTED":
        run = going_on(world)
        world.harness.world.abort(run)
    else:
        pipe = world.harness.world.pipeline(
            world.shop,
            "Checkout Release",
            stage("Sign-off", approval("Approve release", seconds=1, ends=(how, "SUCCESS"))),
            stage("Deploy", workflow("Deploy EU", world.prod, seconds=1)),
        )
        run = world.harness.world.start(pipe, by=world.trigger, ago=600)
    world.harness.world.tick()
    assert run.status.value == how
    return run


def going_on(world: World, *, ends: str = "FAILED", seconds: float | None = None) -> Run:
    """Give a run whose first stage has ended and whose second goes on until it is told to end."""
    pipe = world.harness.world.pipeline(
        world.shop,
        "Checkout Release",
        stage("Sign-off", approval("Approve release", seconds=1)),
        stage(
            "Deploy",
            workflow("Deploy EU", world.prod, seconds=1, ends=(ends, "SUCCESS")),
            workflow("Deploy US", world.prod, seconds=seconds),
        ),
    )
    run = world.harness.world.start(pipe, by=world.trigger, ago=600)
    world.harness.world.tick()
    return run


def fails(world: World, name: str = "Checkout Release") -> Run:
    """Let a run begin and fail now."""
    run = world.harness.world.start(world.checkout(name), by=world.trigger)
    world.passes(5)
    world.harness.world.tick()
    assert run.status.value == "FAILED"
    return run


def row(run: Run, step: str) -> Any:
    return next(row for row in run.rows if row.step == step)


def shape(world: World, run: Run, name: str) -> dict[str, Any]:
    """Write the payload of one of the documented messages (facts 6.5)."""
    harness = world.harness.world
    deploy = next(r for r in run.rows if r.kind == "workflow")
    sign_off = next(r for r in run.rows if r.kind == "approval")
    match name:
        case "A" | "B":
            made = alerts.workflow_ended(harness, deploy, "deploys")
        case "C":
            made = alerts.workflow_ended(harness, deploy, more_errors=2)
        case "D":
            made = alerts.approval_answered(harness, sign_off, "Dana Ops", "deploys")
        case "E":
            made = alerts.pipeline_interrupted(harness, run, "Deploy", "deploys")
        case "F":
            made = alerts.approval_expired(harness, sign_off, "deploys")
        case "G":
            made = alerts.frozen(harness, run, "Quarter close", "deploys")
        case "H":
            made = alerts.approval_needed(harness, sign_off, "deploys")
        case "phase":
            made = alerts.workflow_ended(harness, deploy)
            assert made is not None
            made["text"] = f"Phase 1 of {made['text']}"
        case "text only":
            made = {"text": f"Deployment failed: <{harness.link(run)}|look>"}
        case "alone":
            made = alerts.workflow_ended(harness, deploy, alone=True)
    assert made is not None
    made.pop("username", None)
    made.pop("icon_url", None)
    made.pop("channel", None)
    return made


def cards_in(message: Message) -> list[Message]:
    """List the cards in a message's thread: whatever has buttons."""
    return [reply for reply in message.thread if buttons(reply)]


def cards(*channels: Channel) -> list[Message]:
    return [m for channel in channels for m in channel.log if buttons(m)]


async def count_of(world: World, count: int, *channels: Channel, seconds: float = 50) -> None:
    """Wait for so many cards, looking seldom: counting hundreds is work, too."""
    async with asyncio.timeout(seconds):
        while len(cards(*channels)) < count:  # noqa: ASYNC110 -- see above
            await asyncio.sleep(0.25)


async def quiet(world: World, seconds: float = 0.6) -> None:
    """Let whatever is under way happen: the only way to see that nothing comes."""
    await world.slack.settle()
    end = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        world.harness.world.tick()
        await asyncio.sleep(0.05)


async def posts_event(port: int, body: Any, token: str = TOKEN) -> int:
    """Deliver an event as a delegate would; give the HTTP status."""
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"http://127.0.0.1:{port}/harness/events", json=body, headers=headers
        ) as answer,
    ):
        return answer.status


def end_event(world: World, run: Run) -> dict[str, Any]:
    return events.end_of(world.harness.world, run)


def reads(world: World) -> list[Any]:
    """List the GraphQL requests about runs; the lists that a test's haste repeats are left out."""
    return [request for request in graphql(world) if "executions" not in request.names]


def graphql(world: World) -> list[Any]:
    """List the GraphQL requests that Harness got, the greeting apart."""
    return [
        r for r in world.harness.requests if r.operation != "rest" and r.names != ("__typename",)
    ]
