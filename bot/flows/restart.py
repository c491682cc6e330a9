"""After a restart: answer the clicks that a dead process took and did not bring to an outcome."""

import json
from typing import Any

import structlog

from bot.flows.context import Context
from bot.ports import Place, Whisperable
from bot.render import choice, words

log = structlog.stdlib.get_logger(__name__)


async def answer_lost_clicks(ctx: Context) -> None:
    """Tell each person whose click was lost that nothing was started, unless an attempt tells."""
    for body in await ctx.store.unanswered():
        click = json.loads(body)
        if not await _has_attempt(ctx, click):
            log.info("lost click answered", user=click["user"])
            place = Place(click["channel"], click["thread"])
            await ctx.chat.whisper(Whisperable(click["user"], place), words.interrupted())


async def _has_attempt(ctx: Context, click: dict[str, Any]) -> bool:
    pressed = choice.decode(click["value"])
    card = await ctx.store.card(pressed.card) if isinstance(pressed, choice.Pressed) else None
    if card is None:
        return False
    attempts = await ctx.store.lineage(card.root)
    return any(a.presser.user_id == click["user"] and a.claimed_at >= click["at"] for a in attempts)
