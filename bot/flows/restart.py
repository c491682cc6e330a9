"""After a restart: answer the clicks that a dead process took and did not bring to an outcome."""

import json
from typing import Any

import structlog

from bot.flows.context import Context
from bot.ports import Place, Whisperable
from bot.render import choice, ticket, words

log = structlog.stdlib.get_logger(__name__)


async def answer_lost_clicks(ctx: Context) -> None:
    """Tell each person whose click was lost that nothing was started, unless an attempt tells."""
    for body in await ctx.store.unanswered():
        try:
            await _answer(ctx, json.loads(body))
        except Exception:
            log.exception("a lost click could not be answered")  # it must not hold up the others


async def _answer(ctx: Context, click: dict[str, Any]) -> None:
    if await _has_attempt(ctx, click):
        return
    log.info("lost click answered", user=click["user"])
    place = Place(click["channel"], click["thread"])
    await ctx.chat.whisper(Whisperable(click["user"], place), words.interrupted())


async def _has_attempt(ctx: Context, click: dict[str, Any]) -> bool:
    card = await ctx.store.card(_card_in(click["value"]))
    if card is None:
        return False
    since = [a for a in await ctx.store.lineage(card.root) if a.claimed_at >= click["at"]]
    people = {a.presser.user_id for a in since} | {a.second.user_id for a in since if a.second}
    return click["user"] in people


def _card_in(value: str) -> str:
    """Name the card of a click: on a card, on a request in its thread, or in a window."""
    pressed = choice.decode(value)
    if isinstance(pressed, choice.Pressed):
        return pressed.card
    stub = ticket.decode(value)
    return stub.card if stub else ""
