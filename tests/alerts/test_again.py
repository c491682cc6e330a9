"""A run that was let be, or whose card nobody could see, is taken up by the next alert of it."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.demo.harness import Fault, stage, workflow
from tests.alerts.doors import (
    PACE,
    TOKEN,
    cards,
    cards_in,
    count_of,
    end_event,
    ended,
    going_on,
    graphql,
    posts_event,
    quiet,
    row,
    shape,
)
from tests.e2e.world import free_port, until, words


def doors(world, port, **more):
    return {
        "pace": PACE,
        "port": port,
        "harness_events_token": TOKEN,
        "alert_channel": world.ops.id,
        **more,
    }


def policy(tmp_path, text):
    path = tmp_path / "policy.toml"
    path.write_text(text, "utf-8")
    return {"policy_file": path}


async def test_a_run_that_waited_too_long_is_taken_up_when_it_fails(world):
    """Nobody approved for days and the bot stopped looking: word of the end brings the card."""
    run = going_on(world)
    async with world.bot(pace=replace(PACE, watch_for_ms=200)):
        hook = world.slack.webhook(world.ops)
        hook.posts(**shape(world, run, "H"))
        world.slack.violations.clear()  # Harness's own: blocks without a text
        await until(lambda: "it has not ended for a day" in world.log.getvalue(), world)
        world.harness.world.abort(run)
        message = hook.posts(**shape(world, run, "E"))
        await until(lambda: cards_in(message), world)


async def test_a_card_that_nobody_could_post_blocks_no_other(world):
    """`/resume` where the bot is not, then an alert where it is: the alert gets its card."""
    run = ended(world)
    away = world.slack.channel("away", members=[world.dana], bot=False)
    async with world.bot(pace=PACE):
        assert (await world.dana.types(away, f"/resume {run.id}")).acked
        await world.slack.until(lambda: world.dana.ephemerals(away), 10)
        message = world.slack.webhook(world.ops).posts(**shape(world, run, "A"))
        await until(lambda: cards_in(message), world)


async def test_a_muted_channel_speaks_for_itself_alone(world):
    """The alert came where nothing is wanted; the event of the same run goes where it is."""
    port = free_port()
    run = ended(world)
    quiet_place = world.slack.channel("quiet", members=[world.dana])
    async with world.bot(**doors(world, port)):
        assert (await world.dana.types(quiet_place, "/resume mute 2h")).acked
        await world.slack.until(lambda: world.dana.ephemerals(quiet_place), 10)
        world.slack.webhook(quiet_place).posts(**shape(world, run, "A"))
        await until(lambda: "the channel is muted" in world.log.getvalue(), world)
        assert await posts_event(port, end_event(world, run)) == 202
        await until(lambda: cards(world.ops), world)
        assert cards(quiet_place) == []


async def test_what_ended_badly_is_not_given_up_for_an_outage(world, tmp_path):
    """Quiet hours kept it back for days, then Harness is away for a look: it comes after."""
    port = free_port()
    run = ended(world)
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    loud = (datetime.now(UTC).weekday() + 3) % 7
    hours = [f"{day} 00:00-24:00" for n, day in enumerate(days) if n != loud]
    text = f"[alerts]\nquiet = {json.dumps(hours)}\n"
    async with world.bot(**doors(world, port), **policy(tmp_path, text)):
        assert await posts_event(port, end_event(world, run)) == 202
        await until(lambda: "card held back" in world.log.getvalue(), world)
    path = world.settings["database_url"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as database, database:
        long = 4 * 24 * 3_600_000
        database.execute("UPDATE card SET next_look = 1, created_at = created_at - ?", (long,))
    world.harness.faults.arm(Fault.BAD_GATEWAY, on="execution", times=4)
    async with world.bot(**doors(world, port)):
        await until(lambda: cards(world.ops), world, 20)
        assert "🌙" in words(world.ops.messages[-1])


async def test_no_card_comes_that_nobody_may_press(world, tmp_path):
    """The policy names the applications that are resumed from Slack; others stay silent."""
    port = free_port()
    run = ended(world)
    text = '[only]\napplications = ["Payments*"]\n'
    async with world.bot(**doors(world, port), **policy(tmp_path, text)):
        assert await posts_event(port, end_event(world, run)) == 202
        await until(lambda: "the policy lets nobody resume it" in world.log.getvalue(), world)
        await quiet(world)
        assert cards(world.ops) == []


async def test_runs_that_go_on_share_their_looks(world):
    """Two waiting runs cost one request a round between them, however few they are."""
    runs = [going_on(world) for _ in range(2)]
    async with world.bot(pace=PACE, poll_seconds=1):
        hook = world.slack.webhook(world.ops)
        for run in runs:
            hook.posts(**shape(world, run, "text only"))
        await until(lambda: len(graphql(world)) >= 2, world)
        await quiet(world, 1.5)
        before = len(graphql(world))
        await quiet(world, 3.0)
        looks = graphql(world)[before:]
        assert looks
        assert all(len(request.names) == 2 for request in looks)
        for run in runs:
            world.harness.world.finish(row(run, "Deploy US"))
        world.passes(60)
        await until(lambda: len(cards(world.ops)) == 2, world, 15)


async def test_a_second_word_of_a_failure_hastens_the_look(world):
    """The same channel is told again while the next look is far off: the card comes now."""
    run = going_on(world)
    async with world.bot(pace=PACE, poll_seconds=3600):
        hook = world.slack.webhook(world.ops)
        message = hook.posts(**shape(world, run, "A"))
        await quiet(world)
        world.harness.world.finish(row(run, "Deploy US"))
        world.passes(5)
        world.harness.world.tick()
        hook.posts(**shape(world, run, "A"))
        await until(lambda: cards_in(message), world)


@pytest.mark.timeout(120)
async def test_a_sweep_takes_up_hundreds(world):
    """More runs failed while the bot was down than Harness shows at once: each has its card."""
    async with world.bot(pace=PACE, alert_channel=world.ops.id):
        await until(lambda: '"swept"' in world.log.getvalue(), world)
    start, pipes = world.harness.world.start, [world.checkout(f"Release {n}") for n in range(210)]
    runs = [start(pipe, by=world.trigger) for pipe in pipes]
    world.passes(5)
    world.harness.world.tick()
    async with world.bot(pace=PACE, alert_channel=world.ops.id):
        await count_of(world, len(runs), world.ops, seconds=100)
    shown = {run.id for run in runs for card in cards(world.ops) if run.id in words(card)}
    assert len(shown) == len(runs)


async def test_only_production_holds_in_a_burst_too(world, tmp_path):
    """Six runs of another environment at once: Harness's own view tells that none is production."""
    port = free_port()
    stages = world.harness.world
    text = "[alerts]\nproduction = true\n"
    pipes = [
        stages.pipeline(
            world.shop,
            f"Try {n}",
            stage("Deploy", workflow("Deploy", world.dev, seconds=1, ends="FAILED")),
        )
        for n in range(6)
    ]
    runs = [ended(world, pipeline=pipe) for pipe in pipes]
    async with world.bot(**doors(world, port), **policy(tmp_path, text)):
        hook = world.slack.webhook(world.ops)
        for run in runs:
            hook.posts(text=f"failed: <{stages.link(run)}|run>")
        await until(lambda: world.log.getvalue().count("not production") == 6, world, 20)
        assert cards(world.ops) == []
