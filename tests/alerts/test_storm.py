"""Hundreds of failures in a minute: in order, with a summary, few requests, and nothing lost."""

import asyncio
import time
from dataclasses import replace

from bot.demo.harness import stage, workflow
from tests.alerts.doors import (
    PACE,
    TOKEN,
    cards,
    cards_in,
    count_of,
    end_event,
    fails,
    posts_event,
    quiet,
    reads,
    shape,
)
from tests.e2e.world import free_port, until, words

STORM = 300


def failures(world, count, *, by=None, name="Nightly"):
    """Give *count* failed runs, each of a name of its own so that their cards can be told apart."""
    deploy = stage("Deploy", workflow("Deploy EU", world.prod, seconds=1, ends="FAILED"))
    runs = []
    for number in range(count):
        pipeline = world.harness.world.pipeline(world.shop, f"{name} {number}", deploy)
        runs.append(world.harness.world.start(pipeline, by=by or world.trigger, ago=60))
    world.harness.world.tick()
    return runs


async def test_a_storm_of_events_becomes_a_summary_with_all_cards_in_its_thread(world):
    """One message of the channel tells of all; at most a fraction of a request each."""
    port = free_port()
    runs = failures(world, STORM)
    async with world.bot(
        pace=PACE, port=port, harness_events_token=TOKEN, alert_channel=world.ops.id
    ):
        begun = time.monotonic()
        for some in range(0, STORM, 20):
            bodies = [end_event(world, run) for run in runs[some : some + 20]]
            assert set(await asyncio.gather(*(posts_event(port, b) for b in bodies))) == {202}
        kept = time.monotonic() - begun
        await count_of(world, STORM, world.ops)
        alone = [m for m in world.ops.messages if "Their cards are" not in words(m)]
        (summary,) = [m for m in world.ops.messages if m not in alone]
        assert len(alone) <= 5
        assert len(cards_in(summary)) == STORM - len(alone)
        await until(lambda: str(STORM - len(alone)) in words(summary), world)
        assert len(reads(world)) <= STORM / 5
        assert len(world.slack.calls_of("chat.postMessage")) == STORM + 1
        assert kept < 20


async def test_a_storm_of_alerts_gets_each_card_in_its_own_thread(world):
    """Messages of Slack keep their order and their threads; requests are shared, not repeated."""
    dana = world.harness.world.users[0]
    runs = [*failures(world, 30), *failures(world, 30, by=dana, name="Weekly")]
    hook = world.slack.webhook(world.ops)
    async with world.bot(pace=PACE):
        messages = [
            hook.posts(f"failed: <{world.harness.world.link(run)}|run {n}>")
            for n, run in enumerate(runs)
        ]
        await until(lambda: all(cards_in(message) for message in messages), world, 45)
        assert all(run.id in words(cards_in(m)[0]) for run, m in zip(runs, messages, strict=True))
        assert len(reads(world)) <= len(runs) / 2


async def test_a_few_failures_are_messages_of_their_own(world):
    """Up to five in a minute need no summary."""
    port = free_port()
    runs = failures(world, 5)
    async with world.bot(
        pace=PACE, port=port, harness_events_token=TOKEN, alert_channel=world.ops.id
    ):
        for run in runs:
            await posts_event(port, end_event(world, run))
        await until(lambda: len(cards(world.ops)) == 5, world)
        assert len(world.ops.messages) == 5


async def test_slacks_limit_is_kept_and_nothing_is_lost(world):
    """With a post a second allowed, the cards come late, all of them, and Slack never says no."""
    port = free_port()
    runs = failures(world, 12)
    world.slack.limits.on = True
    pace = replace(PACE, post_seconds=1.05)
    async with world.bot(
        pace=pace, port=port, harness_events_token=TOKEN, alert_channel=world.ops.id
    ):
        await asyncio.gather(*(posts_event(port, end_event(world, run)) for run in runs))
        await until(lambda: len(cards(world.ops)) == 12, world, 40)
        assert len(world.slack.calls_of("chat.postMessage")) == 13, "no call was turned away"


async def test_all_doors_at_once_with_restarts_between_make_one_card_each(world):
    """Alerts in two channels, events twice, the sweep, and two restarts of the bot in between."""
    port = free_port()
    away = world.slack.channel("payments", members=[world.dana])
    hooks = [world.slack.webhook(world.ops), world.slack.webhook(away)]
    settings = {
        "pace": PACE,
        "port": port,
        "harness_events_token": TOKEN,
        "alert_channel": world.ops.id,
    }
    runs = []
    for number in range(3):
        async with world.bot(**settings):
            await until(lambda: '"swept"' in world.log.getvalue(), world)
            for run in [fails(world, f"Release {number} {n}") for n in range(3)]:
                runs.append(run)
                hooks[len(runs) % 2].posts(**shape(world, run, "A"))
                await posts_event(port, end_event(world, run))
                hooks[(len(runs) + 1) % 2].posts(**shape(world, run, "C"))
                await posts_event(port, end_event(world, run))
            await world.slack.settle()
    async with world.bot(**settings):
        await until(lambda: len(cards(world.ops, away)) == len(runs), world, 20)
        await quiet(world, 1.5)
    shown = [run.id for run in runs for card in cards(world.ops, away) if run.id in words(card)]
    assert sorted(shown) == sorted(run.id for run in runs)
    pointers = [m for c in (world.ops, away) for m in c.log if "has a card already" in m.text]
    assert len(pointers) <= len(runs)
