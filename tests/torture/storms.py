"""The storms: what happens to the bot while people click. Tests run them short, tools/torture long.

Each takes an arena whose pretenders are open, and ends when all that was begun is at rest.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable, Sequence

from bot.demo.harness import Fault, Run
from bot.demo.slack import (
    AcceptedThenDropped,
    DroppedBefore,
    Html,
    Message,
    RateLimited,
    Slow,
    Status,
)
from tests.torture.arena import Arena
from tests.torture.processes import Replica, replicas, until
from tests.torture.score import Score, score

REST_SECONDS = 400.0
"""Posts into a channel are a second apart at production's pace, and a storm makes hundreds."""
Say = Callable[[str], None]
SLACK_FAULTS = (
    AcceptedThenDropped(),
    DroppedBefore(),
    RateLimited(1),
    Status(500),
    Html(),
    Slow(1.0),
)


async def made_cards(arena: Arena, count: int) -> list[tuple[Run, Message]]:
    """Let people ask for the cards of so many failed runs, while all is well."""
    made = []
    for _ in range(count):
        run = arena.failed_run()
        made.append((run, await arena.card(run)))
    return made


async def kills(
    arena: Arena, dice: random.Random, *, rounds: int, clicks: int, say: Say = lambda _: None
) -> Score:
    """One replica: a few clicks, a kill some moment later, a restart; and again."""
    async with replicas(arena.replica("one")) as (one,):
        for number in range(rounds):
            cards = await made_cards(arena, clicks)
            clicking = [
                asyncio.create_task(
                    arena.click(card, run, person=dice.randrange(len(arena.people)))
                )
                for run, card in cards
            ]
            await asyncio.sleep(dice.uniform(0.02, 1.0))
            await one.kill()
            await asyncio.gather(*clicking)
            await one.start()
            await one.ready()
            say(f"kill {number + 1} of {rounds}")
        return await settled(arena, [one])


async def two_replicas(
    arena: Arena, dice: random.Random, *, rounds: int, clicks: int, say: Say = lambda _: None
) -> Score:
    """Two replicas on Postgres: one of them is killed or frozen at a random moment; and again."""
    async with replicas(arena.replica("one"), arena.replica("two")) as both:
        freezes = 0
        for number in range(rounds):
            cards = await made_cards(arena, clicks)
            clicking = [
                asyncio.create_task(
                    arena.click(card, run, person=dice.randrange(len(arena.people)))
                )
                for run, card in cards
            ]
            await asyncio.sleep(dice.uniform(0.02, 1.0))
            victim = dice.choice(both)
            if dice.random() < 0.5:
                await victim.kill()
                await asyncio.gather(*clicking)
                await victim.start()
                await victim.ready()
            else:
                freezes += 1
                victim.freeze()
                await asyncio.gather(*clicking)
                await asyncio.sleep(dice.choice((0.0, 2.0, 8.0)))
                victim.thaw()
            say(f"round {number + 1} of {rounds}")
        return await settled(arena, both, kills=freezes)


async def harness_faults(
    arena: Arena, dice: random.Random, *, faults: Sequence[Fault], kills: int
) -> Score:
    """Every click meets another fault of Harness's at the mutation, and the bot is killed too."""
    async with replicas(arena.replica("one")) as (one,):
        cards = await made_cards(arena, len(faults))
        for fault in faults:
            arena.harness.faults.arm(fault, on="resumeExecution", seconds=dice.uniform(0.3, 1.0))
        clicking = [
            asyncio.create_task(arena.click(card, run, person=n % len(arena.people)))
            for n, (run, card) in enumerate(cards)
        ]
        for number in range(kills):
            await _called(arena, len(faults) * (number + 1) // (kills + 1))
            await asyncio.sleep(dice.uniform(0.0, 1.0))
            await one.kill()
            await one.start()
            await one.ready()
        await asyncio.gather(*clicking)
        arena.harness.faults.disarm()
        return await settled(arena, [one])


async def _called(arena: Arena, times: int) -> None:
    """Wait until the call was made so often, but not for ever: kills keep some from being made."""

    def made() -> int:
        return sum("resumeExecution" in request.names for request in arena.harness.requests)

    with contextlib.suppress(TimeoutError):
        await until(lambda: made() >= times, 4)


async def slack_faults(arena: Arena, dice: random.Random, *, rounds: int, clicks: int) -> Score:
    """Slack takes posts and drops the line, limits, fails and is slow, while the bot is killed."""
    async with replicas(arena.replica("one")) as (one,):
        for _ in range(rounds):
            cards = await made_cards(arena, clicks)
            for fault in SLACK_FAULTS:
                arena.slack.faults.arm("chat.postMessage", fault, times=2)
                arena.slack.faults.arm("chat.update", fault)
            arena.slack.faults.arm("response_url", Status(500), times=3)
            clicking = [
                asyncio.create_task(arena.click(card, run, person=n % len(arena.people)))
                for n, (run, card) in enumerate(cards)
            ]
            await asyncio.sleep(dice.uniform(0.2, 2.0))
            await one.kill()
            await asyncio.gather(*clicking)
            await one.start()
            await one.ready()
        return await settled(arena, [one])


async def everybody_at_once(arena: Arena, both: Sequence[Replica], *, runs: int) -> list[Run]:
    """Everybody presses at the same moment, on cards of the same runs in two channels."""
    made = []
    for _ in range(runs):
        run = arena.failed_run()
        made.append((run, [await arena.card(run, channel=n) for n in (0, 1)]))
    await asyncio.gather(
        *(
            arena.click(cards[n % 2], run, person=n, stage=("Deploy", "Build")[n // 2 % 2])
            for run, cards in made
            for n in range(len(arena.people))
        )
    )
    return [run for run, _ in made]


async def settled(arena: Arena, ran: Sequence[Replica], *, kills: int = 0) -> Score:
    """Let everything come to its end, without further faults, and count."""
    arena.slack.faults.disarm()
    await arena.rest(REST_SECONDS)
    return await score(arena, kills=kills + sum(one.kills for one in ran))
