"""A later alert of a run in another channel: its thread gets one line that leads to the card."""

from dataclasses import replace

import structlog

from bot.core.card import Card, CardState
from bot.flows import routing, say
from bot.flows.context import Context
from bot.ports import Say, SayKind
from bot.render import thread

SOONEST_MS = 500

log = structlog.stdlib.get_logger(__name__)


async def point(ctx: Context, pointer: Card) -> None:
    """Say the line once the card is there; where it will never be, this alert is watched itself."""
    now = ctx.clock.now()
    run = pointer.execution.ref.id
    others = [
        card
        for card in await ctx.store.cards_of(run)
        if card.id != pointer.id and card.state is not CardState.POINTER
    ]
    shown = next((card for card in others if card.ts), None)
    if shown is not None:
        await _say(ctx, pointer, shown)
    elif now - pointer.created_at > ctx.pace.watch_for_ms:
        await _close(ctx, pointer)
    elif any(card.state in {CardState.WATCHED, CardState.OPEN} for card in others):
        wait = max(SOONEST_MS, (now - pointer.created_at) // 10)
        await ctx.store.save_card(replace(pointer, next_look=now + wait), was=CardState.POINTER)
    else:
        watched = replace(pointer, state=CardState.WATCHED, next_look=now)
        await ctx.store.save_card(watched, was=CardState.POINTER)
        ctx.alerted.set()


async def _say(ctx: Context, pointer: Card, shown: Card) -> None:
    if pointer.channel in await routing.mutes(ctx):
        await _close(ctx, pointer)
        return
    link = await say.thread_link(ctx, shown)
    line = Say(
        f"pointer:{pointer.execution.ref.id}:{pointer.channel}",
        SayKind.LINE,
        pointer.id,
        thread.has_a_card(shown.execution, link),
    )
    await _close(ctx, pointer, line)


async def _close(ctx: Context, pointer: Card, *says: Say) -> None:
    closed = replace(pointer, state=CardState.CLOSED, next_look=0)
    await ctx.store.save_card(closed, says, was=CardState.POINTER)
    log.info("pointer closed", execution=pointer.execution.ref.id, said=bool(says))
