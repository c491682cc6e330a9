"""Wait for the runs that alerts told of, and post the card of each that ended badly.

One loop, on the eldest replica, looks at whatever is due. A few fresh alerts are read whole, one by
one; once they come thick they are gathered and read by the dozen, so that a storm costs a fraction
of a request each. A run that still goes on is looked at again later; one that ended well, or that
cannot be resumed, is let be without a word.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import structlog

from bot.core.card import Card, CardState
from bot.core.errors import HarnessTrouble, Trouble
from bot.core.execution import (
    NEGATIVE,
    Environments,
    Execution,
    ExecutionRef,
    Status,
    WorkflowRun,
)
from bot.flows import alert, routing
from bot.flows.announce import announce
from bot.flows.context import Context
from bot.flows.pointers import point
from bot.flows.rounds import HOUR_MS, next_round, rarer, rung
from bot.flows.routing import Drop, Hold, Point, Post
from bot.flows.whole import whole
from bot.ports import Examined, Place, Say, SayKind, Unreadable
from bot.render import alerts

FEW = 3
"""So many alerts at once are read whole; more are read together."""
THICK, THICK_SECONDS = 5, 10.0
"""More than so many looks in so many seconds, and alerts are gathered first."""
AT_ONCE = 200
IDLE_SECONDS = 5.0
"""How often it is seen what other replicas were told."""
LATE_MS = 120_000
"""A run that ended longer ago may have been resumed elsewhere since."""
AGES = ((6 * HOUR_MS, 15), (HOUR_MS, 3))

SEEN = frozenset({CardState.WATCHED, CardState.POINTER})

log = structlog.stdlib.get_logger(__name__)

Read = Examined | Execution | WorkflowRun | Unreadable
"""How a watched run is: read whole; going on or ended well; a workflow's; not readable."""


async def forever(ctx: Context) -> None:
    """Look at what is due until cancelled; a failure of ours delays a look and never ends it."""
    looks: deque[float] = deque()
    while True:
        ctx.alerted.clear()
        while looks and ctx.clock.monotonic() - looks[0] > THICK_SECONDS:
            looks.popleft()
        thick = len(looks) > THICK
        if thick:
            await ctx.clock.sleep(ctx.pace.gather_seconds)
        try:
            seen = await look(ctx, thick=thick)
        except Exception:
            log.exception("alerts could not be looked at")
            await ctx.clock.sleep(1)
            continue
        looks.extend([ctx.clock.monotonic()] * min(seen, THICK + 1))
        if not seen:
            await _until_due(ctx)


async def _until_due(ctx: Context) -> None:
    due = await ctx.store.next_look(SEEN)
    seconds = IDLE_SECONDS if due is None else (due - ctx.clock.now()) / 1000
    await rung(ctx, ctx.alerted, min(IDLE_SECONDS, max(0.05, seconds)))


async def look(ctx: Context, *, thick: bool = False) -> int:
    """Look once at all that is due; give how many there were."""
    due = await ctx.store.due_cards(SEEN, ctx.clock.now(), AT_ONCE)
    watched = [card for card in due if card.state is CardState.WATCHED]
    try:
        read = await _read(ctx, watched, thick=thick)
    except HarnessTrouble as trouble:
        log.warning("alerts not readable", runs=len(watched), trouble=str(trouble.kind))
        read = {card.id: Unreadable(trouble.kind) for card in watched}
    await _settle(ctx, watched, read)
    for card in due:
        if card.state is CardState.POINTER:
            await point(ctx, card)
    return len(due)


# ── reading ────────────────────────────────────────────────────────────────────────────────────


async def _read(ctx: Context, cards: Sequence[Card], *, thick: bool) -> Mapping[str, Read]:
    """Read what the cards are about, by the cards' ids."""
    new = all(card.execution.status is Status.PREPARING for card in cards)
    if len(cards) <= FEW and new and not thick:
        return {card.id: await _whole(ctx, card) for card in cards}
    refs = {card.id: card.execution.ref for card in cards}
    glanced = await ctx.deployments.glance(list(refs.values()))
    failed = [run for run in glanced.values() if isinstance(run, Execution) and _badly(run)]
    if len(failed) <= FEW and not thick:
        ended = {run.ref.id for run in failed}
        return {
            card.id: await _whole(ctx, card) if ref.id in ended else glanced[ref.id]
            for card in cards
            for ref in [card.execution.ref]
        }
    examined = await ctx.deployments.read_ended(failed) if failed else {}
    late = [
        found.execution
        for found in examined.values()
        if isinstance(found, Examined) and _ended_late(ctx, found.execution)
    ]
    later = await ctx.deployments.superseded(late) if late else {}
    read: dict[str, Read] = {}
    for card_id, ref in refs.items():
        found = examined.get(ref.id) or glanced[ref.id]
        if isinstance(found, Examined) and ref.id in later:
            found = replace(found, superseded=True)
        read[card_id] = found
    return read


async def _whole(ctx: Context, card: Card) -> Read:
    try:
        found = await ctx.deployments.examine(card.execution.ref, until=None)
    except HarnessTrouble as trouble:
        return Unreadable(trouble.kind)
    if isinstance(found, WorkflowRun):
        return found
    if found.execution.ref.id != card.execution.ref.id:
        return WorkflowRun(card.execution.ref, found.execution.ref)
    return found if _badly(found.execution) else found.execution


