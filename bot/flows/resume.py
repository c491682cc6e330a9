"""A press that was decided on: claim, call once, and write down what came of it.

The order is ruling 7's; what comes before is told in ``press``. The claim is written before the
call, by a unique key that only one click can have; the call is made once, and an answer
that does not come is looked for afterwards (``flows.reconcile``), never asked for again.
"""

from dataclasses import dataclass, replace

import structlog

from bot.core.attempt import Attempt, Chosen, Event, Presser, move
from bot.core.card import Card, CardState
from bot.core.errors import RefusalKind
from bot.core.execution import Execution
from bot.core.stages import StageGroup
from bot.flows import pressed, say
from bot.flows.context import Context
from bot.flows.record import record_of
from bot.ports import Lost, NotSent, Refused, ResumeAnswer, Started, Taken, Whisperable
from bot.render import refusals, thread, words
from bot.render.looks import Elsewhere, Open, Unknown
from bot.render.looks import Taken as TakenLook
from bot.render.message import Message

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Click:
    """A press that asks for something: on a stage, on *Agree*, on *Ask them*, or a reason sent."""

    id: str
    """Slack's transport id of the click: a redelivery has the same."""
    value: str
    to: Whisperable
    message_ts: str
    acked_at: float
    """The moment of the ack on the monotonic clock."""
    correlation: str = ""
    """The id of this press in the log and the audit trail."""
    reason: str = ""
    """What was typed, once a reason was asked for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A resume that nothing stands against any more, but perhaps somebody else's claim."""

    card: Card
    execution: Execution
    """As read for this press."""
    group: StageGroup
    presser: Presser
    reason: str = ""
    second: Presser | None = None


async def carry_out(ctx: Context, click: Click, wanted: Wanted) -> Attempt | Message:
    """Claim, call once, and write down what came of it; the message is for whoever came second."""
    now = ctx.clock.now()
    group = wanted.group
    attempt = Attempt(
        id=ctx.new_id(),
        execution=wanted.execution.ref,
        root=wanted.card.root,
        card=wanted.card.id,
        presser=wanted.presser,
        chosen=Chosen(group.key, group.name, group.label),
        reason=wanted.reason,
        second=wanted.second,
        correlation=click.correlation,
        claimed_at=now,
        next_look=now + ctx.pace.guard_ms,
    )
    match await ctx.store.claim(attempt, record_of("claimed", attempt)):
        case Taken(by):
            return await pressed.taken(ctx, by, wanted.execution)
        case claimed:
            attempt = claimed.attempt
    try:
        await _call(ctx, click, wanted.card, attempt, wanted.execution, group)
    except Exception:
        ctx.followed.add(attempt)  # the claim must not be forgotten: it is settled by its state
        raise
    return attempt


async def _call(
    ctx: Context,
    click: Click,
    card: Card,
    claimed: Attempt,
    execution: Execution,
    group: StageGroup,
) -> None:
    taken = replace(card, state=CardState.TAKEN, attempt=claimed.id)
    await ctx.store.save_card(taken, [say.edit(ctx, taken, TakenLook(claimed), settle=True)])
    now = ctx.clock.now()
    until = click.acked_at + ctx.pace.click_seconds
    left_ms = max(0, int((until - ctx.clock.monotonic()) * 1000))
    calling = replace(
        move(claimed, Event.CALL), called_at=now, settled_at=now + left_ms + ctx.pace.settle_ms
    )
    calling = replace(calling, next_look=now + left_ms + ctx.pace.settle_ms)
    if not await ctx.store.advance(claimed, calling):
        log.warning("claim lost before the call", attempt=claimed.id)
        await ctx.chat.whisper(click.to, words.cancelled(claimed, execution))
        return
    answer = await ctx.deployments.resume(execution.ref, group, until=until)
    log.info("resume called", attempt=calling.id, answer=type(answer).__name__)
    await settle(ctx, taken, calling, execution, answer, click.to)


async def settle(
    ctx: Context,
    card: Card,
    calling: Attempt,
    execution: Execution,
    answer: ResumeAnswer,
    to: Whisperable,
) -> None:
    """Write down what the call came to, and say it."""
    match answer:
        case Started(run, url):
            await _started(ctx, card, calling, run=replace(calling, run=run, run_url=url))
        case Refused(RefusalKind.FREEZE, text):
            await lost(ctx, card, calling, cause=text, refusal=RefusalKind.FREEZE)
            await ctx.chat.whisper(to, refusals.refused(RefusalKind.FREEZE, text, execution))
        case Refused(kind, text):
            await refuse(ctx, card, calling, kind, text)
            await ctx.chat.whisper(to, refusals.refused(kind, text, execution))
        case NotSent():
            await refuse(ctx, card, calling, RefusalKind.TOO_LATE, "")
            await ctx.chat.whisper(to, refusals.too_late(execution))
        case Lost(cause):
            await lost(ctx, card, calling, cause=cause)
            await ctx.chat.whisper(to, words.lost(calling, execution))


async def _started(ctx: Context, card: Card, calling: Attempt, *, run: Attempt) -> None:
    now = ctx.clock.now()
    soon = min(ctx.pace.first_look_ms, int(ctx.poll_seconds * 1000))
    running = replace(move(run, Event.STARTED), next_look=now + soon)
    says = [
        say.line(running, "started", thread.started(running)),
        say.edit(ctx, card, TakenLook(running), settle=True),
    ]
    started = record_of("started", running)
    if not await ctx.store.advance(calling, running, cards=[card], says=says, record=started):
        log.warning("answer came after the claim was given up", attempt=calling.id)
        return
    ctx.followed.add(running)
    await say.mark_other_cards(ctx, running)


async def refuse(ctx: Context, card: Card, before: Attempt, kind: RefusalKind, text: str) -> None:
    """End the attempt as refused: the claim is free, the card has its buttons again."""
    now = ctx.clock.now()
    refused = replace(move(before, Event.REFUSED), ended_at=now, lost=text, outcome=str(kind))
    superseded = kind is RefusalKind.NOT_LATEST
    state = CardState.ELSEWHERE if superseded else CardState.OPEN
    after = replace(card, state=state, attempt="", next_look=now)
    look = Elsewhere() if superseded else Open(refusals.refused_note(refused, kind, text))
    says = [
        say.final(refused, thread.refused(refused, kind, text)),
        say.edit(ctx, after, look, settle=True),
    ]
    record = record_of("refused", refused)
    if await ctx.store.advance(before, refused, cards=[after], says=says, record=record):
        ctx.followed.drop(refused)


async def lost(
    ctx: Context, card: Card, calling: Attempt, *, cause: str, refusal: RefusalKind | None = None
) -> None:
    """Say that the answer was lost, and let the new run be looked for; *refusal* likewise."""
    now = ctx.clock.now()
    unknown = replace(move(calling, Event.ANSWER_LOST), lost=cause, refusal=refusal, next_look=now)
    says = [
        say.line(unknown, "lost", thread.lost(unknown)),
        say.edit(ctx, card, Unknown(unknown), settle=True),
    ]
    record = record_of("answer lost", unknown)
    if await ctx.store.advance(calling, unknown, cards=[card], says=says, record=record):
        ctx.followed.add(unknown)
