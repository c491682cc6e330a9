"""Many runs to follow: started in the pretend Harness, and put into the bot's books at once."""

import asyncio
from collections.abc import Sequence

from sqlalchemy import insert

from bot.clock import SystemClock
from bot.core.attempt import Attempt, Chosen, Presser, Progress, State
from bot.core.card import Card, CardState, Door
from bot.core.execution import Environments, Execution, ExecutionRef
from bot.core.progress import observe
from bot.demo.harness import PretendHarness, Request, Run, stage, workflow
from bot.harness.firstgen import open_firstgen
from bot.harness.transport import Address
from bot.store import attempts, cards, schema
from bot.store.open import open_store
from tests.torture.arena import Arena

CHOSEN = Chosen(0, "Build", "Build")
STARTED_AGO = 60


class Free:
    """A window that is always open."""

    async def take_request(self, window: str, limit: int) -> float:  # noqa: ARG002
        """Take a place."""
        return 0.0


def busy_runs(arena: Arena, count: int) -> list[Run]:
    """Start runs of three stages that stay in their first."""
    world = arena.harness.world
    pipeline = world.pipeline(
        arena.shop,
        "Nightly",
        *(stage(name, workflow(f"{name} it", arena.prod, seconds=None)) for name in "ABC"),
    )
    trigger = world.trigger(arena.shop, "nightly")
    return [world.start(pipeline, by=trigger, ago=STARTED_AGO) for _ in range(count)]


async def follow(arena: Arena, url: str, runs: Sequence[Run]) -> None:
    """Write into the bot's books that it follows *runs*, each under a card of its own."""
    clock = SystemClock()
    seen = await _seen(arena.harness, url, runs)
    now = clock.now()
    channel = arena.channels[0]
    rows, cards_rows = [], []
    for n, run in enumerate(runs):
        old = ExecutionRef(f"old{n:019d}", run.app.id)
        ts = f"{now // 1000}.{n:06d}"
        card = Card(
            id=f"card-{n}",
            execution=_as_old(seen[run.id], old),
            environments=Environments(),
            channel=channel.id,
            door=Door.COMMAND,
            root=old.id,
            thread=f"card-{n}",
            ts=ts,
            state=CardState.TAKEN,
            attempt=f"attempt-{n}",
            created_at=now,
        )
        attempt = Attempt(
            id=f"attempt-{n}",
            execution=old,
            root=old.id,
            card=card.id,
            presser=Presser(arena.people[0].id),
            chosen=CHOSEN,
            state=State.RUNNING,
            claimed_at=now,
            run=ExecutionRef(run.id, run.app.id),
            next_look=now,
            progress=_told(seen[run.id]),
        )
        cards_rows.append(cards._row(card))  # noqa: SLF001 -- the store offers no bulk
        rows.append(attempts._row(attempt) | {"id": attempt.id, "owner": "bench"})  # noqa: SLF001
    async with (
        open_store(arena.books.url, clock=clock) as store,
        store._db.write() as connection,  # noqa: SLF001
    ):
        await connection.execute(insert(schema.card), cards_rows)
        await connection.execute(insert(schema.attempt), rows)


async def _seen(harness: PretendHarness, url: str, runs: Sequence[Run]) -> dict[str, Execution]:
    address = Address(url=url, account=harness.account, key=harness.key)
    async with open_firstgen(
        address, clock=SystemClock(), window=Free(), requests_per_minute=0
    ) as client:
        seen = await client.poll([ExecutionRef(run.id, run.app.id) for run in runs])
    harness.requests.clear()
    return {key: run for key, run in seen.items() if isinstance(run, Execution)}


def _as_old(run: Execution, ref: ExecutionRef) -> Execution:
    return Execution(ref, run.status, run.stages, pipeline=run.pipeline)


def _told(run: Execution) -> Progress:
    progress, news = observe(Progress(), CHOSEN, run)
    while news:
        progress, news = observe(progress, CHOSEN, run)
    return progress


def is_poll(request: Request) -> bool:
    """Whether a request looks at runs, and at nothing else."""
    return set(request.names) == {"execution"}


async def settled(harness: PretendHarness, polls: int, seconds: float) -> None:
    """Wait until the bot made so many polls."""
    async with asyncio.timeout(seconds):
        while sum(map(is_poll, harness.requests)) < polls:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
