"""Hearing alerts: what machines post in our channels, kept before Slack is told that it arrived.

Bolt acknowledges an event before its listener runs, so this is a middleware of that listener: when
the store does not take an alert, Slack gets no ack and sends the event again.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.flows import alert
from bot.flows.context import Context
from bot.ports import Place
from bot.slack import alert_wire
from bot.slack.chat import EVENT_TYPE

Middleware = Callable[..., Awaitable[None]]


def hearing(ctx: Context) -> Middleware:
    """Make the middleware that keeps alerts."""

    async def hear(event: Mapping[str, Any], next_: Callable[[], Awaitable[Any]]) -> None:
        me = ctx.workspace
        heard = alert_wire.posted(
            event, bot_user_id=me.bot_user_id, bot_id=me.bot_id, mark_type=EVENT_TYPE
        )
        if heard is not None and not await _ours(ctx, heard):
            place = Place(heard.channel, heard.thread_ts or heard.ts)
            await alert.from_message(ctx, alert.Alert(heard.text, heard.colors, place))
        await next_()

    return hear


async def _ours(ctx: Context, heard: alert_wire.Posted) -> bool:
    """Whether we posted it ourselves, though Slack names no user (ruling 19)."""
    return heard.perhaps_ours and await ctx.store.posted(heard.channel, heard.ts)
