"""Follow every live attempt of this replica to its end, and tell the thread what is news.

One loop looks at whatever is due: runs are polled together, up to a hundred in a request; lost
answers are looked up; claims whose flow died are settled. What a look finds is written with the
words that tell it, in one transaction, so a crash repeats nothing and loses nothing.
"""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from bot.core.attempt import LIVE, Attempt, Event, State, move
from bot.core.card import Card, CardState, Door
from bot.core.errors import HarnessTrouble, Trouble
from bot.core.execution import NEGATIVE, Execution, ExecutionRef
from bot.core.progress import Ended, observe
from bot.core.stages import Resumable, assess
from bot.flows import reconcile, say
from bot.flows.context import Context
from bot.flows.record import record_of
from bot.flows.rounds import HOUR_MS, next_round, rarer, rung
from bot.ports import Say, Unreadable
from bot.render import thread
from bot.render.looks import Ended as EndedLook
from bot.render.looks import Look, Open, Stopped, Taken, Vanished

BATCH = 100
"""Runs in one request (Harness counts requests, not aliases)."""

FOREVER = 1 << 62
AGES = ((24 * HOUR_MS, 15), (HOUR_MS, 3))

log = structlog.stdlib.get_logger(__name__)


async def take_up(ctx: Context) -> None:
    """Take up what the store holds for this replica: at start, and after adopting rows."""
    for attempt in await ctx.store.adopted():
        try:
            await reconcile.orphaned(ctx, attempt)
        except Exception:
            log.exception("an orphaned attempt could not be settled", attempt=attempt.id)
            ctx.followed.add(attempt)  # it is settled at its next look
    due = await ctx.store.due(frozenset({State.UNKNOWN, State.RUNNING}), FOREVER, 100_000)
    for attempt in due:
        if attempt.id not in ctx.followed.attempts:
            ctx.followed.add(attempt)


async def forever(ctx: Context) -> None:
    """Look at what is due until cancelled; a failure of ours delays a look and never ends it."""
    while True:
        try:
            await look(ctx)
        except Exception:
            log.exception("a look failed")
            await ctx.clock.sleep(1)
        await _until_due(ctx)


async def _until_due(ctx: Context) -> None:
    ctx.followed.bell.clear()
    nexts = [attempt.next_look for attempt in ctx.followed.attempts.values()]
    if not nexts:
        await ctx.followed.bell.wait()
        return
    now = ctx.clock.now()
    seconds = min(0.0 if _due(ctx, at, now) else (at - now) / 1000 for at in nexts)
    await rung(ctx, ctx.followed.bell, seconds)


def _due(ctx: Context, at: int, now: int) -> bool:
    """Whether a look at *at* is due; one that lies too far off tells of a clock set back."""
    slowest = AGES[0][1] * ctx.poll_seconds * 1000
    furthest = max(slowest, ctx.pace.several_look_ms, ctx.pace.guard_ms + ctx.pace.settle_ms)
    return not now < at <= now + furthest


async def look(ctx: Context) -> None:
    """Look once at all that is due now; the runs among it share their requests."""
    now = ctx.clock.now()
    due = sorted(
        (each for each in ctx.followed.attempts.values() if _due(ctx, each.next_look, now)),
        key=lambda attempt: attempt.next_look,
    )
    for attempt in due:
        if attempt.state is not State.RUNNING:
            await _unsettled(ctx, attempt)
    running = [attempt for attempt in due if attempt.state is State.RUNNING]
    for start in range(0, len(running), BATCH):
        await _poll(ctx, running[start : start + BATCH])


async def _unsettled(ctx: Context, attempt: Attempt) -> None:
    """Settle a claim, or look a lost answer up; one that fails must not hold up the others."""
    try:
        if attempt.state is State.UNKNOWN:
            await reconcile.look_up(ctx, attempt)
        else:
            await _died(ctx, attempt)
    except Exception:
        log.exception("an attempt could not be settled", attempt=attempt.id)
        _again(ctx, attempt, ctx.clock.now())


async def _died(ctx: Context, attempt: Attempt) -> None:
    """Settle a claim whose flow failed: the store knows how far it came."""
    stored = await ctx.store.attempt(attempt.id)
    ctx.followed.drop(attempt)
    if stored is None or stored.state not in LIVE:
        return
    if stored.state in {State.CLAIMED, State.CALLING}:
        await reconcile.orphaned(ctx, stored)
    else:
        ctx.followed.add(stored)


async def _poll(ctx: Context, attempts: Sequence[Attempt]) -> None:
    refs = {a.run.id: a.run for a in attempts if a.run is not None}
    try:
        seen = await ctx.deployments.poll(list(refs.values()))
    except HarnessTrouble as trouble:
        log.warning("poll failed", runs=len(refs), trouble=str(trouble.kind))
        now = ctx.clock.now()
        for attempt in attempts:
            _again(ctx, attempt, now)
        return
    now = ctx.clock.now()  # one time for all, so that all are in the next round together
    for attempt in attempts:
        run = seen.get(attempt.run.id) if attempt.run else None
        try:
            if isinstance(run, Execution):
                await _seen(ctx, attempt, run, now)
            else:
                await _unreadable(ctx, attempt, run, now)
        except Exception:
            log.exception("a run could not be looked at", attempt=attempt.id)
            _again(ctx, attempt, now)


