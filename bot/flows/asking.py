"""A refusal that helps: which groups would grant it, whom in the channel to ask, and asking them.

The hints never hold up the refusal for long and never decide anything: whoever is asked presses the
card's own buttons, and is checked like anybody. What cannot be found out is left out.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from bot.core.card import Card
from bot.core.errors import HarnessTrouble, SlackTrouble
from bot.core.permission import Refusal
from bot.flows import pressed, tickets
from bot.flows.authorise import Barred, Lacks
from bot.flows.context import Context
from bot.flows.mentions import person_of
from bot.flows.resume import Click
from bot.flows.tickets import Asks, Ticket
from bot.ports import Granting, Say, SayKind
from bot.render import asking, choice, refusals
from bot.render.message import Message

MOST_LOOKED_UP = 8
MOST_ASKED = 5
THEIR_STATE = frozenset(
    {Refusal.DISABLED, Refusal.LOCKED, Refusal.UNVERIFIED, Refusal.STATE_UNKNOWN}
)
"""Refusals that no user group would cure."""
_DAY_MS = 24 * 60 * 60_000

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Hint:
    """What may help somebody who was refused."""

    groups: tuple[str, ...]
    people: tuple[str, ...]
    """Slack users who could, the requester not among them."""


async def refusal(
    ctx: Context, click: Click, card: Card, read: choice.Pressed, barred: Barred
) -> Message:
    """Say why somebody may not; where others could, who they are, with a button to ask them."""
    lacks = barred.lacks
    hint = await _hint(ctx, click, card, lacks) if lacks else None
    if lacks is None or hint is None or not hint.groups:
        return barred.why
    groups = () if lacks.denied.why in THEIR_STATE else hint.groups
    ticket = Ticket(
        id=ctx.new_id(),
        asks=Asks.PEOPLE,
        card=card.id,
        pressed=click.value,
        user=click.to.user_id,
        until=ctx.clock.now() + _DAY_MS,
        label=pressed.label_on(card, read),
        people=hint.people,
    )
    if hint.people:
        await tickets.write(ctx, ticket)
    said = refusals.denial(lacks.denied, lacks.execution, lacks.email)
    return asking.refused(said, groups, hint.people, ticket.value)


async def from_ask(ctx: Context, click: Click) -> None:
    """Post the request in the card's thread, once for each person and card."""
    await ctx.chat.whisper(click.to, await _asked(ctx, click))


async def _asked(ctx: Context, click: Click) -> Message:
    ticket = await tickets.find(ctx, click.value, Asks.PEOPLE)
    if ticket is None or ticket.user != click.to.user_id or ctx.clock.now() > ticket.until:
        return asking.request_is_over()
    found = await pressed.card_of(ctx, ticket.pressed)
    if isinstance(found, Message):
        return found
    card, _ = found
    first = await ctx.store.attempt_on(card.execution.ref.id)
    if first is not None:
        return await pressed.taken(ctx, first, card.execution)
    if any(t.user == ticket.user for t in await tickets.live(ctx, Asks.ASKED, card.id)):
        return asking.asked_before()
    now = ctx.clock.now()
    asked = replace(ticket, id=ctx.new_id(), asks=Asks.ASKED, at=now, until=now + 7 * _DAY_MS)
    await tickets.write(ctx, asked)
    posted = asking.please(ticket.user, card.execution, ticket.label, ticket.people)
    await ctx.store.say([Say(f"ask:{card.id}:{ticket.user}", SayKind.LINE, card.id, posted)])
    await ctx.store.record(
        "others asked",
        {"slack_user": ticket.user, "asked": list(ticket.people), "card": card.id},
    )
    return asking.asked()


async def _hint(ctx: Context, click: Click, card: Card, lacks: Lacks) -> Hint | None:
    left = click.acked_at + ctx.pace.hint_seconds - ctx.clock.monotonic()
    try:
        async with asyncio.timeout(max(0.0, left)):
            granting = await ctx.deployments.who_could(lacks.target)
            people = await _people(ctx, card, granting, but=click.to.user_id)
    except (HarnessTrouble, SlackTrouble, TimeoutError) as trouble:
        log.info("no hint with a refusal", why=type(trouble).__name__)
        return None
    others = [g for g in granting if g.name not in ctx.policy.key_groups]  # no key is a person
    ordered = sorted(others, key=lambda g: not g.emails)
    return Hint(tuple(dict.fromkeys(g.name for g in ordered)), people)


async def _people(
    ctx: Context, card: Card, granting: Sequence[Granting], *, but: str
) -> tuple[str, ...]:
    """Find members of the groups in Slack: full members of ours, and in the channel if known."""
    emails = list(dict.fromkeys(email for group in granting for email in group.emails))
    if not emails:
        return ()
    found, here = await asyncio.gather(
        asyncio.gather(*(person_of(ctx, email) for email in emails[:MOST_LOOKED_UP])),
        ctx.chat.members(card.channel),
    )
    able = [
        person.id
        for person in found
        if person is not None and person.id != but and (here is None or person.id in here)
    ]
    return tuple(dict.fromkeys(able))[:MOST_ASKED]
