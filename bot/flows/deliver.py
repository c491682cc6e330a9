"""Deliver what the outbox holds: in order within a thread, the urgent first between threads.

Every row is tried until Slack has it or can never have it. A post that may have arrived is looked
for before it is repeated; an edit is simply repeated. What can never be delivered where it belongs
goes to the presser directly, if it is a thread's last line (ruling 16).
"""

import asyncio
from collections.abc import Mapping
from functools import partial

import structlog

from bot.core.errors import SlackTrouble
from bot.flows.context import Context
from bot.ports import Delivery, Due, Gone, Later, Place, Posted, SayKind, Unsure
from bot.render import words
from bot.render.message import Message

AT_ONCE = 8
"""Rows under way at the same time, each of another lane."""

IDLE_SECONDS = 5.0
"""How often an idle sender looks for rows that another replica left."""

A_MOMENT = 0.01
"""So that a row which becomes due now is due when it is looked for."""

MAX_BACK_OFF = 60.0

LOOK_FOR_MS = 15 * 60_000
"""For how long a message that may have arrived is looked for while Slack does not let us look."""

LASTING_TRIES = 3
PASSING = frozenset({"unreachable", "fatal_error", "internal_error", "service_unavailable"})

EDITS = frozenset({SayKind.SETTLE, SayKind.PROGRESS})

log = structlog.stdlib.get_logger(__name__)


async def forever(ctx: Context) -> None:
    """Deliver until cancelled; a failure of ours puts a row off and never stops the sender."""
    under_way: dict[int, asyncio.Task[None]] = {}
    try:
        while True:
            free = AT_ONCE - len(under_way)
            full = ctx.chat.full()
            due = await ctx.store.next_due(free, full=full) if free else ()
            for row in due:
                if row.id not in under_way:  # its lease ran out on us, as when the clock is set
                    under_way[row.id] = task = asyncio.create_task(_deliver(ctx, row))
                    task.add_done_callback(partial(_ended, under_way, row.id))
            if not due:
                # New rows ring, and so does every row that ends: a slow one holds up no other lane.
                await ctx.store.wait_for_work(await _patience(ctx, full, busy=not free))
    finally:
        left = tuple(under_way.values())
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


def _ended(under_way: dict[int, asyncio.Task[None]], row: int, _: asyncio.Task[None]) -> None:
    del under_way[row]


async def _patience(ctx: Context, full: Mapping[str, float], *, busy: bool) -> float:
    next_in = None if busy else await ctx.store.seconds_to_next(full=full)
    waits = [*full.values(), *([] if next_in is None else [next_in])]
    return min(IDLE_SECONDS, *(wait + A_MOMENT for wait in waits), IDLE_SECONDS)


async def _deliver(ctx: Context, due: Due) -> None:
    try:
        await _answer(ctx, due, await _try(ctx, due))
    except Exception:
        log.exception("delivery failed", outbox=due.id)
        await ctx.store.put_off(due, _back_off(due), unsure=True)


async def _try(ctx: Context, due: Due) -> Delivery:
    say = due.say
    if say.kind in EDITS:
        return await ctx.chat.edit(
            due.place.channel, due.ts, say.message, urgent=say.kind is SayKind.SETTLE
        )
    if due.unsure:
        try:
            ts = await ctx.chat.find(due.place, say.message, mark=say.key, since=due.since)
        except SlackTrouble as trouble:
            log.warning("cannot look for a message", outbox=due.id, code=trouble.code)
            if _may_look_later(ctx, due, trouble):
                return Later(trouble.retry_after or _back_off(due))
            ts = None
        if ts is not None:
            return Posted(ts)
    return await ctx.chat.post(due.place, say.message, mark=say.key)


def _may_look_later(ctx: Context, due: Due, trouble: SlackTrouble) -> bool:
    """Whether to wait for a look that failed; else a line said twice beats one not said.

    Slack's trouble and the network's pass; a missing scope, say, does not.
    """
    asked_to_wait = trouble.retry_after is not None or trouble.code.startswith("http_")
    if asked_to_wait or trouble.code in PASSING:
        return ctx.clock.now() - due.since < LOOK_FOR_MS
    return due.tries < LASTING_TRIES


async def _answer(ctx: Context, due: Due, delivery: Delivery) -> None:
    match delivery:
        case Posted(ts):
            await ctx.store.sent(due, ts)
            ctx.ways_back.take(due.say.card)
        case Later(seconds):
            await ctx.store.put_off(due, seconds, unsure=due.unsure)
        case Unsure(cause):
            log.warning("delivery unsure", outbox=due.id, cause=cause)
            await ctx.store.put_off(due, _back_off(due), unsure=due.say.kind not in EDITS)
        case Gone(code):
            log.warning("cannot be delivered", outbox=due.id, kind=due.say.kind, code=code)
            await _gone(ctx, due, code)


async def _gone(ctx: Context, due: Due, code: str) -> None:
    await ctx.store.record("not delivered", {"what": due.say.key, "code": code})
    if due.say.kind is SayKind.CARD:
        await _tell_who_asked(ctx, due, code)
    elif due.say.kind is SayKind.FINAL and due.say.to:
        told = await ctx.chat.tell(due.say.to, due.say.message, mark=due.say.key)
        if isinstance(told, Later | Unsure):
            await ctx.store.put_off(due, _back_off(due), unsure=False)
            return
    await ctx.store.give_up(due, code)


async def _tell_who_asked(ctx: Context, due: Due, code: str) -> None:
    """Say to who typed the command why there is no card (ruling 6)."""
    message = _no_card(ctx, due.place, code)
    way = ctx.ways_back.take(due.say.card)
    if way is not None:
        await ctx.chat.whisper(way, message)
    elif due.say.to:
        await ctx.chat.tell(due.say.to, message, mark=due.say.key)


def _no_card(ctx: Context, place: Place, code: str) -> Message:
    if code in {"not_in_channel", "channel_not_found"}:
        if place.channel.startswith("D"):
            return words.in_direct_message(ctx.command)
        return words.not_in_channel(ctx.workspace.bot_user_id, ctx.command)
    return words.cannot_post(code, ctx.command)


def _back_off(due: Due) -> float:
    return float(min(MAX_BACK_OFF, 0.5 * 2 ** min(due.tries, 10)))
