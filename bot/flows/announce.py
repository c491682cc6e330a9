"""Post the cards of failed runs: in their alerts' threads, in the channel, or under a summary."""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from bot.core.card import Card, CardState
from bot.flows import say, storm
from bot.flows.context import Context
from bot.flows.mentions import responsible
from bot.ports import Say, SayKind
from bot.render import alerts
from bot.render.looks import Open

FEW = 3
"""With more cards at once nobody is mentioned: one person may have started them all."""

log = structlog.stdlib.get_logger(__name__)


async def announce(ctx: Context, channel: str, ready: Sequence[Card]) -> None:
    """Post the cards of alerts in their threads, the others in the channel or under a summary."""
    threaded = [card for card in ready if card.thread_ts]
    single = [card for card in ready if not card.thread_ts and not card.held]
    kept = [card for card in ready if not card.thread_ts and card.held]
    says: list[Say] = []
    posts = threaded
    for cards, digest in ((single, False), (kept, True)):
        if cards:
            placed, told = await storm.gather(ctx, channel, cards, digest=digest)
            posts, says = posts + placed, says + told
    now, few = ctx.clock.now(), len(ready) <= FEW
    for card in posts:
        opened = replace(
            card, state=CardState.OPEN, created_at=now, next_look=now + ctx.pace.open_look_ms
        )
        alone = few and opened.thread == opened.id
        note = alerts.responsible(who) if alone and (who := await responsible(ctx, card)) else ""
        try:
            post = say.post(opened, Open(note))
        except ValueError:
            log.exception("a card could not be drawn", execution=card.execution.ref.id)
            plain = alerts.undrawn(card.execution, ctx.command)
            post = Say(f"card:{card.id}", SayKind.CARD, card.id, plain)
            opened = replace(opened, state=CardState.CLOSED, next_look=0)
        if await ctx.store.save_card(opened, [post], was=CardState.WATCHED):
            log.info("card posted", execution=opened.execution.ref.id, card=opened.id)
    if says:
        await ctx.store.say(says)
