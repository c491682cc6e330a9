"""A second person for production: one request in the thread, one yes, and everything read again.

A request is bound to a run, its stage and its chain as they stood: any change of them ends it, and
so does its time. The second person needs the right themselves, and is neither the requester nor
whoever started the run. The requester's right is read again as well, since the resume is theirs.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import blake2s

import structlog

from bot.core.attempt import Presser
from bot.core.card import Card, CardState
from bot.core.execution import Execution
from bot.core.policy import Edge, Outside, Second
from bot.core.stages import StageGroup
from bot.flows import narrowing, pressed, tickets
from bot.flows.authorise import Barred, Permitted, permit
from bot.flows.context import Context
from bot.flows.resume import Click, Wanted
from bot.flows.tickets import Asks, Ticket
from bot.ports import Place, Say, SayKind, Whisperable
from bot.render import asking
from bot.render.message import Message
from bot.render.narrowing import outside

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Agreed:
    """A second person agreed, and nothing stands against the resume."""

    wanted: Wanted
    ticket: Ticket


class End(StrEnum):
    """How a request came to its end without a resume."""

    EXPIRED = "its time is over"
    CHANGED = "the run or its card has changed since"
    TAKEN = "the run was resumed meanwhile"
    NOT_ALLOWED = "it is not allowed any more"


async def request(ctx: Context, click: Click, wanted: Wanted) -> Message:
    """Post the request in the card's thread, once; tell the requester."""
    card, user = wanted.card, wanted.presser.user_id
    for old in await tickets.live(ctx, Asks.SECOND, card.id):
        if (old.user, old.pressed) == (user, click.value):
            return asking.second_asked_before(old.until)
    now = ctx.clock.now()
    ticket = Ticket(
        id=ctx.new_id(),
        asks=Asks.SECOND,
        card=card.id,
        pressed=click.value,
        user=user,
        at=now,
        until=now + ctx.policy.second_person_minutes * 60_000,
        channel=card.channel,
        label=wanted.group.label,
        reason=wanted.reason,
        print=await _print(ctx, card, wanted.execution),
    )
    await tickets.write(ctx, ticket)
    posted = asking.second_request(user, ticket.label, wanted.reason, ticket.until, ticket.value)
    await ctx.store.say([Say(f"second:{ticket.id}", SayKind.LINE, card.id, posted)])
    await _record(ctx, "second person asked for", ticket, wanted.execution, user)
    return asking.second_asked(ticket.until)


async def agreed(ctx: Context, click: Click) -> Agreed | Message:  # noqa: PLR0911
    """Decide on a second person's yes: a resume, or the sentence that says why not."""
    ticket = await tickets.find(ctx, click.value, Asks.SECOND)
    if ticket is None:
        await _edit(ctx, click, asking.request_over())
        return asking.request_is_over()
    found = await pressed.card_of(ctx, ticket.pressed)
    if isinstance(found, Message):
        return await _end(ctx, click, ticket, End.CHANGED)
    card, read = found
    if ctx.clock.now() > ticket.until:
        return await _end(ctx, click, ticket, End.EXPIRED)
    first = await ctx.store.attempt_on(card.execution.ref.id)
    if first is not None:
        await _end(ctx, click, ticket, End.TAKEN)
        return await pressed.taken(ctx, first, card.execution)
    if card.state is not CardState.OPEN:
        return await _end(ctx, click, ticket, End.CHANGED)
    if ticket.user == click.to.user_id:
        return asking.not_yourself()
    until = click.acked_at + ctx.pace.read_seconds
    theirs = await permit(ctx, card, click.to, until=until)
    if isinstance(theirs, Barred):
        return theirs.why
    group = pressed.group_in(theirs.execution, card, read)
    changed = ticket.print != await _print(ctx, card, theirs.execution)
    if changed or isinstance(group, Message):
        return await _end(ctx, click, ticket, End.CHANGED)
    second = Presser(click.to.user_id, theirs.email, theirs.harness_id)
    requester = Whisperable(ticket.user, Place(card.channel, click.to.place.thread_ts))
    own = await permit(ctx, card, requester, until=until)
    if isinstance(own, Barred):
        return await _requester_barred(ctx, click, ticket, own, requester)
    return await _narrowed(ctx, click, ticket, card, group, own, second)


