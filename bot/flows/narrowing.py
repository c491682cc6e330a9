"""The organisation's own rules at a press: the policy file against the run as it was just read."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from bot.core.attempt import Presser
from bot.core.card import Card
from bot.core.execution import Execution
from bot.core.policy import Outside, Policy, Request, Second, Within, narrow
from bot.core.policy_file import PolicyError
from bot.core.stages import StageGroup
from bot.flows.context import Context


def zone_of(policy: Policy) -> tzinfo:
    """Give the zone in which hours are meant; raises ``PolicyError`` for a name that is none."""
    if policy.timezone == "UTC":
        return UTC  # there also where the machine has no zones
    try:
        return ZoneInfo(policy.timezone)
    except (KeyError, ValueError, OSError):  # an unknown name; an impossible one; a folder's name
        problem = "only.timezone: is not a time zone that this machine knows, such as Europe/Berlin"
        raise PolicyError((problem,)) from None


def minute_of_week(ms: int, zone: tzinfo) -> int:
    """Count the minutes from Monday 00:00 to *ms* (epoch milliseconds), by the clocks of *zone*."""
    local = datetime.fromtimestamp(ms / 1000, zone)
    return (local.weekday() * 24 + local.hour) * 60 + local.minute


def narrowed(
    ctx: Context,
    card: Card,
    execution: Execution,
    group: StageGroup,
    presser: Presser,
    *,
    reason: str = "",
    second: Second | None = None,
) -> Within | Outside:
    """Say whether the policy file lets *presser* resume *execution* from *group*, now."""
    now = ctx.clock.now()
    return narrow(
        ctx.policy,
        Request(
            execution=execution,
            group=group,
            environments=card.environments,
            channel=card.channel,
            presser=presser,
            minute=minute_of_week(now, zone_of(ctx.policy)),
            now=now,
            reason=reason,
            second=second,
        ),
    )


async def record(ctx: Context, execution: Execution, presser: Presser, found: Outside) -> None:
    """Write into the audit that the policy file was against a press, and which rule."""
    await ctx.store.record(
        "outside the policy",
        {
            "slack_user": presser.user_id,
            "email": presser.email,
            "execution": execution.ref.id,
            "application": execution.ref.scope,
            "rule": str(found.why),
            "allowed": list(found.allowed),
        },
    )
