"""Keep what we say true: lost answers are looked up, and cards learn what happened elsewhere.

A call whose answer was lost is never made again. Its new run is looked for, at once and then at
each poll; when the call can no longer be in flight and three looks found nothing, the attempt ends
as *not found* and pressing a button is a person's new decision (ruling 11).
"""

from dataclasses import replace

import structlog

from bot.core.attempt import Attempt, Event, State, move
from bot.core.card import Card, CardState
from bot.core.errors import HarnessTrouble, RefusalKind
from bot.core.lineage import NoneYet, Ours, Several, judge
from bot.flows import say
from bot.flows.context import Context
from bot.flows.record import record_of
from bot.flows.resume import lost, refuse
from bot.ports import Place, Record, Whisperable
from bot.render import refusals, thread, words
from bot.render.looks import Elsewhere, NotFound, Open
from bot.render.looks import Taken as TakenLook

SKEW_MS = 60_000
"""How far Harness's clock and ours may differ when runs are compared with the claim."""

MAY_BE_UNTRUE = frozenset({CardState.OPEN, CardState.ELSEWHERE})
"""Cards that are looked at: open ones, and those that cannot yet say where the run went on."""

log = structlog.stdlib.get_logger(__name__)


async def orphaned(ctx: Context, attempt: Attempt) -> None:
    """Settle an attempt whose flow died: nothing was called, or the answer is lost."""
    card = await say.card_of(ctx, attempt)
    now = ctx.clock.now()
    if attempt.state is State.CLAIMED:
        ended = replace(move(attempt, Event.CANCELLED), ended_at=now, outcome="cancelled")
        opened = replace(card, state=CardState.OPEN, attempt="", next_look=now)
        says = [
            say.final(ended, thread.cancelled(ended)),
            say.edit(ctx, opened, Open(refusals.cancelled_note(ended)), settle=True),
        ]
        record = record_of("cancelled", ended)
        await ctx.store.advance(attempt, ended, cards=[opened], says=says, record=record)
        ctx.followed.drop(attempt)
    elif attempt.state is State.CALLING:
        await lost(ctx, card, attempt, cause="the process ended during the call")


async def look_up(ctx: Context, attempt: Attempt) -> None:
    """Look for the run that a lost call may have started."""
    card = await say.card_of(ctx, attempt)
    old, since = card.execution, attempt.claimed_at - SKEW_MS
    try:
        found = await ctx.deployments.successors(
            old, attempt.root, since, await ctx.store.runs_started(since)
        )
    except HarnessTrouble as trouble:
        log.warning("look-up failed", attempt=attempt.id, trouble=str(trouble.kind))
        _again(ctx, attempt, ctx.poll_seconds * 1000)
        return
    match judge(found, old=old.ref, since=since):
        case Ours(run) if not run.proven and attempt.refusal is RefusalKind.FREEZE:
            await _none(ctx, card, attempt)  # the REJECTED run that a freeze leaves (facts 3.7)
        case Ours(run):
            await _found(
                ctx, card, attempt, run.run.id, replace(attempt, run=run.run, run_url=run.url)
            )
        case Several(runs):
            line = say.line(attempt, "several", thread.several(attempt, tuple(r.url for r in runs)))
            await ctx.store.advance(attempt, attempt, says=[line])
            _again(ctx, attempt, ctx.pace.several_look_ms)
        case NoneYet():
            await _none(ctx, card, attempt)


async def _found(ctx: Context, card: Card, before: Attempt, run_id: str, with_run: Attempt) -> None:
    running = replace(move(with_run, Event.FOUND), next_look=ctx.clock.now())
    says = [
        say.line(running, f"found:{run_id}", thread.found(running)),
        say.edit(ctx, card, TakenLook(running), settle=True),
    ]
    if await ctx.store.advance(before, running, says=says, record=record_of("found", running)):
        ctx.followed.add(running)
        await say.mark_other_cards(ctx, running)
    else:
        ctx.followed.drop(before)


async def _none(ctx: Context, card: Card, attempt: Attempt) -> None:
    if attempt.refusal is not None:
        await refuse(ctx, card, attempt, attempt.refusal, attempt.lost)
        return
    now = ctx.clock.now()
    if now < (attempt.settled_at or 0):
        _again(ctx, attempt, ctx.poll_seconds * 1000)
        return
    looked = replace(attempt, looks=attempt.looks + 1)
    if looked.looks < ctx.pace.looks:
        if await ctx.store.advance(attempt, looked):
            _again(ctx, looked, ctx.poll_seconds * 1000)
        else:
            ctx.followed.drop(attempt)
        return
    ended = replace(move(looked, Event.NOT_FOUND), ended_at=now, outcome="not found")
    opened = replace(card, state=CardState.OPEN, attempt="", next_look=now)
    says = [
        say.final(ended, thread.not_found(ended)),
        say.edit(ctx, opened, NotFound(ended), settle=True),
    ]
    record = record_of("not found", ended)
    if await ctx.store.advance(attempt, ended, cards=[opened], says=says, record=record):
        place = Place(card.channel, card.thread_ts)
        presser = Whisperable(ended.presser.user_id, place)
        await ctx.chat.whisper(presser, words.not_found(ended, card.execution))
    ctx.followed.drop(attempt)


def _again(ctx: Context, attempt: Attempt, in_ms: float) -> None:
    ctx.followed.add(replace(attempt, next_look=ctx.clock.now() + int(in_ms)))


async def open_cards(ctx: Context) -> None:
    """Make cards say so when their run was resumed elsewhere, and where; one request for all."""
    now = ctx.clock.now()
    due = await ctx.store.due_cards(MAY_BE_UNTRUE, now, limit=500)
    asking: list[Card] = []
    for card in due:
        attempt = await ctx.store.attempt_on(card.execution.ref.id)
        if attempt is not None:
            await say.mark_other_cards(ctx, attempt)
        else:
            asking.append(card)
    if not asking:
        return
    try:
        later = await ctx.deployments.superseded([card.execution for card in asking])
    except HarnessTrouble as trouble:
        log.warning("open cards not checked", trouble=str(trouble.kind))
        later = {}
    for card in asking:
        run = later.get(card.execution.ref.id)
        if run is None:
            young = now - card.created_at < ctx.pace.open_for_ms
            later_on = replace(card, next_look=now + ctx.pace.open_look_ms if young else 0)
            await ctx.store.save_card(later_on, was=card.state)
            continue
        moved = replace(card, state=CardState.ELSEWHERE, next_look=0)
        says = [say.edit(ctx, moved, Elsewhere(url=run.url), settle=True)]
        record = Record("resumed elsewhere", {"execution": card.execution.ref.id})
        await ctx.store.save_card(moved, says, was=card.state, record=record)