async def close(ctx: Context, click: Click, ticket: Ticket, *, agreed: bool) -> None:
    """Show on the request that it was used, and by whom, or that it came too late."""
    await tickets.drop(ctx, ticket)
    by = click.to.user_id
    shown = asking.second_agreed(ticket.user, ticket.label, by) if agreed else None
    await _edit(ctx, click, shown or asking.second_ended(ticket.user, ticket.label, End.TAKEN))


async def _narrowed(
    ctx: Context,
    click: Click,
    ticket: Ticket,
    card: Card,
    group: StageGroup,
    own: Permitted,
    second: Presser,
) -> Agreed | Message:
    """Hold the whole of it against the policy: the requester's press, and this yes."""
    execution = own.execution
    requester = Presser(ticket.user, own.email, own.harness_id)
    found = narrowing.narrowed(
        ctx,
        card,
        await _as_started(ctx, execution),
        group,
        requester,
        reason=ticket.reason,
        second=Second(second, execution.ref.id, group.key, group.name, ctx.clock.now()),
    )
    if isinstance(found, Outside):
        await narrowing.record(ctx, execution, second, found)
        if found.why is Edge.SECOND_PERSON:
            return asking.not_you()
        await _end(ctx, click, ticket, End.NOT_ALLOWED)
        return outside(found, execution, group)
    await _record(ctx, "second person agreed", ticket, execution, second.user_id)
    wanted = Wanted(card, execution, group, requester, reason=ticket.reason, second=second)
    return Agreed(wanted, ticket)


async def _as_started(ctx: Context, execution: Execution) -> Execution:
    """Name the person who started a run: of a run that this bot resumed, whoever pressed then."""
    attempt = await ctx.store.attempt_that_started(execution.ref.id)
    if attempt is None:
        return execution
    return replace(execution, cause=replace(execution.cause, email=attempt.presser.email))


async def _requester_barred(
    ctx: Context, click: Click, ticket: Ticket, own: Barred, requester: Whisperable
) -> Message:
    """The requester may not any more, which ends the request, or cannot be looked up just now."""
    if not own.settled:
        return asking.requester_unknown(ticket.user)
    await ctx.chat.whisper(requester, own.why)
    await _end(ctx, click, ticket, End.NOT_ALLOWED)
    return asking.requester_may_not(ticket.user)


async def _end(ctx: Context, click: Click, ticket: Ticket, end: End) -> Message:
    log.info("request for a second person ended", ticket=ticket.id, why=str(end))
    await tickets.drop(ctx, ticket)
    await _edit(ctx, click, asking.second_ended(ticket.user, ticket.label, end))
    return asking.request_is_over(end)


async def _edit(ctx: Context, click: Click, message: Message) -> None:
    """Take the button off the request; if Slack will not, the next press is answered as well."""
    if click.to.place.channel and click.message_ts:
        await ctx.chat.edit(click.to.place.channel, click.message_ts, message, urgent=True)


async def _print(ctx: Context, card: Card, execution: Execution) -> str:
    """Sum up the run and its chain, so that any change of them shows."""
    attempts = len(await ctx.store.lineage(card.root))
    facts = (execution.status, execution.stages, execution.ended_at, attempts)
    return blake2s(repr(facts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


async def _record(ctx: Context, what: str, ticket: Ticket, execution: Execution, user: str) -> None:
    await ctx.store.record(
        what,
        {
            "request": ticket.id,
            "slack_user": user,
            "requester": ticket.user,
            "reason": ticket.reason,
            "execution": execution.ref.id,
            "application": execution.ref.scope,
            "stage": ticket.label,
        },
    )