async def _seen(ctx: Context, attempt: Attempt, run: Execution, now: int) -> None:
    ctx.followed.missing.pop(attempt.id, None)
    progress, news = observe(attempt.progress, attempt.chosen, run)
    picture = (run.status, tuple(row.status for row in run.stages))
    # After a restart nobody remembers the picture; then it is the progress that tells.
    shown = ctx.followed.pictures.get(attempt.id)
    if not news and (picture == shown or (shown is None and progress == attempt.progress)):
        ctx.followed.pictures[attempt.id] = picture
        await _again_or_leave(ctx, attempt, run, now)
        return
    card = await say.card_of(ctx, attempt)
    whole = _named(run, card.execution)
    if news and isinstance(news[-1], Ended):
        after = replace(attempt, progress=progress)
        await _ended(ctx, card, attempt, after, whole, news[-1])
        return
    after = replace(attempt, progress=progress, next_look=_next_look(ctx, attempt, now))
    says: list[Say] = [
        say.line(after, f"news:{ctx.new_id()}", thread.news(after, item, now, whole))
        for item in news
    ]
    says.append(say.edit(ctx, card, Taken(after, whole), settle=False))
    if await ctx.store.advance(attempt, after, says=says):
        ctx.followed.pictures[attempt.id] = picture
        ctx.followed.add(after)
    else:
        ctx.followed.drop(attempt)


def _named(run: Execution, old: Execution) -> Execution:
    """Fill in what a poll does not ask for, from the run that was resumed."""
    return replace(
        run,
        ref=ExecutionRef(run.ref.id, run.ref.scope or old.ref.scope),
        pipeline=run.pipeline or old.pipeline,
        pipeline_id=run.pipeline_id or old.pipeline_id,
        application=run.application or old.application,
    )


async def _ended(
    ctx: Context, card: Card, before: Attempt, after: Attempt, run: Execution, end: Ended
) -> None:
    now = ctx.clock.now()
    event = Event.ENDED_BADLY if run.status in NEGATIVE else Event.ENDED_WELL
    ended = replace(move(after, event), ended_at=now, outcome=str(run.status))
    closed = replace(card, state=CardState.CLOSED, next_look=0)
    cards = [closed]
    says = [
        say.final(ended, thread.final(ended, run, finished=end.finished)),
        say.edit(ctx, closed, EndedLook(ended, run), settle=True),
    ]
    if isinstance(assess(run), Resumable):
        again = _card_again(ctx, card, ended, run)
        cards.append(again)
        says.append(say.post(again, Open()))
    record = record_of("ended", ended)
    if await ctx.store.advance(before, ended, cards=cards, says=says, record=record):
        log.info("run ended", attempt=ended.id, run=run.ref.id, status=str(run.status))
    ctx.followed.drop(before)


def _card_again(ctx: Context, card: Card, ended: Attempt, run: Execution) -> Card:
    """Make the new card for the same thread: the run that the resume started failed too."""
    now = ctx.clock.now()
    return replace(
        card,
        id=ctx.new_id(),
        execution=run,
        door=Door.AGAIN,
        ts="",
        asked_by=ended.presser.user_id,
        state=CardState.OPEN,
        attempt="",
        created_at=now,
        next_look=now + ctx.pace.open_look_ms,
    )


async def _unreadable(ctx: Context, attempt: Attempt, why: Unreadable | None, now: int) -> None:
    kind = why.kind if why else "absent"
    log.warning("run not readable", attempt=attempt.id, why=kind)
    if kind != Trouble.NOT_FOUND:
        await _again_or_leave(ctx, attempt, None, now)
        return
    since = ctx.followed.missing.setdefault(attempt.id, now)
    if now - since < ctx.pace.missing_ms:
        _again(ctx, attempt, now)
        return
    await _leave(ctx, attempt, None)


async def _again_or_leave(ctx: Context, attempt: Attempt, run: Execution | None, now: int) -> None:
    if now - attempt.claimed_at > ctx.pace.leave_after_ms:
        await _leave(ctx, attempt, run)
    else:
        _again(ctx, attempt, now)


async def _leave(ctx: Context, attempt: Attempt, run: Execution | None) -> None:
    """Stop following: the run is too old, or (without *run*) Harness knows it no longer."""
    card = await say.card_of(ctx, attempt)
    now = ctx.clock.now()
    left = replace(move(attempt, Event.TOO_OLD), ended_at=now, outcome="left")
    closed = replace(card, state=CardState.CLOSED, next_look=0)
    last = thread.vanished(left)
    look: Look = Vanished(left)
    if run is not None:
        last = thread.left(left)
        look = Stopped(left, _named(run, card.execution))
    says = [say.final(left, last), say.edit(ctx, closed, look, settle=True)]
    await ctx.store.advance(
        attempt, left, cards=[closed], says=says, record=record_of("left", left)
    )
    ctx.followed.drop(attempt)


def _again(ctx: Context, attempt: Attempt, now: int) -> None:
    ctx.followed.add(replace(attempt, next_look=_next_look(ctx, attempt, now)))


def _next_look(ctx: Context, attempt: Attempt, now: int) -> int:
    return next_round(ctx, now, rarer(now - attempt.claimed_at, AGES))
