"""Look for runs that ended badly and that nothing told of: one small request every few minutes.

For installations without alerts, and for what the other doors missed while the bot was down. The
first sweep begins at the time of installation (ruling 20); after downtime one looks back a day at
the most, and what it finds goes the way of every alert, a storm's included.
"""

import structlog

from bot.core.card import Door
from bot.core.errors import HarnessTrouble
from bot.core.policy import concerns
from bot.flows import alert
from bot.flows.context import Context
from bot.ports import Place

SINCE, INSTALLED = "sweep:since", "sweep:installed"
"""Notes of the moment up to which was swept, and of the first of all, epoch ms."""
BACK_MS = 24 * 60 * 60_000
MOST = 1000
"""Bad ends that one sweep takes up: ten requests at the most, and then none until the next."""

log = structlog.stdlib.get_logger(__name__)


async def sweep(ctx: Context) -> int:
    """Watch what ended badly since the last sweep; give how many runs were new."""
    if not ctx.alert_channel:
        return 0
    now = ctx.clock.now()
    notes = await ctx.store.notes("sweep:")
    if SINCE not in notes:
        await ctx.store.set_note(INSTALLED, str(now))
        await ctx.store.set_note(SINCE, str(now))
        return 0
    installed = int(notes.get(INSTALLED, 0))
    since = max(int(notes[SINCE]) - ctx.pace.sweep_margin_ms, now - BACK_MS, installed)
    try:
        found = await ctx.deployments.ended_badly(
            since,
            wanted=lambda name, identity: concerns(ctx.policy, name, identity),
            named=ctx.policy.only.applications is not None,
            most=MOST,
        )
    except HarnessTrouble as trouble:
        log.warning("not swept", trouble=str(trouble.kind))
        return 0
    new = 0
    for ref in found:
        place = Place(ctx.alert_channel)
        new += await alert.watch(ctx, ref, place, Door.SWEEP) is not None
    if len(found) >= MOST:
        log.error("more runs ended badly than a sweep takes up: the oldest get no card", most=MOST)
    await ctx.store.set_note(SINCE, str(now))
    log.info("swept", found=len(found), new=new)
    return new
