"""Which environments a run uses, where Harness shows only some of them.

GraphQL names those that a run has deployed to so far. All of them are in the REST view of the run
(facts 5.2), which is asked where it answers. An event names all of them too, and is authenticated;
but whoever holds its token could leave one out, and with it a right that is demanded of people. So
its list is believed only where Harness has no such view, and never when it lacks an environment
that Harness itself names. In every other case the list is not whole, and permission demands all.
"""

from dataclasses import replace

from bot.core.execution import Environments, ExecutionRef
from bot.flows.context import Context
from bot.ports import NoView


async def whole(
    ctx: Context,
    ref: ExecutionRef,
    shown: Environments,
    told: Environments,
    *,
    until: float | None,
) -> Environments:
    """Join what Harness has *shown* of a run with what an event *told*, and ask for the rest.

    *until* as in ``Deployments``; in the background nobody waits for a place in the quota.
    """
    if shown.complete:
        return shown
    view = await ctx.deployments.environments_in(ref, until=until)
    if isinstance(view, Environments):
        return view
    joined = shown.joined(told)
    return joined if isinstance(view, NoView) else replace(joined, complete=False)
