"""A press from its ack to its outcome, by every door: a button, the menu, a reason, a second yes.

The order (ruling 7): who was first; a typed reason, if one is needed, before anything is read;
the run and the person's rights, read afresh; Harness's own rule; the policy file, which can only
narrow it; then the claim. Nothing on the card changes for a refused person.
"""

import structlog

from bot.core.attempt import Presser
from bot.core.card import Card
from bot.core.policy import Edge, Outside
from bot.core.stages import StageGroup
from bot.flows import asking, narrowing, pressed, reason, second
from bot.flows.authorise import Barred, Permitted, permit
from bot.flows.context import Context
from bot.flows.resume import Click, Wanted, carry_out
from bot.ports import Place, Whisperable
from bot.render.asking import window_is_over
from bot.render.message import Message
from bot.render.narrowing import outside

log = structlog.stdlib.get_logger(__name__)


async def from_click(ctx: Context, click: Click) -> None:
    """Bring a press on a card to its outcome; the person sees it on the card or is told why not."""
    decided = await _decide(ctx, click)
    if isinstance(decided, Wanted):
        done = await carry_out(ctx, click, decided)
        decided = done if isinstance(done, Message) else None
    if decided is not None:
        await ctx.chat.whisper(click.to, decided)


async def from_reason(ctx: Context, submitted: reason.Submitted) -> None:
    """Go on with a press for which a reason was typed: everything is read and decided afresh."""
    ticket = await reason.redeem(ctx, submitted)
    if ticket is None:
        nowhere = Whisperable(submitted.user_id, Place(""))
        await ctx.chat.whisper(nowhere, window_is_over(ctx.command))
        return
    click = Click(
        id=submitted.id,
        value=ticket.pressed,
        to=Whisperable(submitted.user_id, Place(ticket.channel, ticket.thread)),
        message_ts="",
        acked_at=submitted.acked_at,
        correlation=submitted.correlation,
        reason=submitted.reason,
    )
    await from_click(ctx, click)


async def from_agreement(ctx: Context, click: Click) -> None:
    """Bring a second person's yes to its outcome: the resume runs as the requester's."""
    answer = await second.agreed(ctx, click)
    if isinstance(answer, second.Agreed):
        done = await carry_out(ctx, click, answer.wanted)
        await second.close(ctx, click, answer.ticket, agreed=not isinstance(done, Message))
        if isinstance(done, Message):
            await ctx.chat.whisper(click.to, done)
        return
    await ctx.chat.whisper(click.to, answer)


async def _decide(ctx: Context, click: Click) -> Wanted | Message | None:  # noqa: PLR0911
    """Decide on a press; ``None``: a window is open that asks for a reason."""
    found = await pressed.card_of(ctx, click.value)
    if isinstance(found, Message):
        return found
    card, read = found
    first = await ctx.store.attempt_on(card.execution.ref.id)
    if first is not None:
        return await pressed.taken(ctx, first, card.execution)
    if not click.reason and (why := await reason.wanted(ctx, card, read, click.to.user_id)):
        return await reason.ask(ctx, click, card, read, why)
    permitted = await permit(ctx, card, click.to, until=click.acked_at + ctx.pace.read_seconds)
    if isinstance(permitted, Barred):
        # Somebody may have won while we read; in a crowd that is why the reading failed.
        winner = await ctx.store.attempt_on(card.execution.ref.id)
        if winner is not None:
            return await pressed.taken(ctx, winner, card.execution)
        return await asking.refusal(ctx, click, card, read, permitted)
    group = pressed.group_in(permitted.execution, card, read)
    if isinstance(group, Message):
        return group
    presser = Presser(click.to.user_id, permitted.email, permitted.harness_id)
    return await _narrowed(ctx, click, card, permitted, group, presser)


async def _narrowed(
    ctx: Context,
    click: Click,
    card: Card,
    permitted: Permitted,
    group: StageGroup,
    presser: Presser,
) -> Wanted | Message:
    wanted = Wanted(card, permitted.execution, group, presser, reason=click.reason)
    found = narrowing.narrowed(ctx, card, permitted.execution, group, presser, reason=click.reason)
    if not isinstance(found, Outside):
        return wanted
    if found.why is Edge.SECOND_PERSON:
        return await second.request(ctx, click, wanted)
    log.info("press outside the policy", user=presser.user_id, edge=str(found.why))
    await narrowing.record(ctx, wanted.execution, presser, found)
    return outside(found, permitted.execution, group)
