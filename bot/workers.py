"""What runs for ever: delivering, following, keeping cards true, renewing the lease.

All of it works as one replica after another: whoever lost its lease (it was frozen, or the database
was away) cancels everything and comes back under a new id, because others may have its rows.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import structlog

from bot.core.errors import HarnessTrouble
from bot.flows import deliver, reconcile, restart, sweep, track, watch
from bot.flows.context import Context
from bot.flows.work import Work
from bot.ports import Clock
from bot.ports.pulse import Pulse
from bot.store.replicas import LeaseLost
from bot.store.store import SqlStore
from bot.web.metrics import Gauges

PRUNE_SECONDS = 3600.0
PAUSE_SECONDS = 1.0
"""Before a worker that failed is started again."""

log = structlog.stdlib.get_logger(__name__)


async def work_for_ever(ctx: Context, store: SqlStore) -> None:
    """Work until cancelled."""
    everything: dict[str, Callable[[], Awaitable[object]]] = {
        "deliver": lambda: deliver.forever(ctx),
        "follow": lambda: track.forever(ctx),
        "open cards": lambda: _every(
            ctx, ctx.pace.open_cards_seconds, lambda: _true_cards(ctx, store)
        ),
        "watch": lambda: watch.forever(ctx),
        "sweep": lambda: _every(ctx, ctx.pace.sweep_seconds, lambda: _swept(ctx, store)),
        "prune": lambda: _every(ctx, PRUNE_SECONDS, lambda: _prune(store)),
    }
    while True:
        await _surely(ctx, lambda: track.take_up(ctx))
        async with asyncio.TaskGroup() as group:
            workers = [
                group.create_task(_again_and_again(ctx, worker, name))
                for name, worker in everything.items()
            ]
            await _beat_until_lost(ctx, store)
            for worker in workers:
                worker.cancel()
        log.warning("lease lost: coming back under a new id")
        ctx.followed.clear()
        await _surely(ctx, store.rejoin)


async def _surely(ctx: Context, act: Callable[[], Awaitable[object]]) -> None:
    """Do what the work cannot go on without, as often as it takes."""
    while True:
        try:
            await act()
        except Exception:
            log.exception("cannot go on yet")
            await ctx.clock.sleep(PAUSE_SECONDS)
        else:
            return


async def _beat_until_lost(ctx: Context, store: SqlStore) -> None:
    while True:
        await ctx.clock.sleep(store.lease / 3)
        try:
            beat = await store.beat()
        except Exception:
            log.exception("the store does not answer")
            continue
        if isinstance(beat, LeaseLost):
            return
        if beat.adopted:
            log.info("took over", rows=beat.adopted)
            await _surely(ctx, lambda: track.take_up(ctx))
            await _surely(ctx, lambda: restart.answer_lost_clicks(ctx))


async def _again_and_again(
    ctx: Context, worker: Callable[[], Awaitable[object]], name: str
) -> None:
    """Run a worker that never ends; if it fails all the same, log it and start it again."""
    while True:
        try:
            await worker()
        except Exception:
            log.exception("worker failed", worker=name)
        await ctx.clock.sleep(PAUSE_SECONDS)


async def _every(ctx: Context, seconds: float, act: Callable[[], Awaitable[object]]) -> None:
    while True:
        await act()
        await ctx.clock.sleep(seconds)


async def _prune(store: SqlStore) -> None:
    while await store.prune():
        pass  # a few hundred rows at a time, each in a transaction of its own


async def _swept(ctx: Context, store: SqlStore) -> None:
    """Look for failures that nothing told of; one replica does it for all."""
    if store.eldest:
        await sweep.sweep(ctx)


async def _true_cards(ctx: Context, store: SqlStore) -> None:
    """Keep open cards true; one replica does it for all."""
    if store.eldest:
        await reconcile.open_cards(ctx)


async def flushed(store: SqlStore, clock: Clock, seconds: float) -> None:
    """Wait until nothing is due within *seconds*; the sender works beside us."""
    while (due := await store.seconds_to_next()) is not None and due < seconds:
        await clock.sleep(max(0.05, due))


async def numbers(store: SqlStore, work: Work) -> Iterable[Gauges]:
    """Count what there is, for metrics."""
    counted = await store.counts()
    return [
        Gauges("resume_bot_attempts", "Attempts to resume, by state.", "state", counted.attempts),
        Gauges("resume_bot_outbox", "Rows not delivered yet, by kind.", "kind", counted.outbox),
        Gauges("resume_bot_stories", "Stories under way.", "kind", {"all": work.under_way}),
    ]


async def greet(ctx: Context, pulse: Pulse) -> None:
    """Ask Harness until it has answered once, so that readiness tells the truth."""
    pause = 1.0
    while not pulse.answered:
        try:
            await ctx.deployments.hello()
        except HarnessTrouble as trouble:
            log.warning("harness does not answer", trouble=str(trouble.kind), detail=trouble.detail)
            await ctx.clock.sleep(pause)
            pause = min(60.0, pause * 2)
