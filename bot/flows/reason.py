"""A typed reason: asked for in a window, before anything is read, where the policy wants one.

The brake asks too: when two resumes of a run's chain did not cure the same failure, the third says
what was tried and wants a reason. A press opens a window for three seconds only, so whether one is
needed is judged from the store and the policy alone; after the submission everything is read.
"""

from dataclasses import dataclass

import structlog

from bot.core import brake
from bot.core.attempt import Presser
from bot.core.card import Card
from bot.core.policy import Edge, Outside
from bot.flows import narrowing, pressed, tickets
from bot.flows.context import Context
from bot.flows.resume import Click
from bot.flows.tickets import Asks, Ticket
from bot.render import asking, choice
from bot.render.message import Message

_TO_BE_MET = frozenset({Edge.REASON, Edge.SECOND_PERSON})

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Submitted:
    """A window with a reason, submitted."""

    id: str
    """Slack's transport id."""
    metadata: str
    """What the window was given; not trusted."""
    user_id: str
    reason: str
    acked_at: float
    correlation: str = ""
    """The id of this submission in the log and the audit trail."""


@dataclass(frozen=True, slots=True)
class Why:
    """Why a reason is wanted: resumes that did not help, or, without any, the policy."""

    tried: tuple[brake.Try, ...] = ()


async def wanted(ctx: Context, card: Card, read: choice.Pressed, user_id: str) -> Why | None:
    """Say why a press needs a reason; ``None`` when it does not, or cannot succeed anyway."""
    group = pressed.group_on(card, read)
    if group is None:
        return None
    found = narrowing.narrowed(ctx, card, card.execution, group, Presser(user_id))
    if isinstance(found, Outside) and found.why not in _TO_BE_MET:
        return None
    done = await _tried(ctx, card)
    if brake.holds(done):
        return Why(done)
    return Why() if isinstance(found, Outside) and found.why is Edge.REASON else None


async def ask(
    ctx: Context, click: Click, card: Card, read: choice.Pressed, why: Why
) -> Message | None:
    """Open the window; the message is for when Slack does not open it: nothing was resumed."""
    now = ctx.clock.now()
    label = pressed.label_on(card, read)
    ticket = Ticket(
        id=ctx.new_id(),
        asks=Asks.REASON,
        card=card.id,
        pressed=click.value,
        user=click.to.user_id,
        at=now,
        until=now + ctx.pace.reason_ms,
        channel=click.to.place.channel,
        thread=click.to.place.thread_ts,
        label=label,
    )
    await tickets.write(ctx, ticket)
    modal = asking.reason_window(card.execution, label, why.tried, ticket.value)
    if await ctx.chat.open_modal(click.id, modal):
        log.info("reason asked for", user=ticket.user, brake=bool(why.tried))
        return None
    return asking.no_window(card.execution)


async def redeem(ctx: Context, submitted: Submitted) -> Ticket | None:
    """Give what the window was about, once, to whoever it was opened for."""
    ticket = await tickets.find(ctx, submitted.metadata, Asks.REASON)
    if ticket is None or ticket.user != submitted.user_id or ctx.clock.now() > ticket.until:
        log.warning("window not redeemed", user=submitted.user_id)
        return None
    await tickets.drop(ctx, ticket)
    return ticket


async def _tried(ctx: Context, card: Card) -> tuple[brake.Try, ...]:
    """Collect, from the store, the resumes that did not cure the failure of the card's run."""
    resumed = [a for a in await ctx.store.lineage(card.root) if a.run is not None]
    if len(resumed) < brake.TRIED_ENOUGH:
        return ()
    cards = [(attempt, await ctx.store.card(attempt.card)) for attempt in resumed]
    tries = (brake.Try(attempt, on.execution) for attempt, on in cards if on is not None)
    return brake.tried(card.execution, tries)