def _badly(run: Execution) -> bool:
    return run.ended and run.status in NEGATIVE


def _ended_late(ctx: Context, run: Execution) -> bool:
    return run.ended_at is not None and ctx.clock.now() - run.ended_at > LATE_MS


# ── deciding ───────────────────────────────────────────────────────────────────────────────────


async def _settle(ctx: Context, cards: Iterable[Card], read: Mapping[str, Read]) -> None:
    """Do for each card what its run asks for; those to be posted are posted together."""
    mutes = await routing.mutes(ctx)
    ready: dict[str, list[Card]] = defaultdict(list)
    for card in cards:
        try:
            await _decide(ctx, card, read[card.id], mutes, ready)
        except Exception:
            log.exception("a run could not be decided on", execution=card.execution.ref.id)
            await _later(ctx, card)  # it must not hold up the others
    for channel, those in ready.items():
        try:
            await announce(ctx, channel, those)
        except Exception:
            log.exception("cards could not be announced", channel=channel, cards=len(those))
            for each in those:
                await _later(ctx, each)  # those that were posted are not watched any more


async def _decide(
    ctx: Context,
    card: Card,
    read: Read,
    mutes: Mapping[str, routing.Mute],
    ready: dict[str, list[Card]],
) -> None:
    match read:
        case Examined():
            await _failed(ctx, card, read, mutes, ready)
        case Execution():
            await _not_failed(ctx, card, read)
        case WorkflowRun(_, parent):
            await _moved(ctx, card, parent)
        case Unreadable(kind):
            await _unreadable(ctx, card, kind)


async def _failed(
    ctx: Context,
    card: Card,
    found: Examined,
    mutes: Mapping[str, routing.Mute],
    ready: dict[str, list[Card]],
) -> None:
    environments = found.environments
    if card.told.known or _seems_harmless(ctx, environments):
        environments = await whole(ctx, found.execution.ref, environments, card.told, until=None)
    try:
        found = replace(found, environments=await ctx.deployments.described(environments))
    except HarnessTrouble:
        found = replace(found, environments=environments)  # their ids alone; the stricter holds
    full = replace(
        card, execution=found.execution, environments=found.environments, root=found.root
    )
    match await routing.fate(ctx, card, found, mutes):
        case Post(channel):
            ready[channel].append(replace(full, channel=channel))
        case Hold(until):
            held = replace(full, held=True, next_look=until)
            await ctx.store.save_card(held, was=CardState.WATCHED)
            log.info("card held back", execution=full.execution.ref.id, until=until)
        case Drop(why, again):
            await _drop(ctx, full, why, again=again)
        case Point():
            pointer = replace(full, state=CardState.POINTER, next_look=ctx.clock.now())
            await ctx.store.save_card(pointer, was=CardState.WATCHED)
            ctx.alerted.set()


def _seems_harmless(ctx: Context, environments: Environments) -> bool:
    """Whether only production is told of, and none of it shows so far: then the rest matters."""
    known = environments.known
    return ctx.policy.alerts.production and bool(known) and not environments.production()


async def _not_failed(ctx: Context, card: Card, run: Execution) -> None:
    if not run.ended:
        await _later(ctx, card, run)
        return
    says: list[Say] = []
    if ctx.policy.alerts.good_ends and card.thread_ts:
        well = alerts.ended_well(run, ctx.clock.now())
        says = [Say(f"well:{card.id}", SayKind.LINE, card.id, well)]
    await _drop(ctx, card, "it ended well", says)


async def _later(ctx: Context, card: Card, run: Execution | None = None) -> None:
    """Look again, less often with age, and not for ever, unless it is known to have ended badly."""
    now = ctx.clock.now()
    age = now - card.created_at
    if age > ctx.pace.watch_for_ms and not card.execution.ended:
        why = "it has not ended for a day" if run else "it cannot be read"
        await _drop(ctx, card, why, again=True)
        return
    again = replace(
        card, execution=run or card.execution, next_look=next_round(ctx, now, rarer(age, AGES))
    )
    await ctx.store.save_card(again, was=CardState.WATCHED)


async def _unreadable(ctx: Context, card: Card, kind: str) -> None:
    """Give a run that Harness does not show a few minutes: it may be shown a little later."""
    log.warning("run of an alert not readable", execution=card.execution.ref.id, why=kind)
    gone = kind in {Trouble.NOT_FOUND, Trouble.FORBIDDEN}
    if gone and ctx.clock.now() - card.created_at > LATE_MS:
        await _drop(ctx, card, f"Harness does not show it: {kind}", again=True)
    else:
        await _later(ctx, card)


async def _moved(ctx: Context, card: Card, parent: ExecutionRef | None) -> None:
    """Go on with the pipeline's run around a workflow's, if there is one."""
    if parent is None:
        await _drop(ctx, card, "a workflow outside a pipeline")
        return
    place = Place(card.channel, card.thread_ts)
    await alert.watch(ctx, parent, place, card.door, card.told)
    await _drop(ctx, card, "its pipeline's run is watched instead")


async def _drop(
    ctx: Context, card: Card, why: str, says: Sequence[Say] = (), *, again: bool = False
) -> None:
    """Let a run be; with *again* another alert of it may begin anew."""
    state = CardState.PASSED if again else CardState.CLOSED
    await ctx.store.save_card(replace(card, state=state, next_look=0), says, was=CardState.WATCHED)
    log.info("no card", execution=card.execution.ref.id, why=why)
