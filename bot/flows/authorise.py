"""Who presses, and may they: asked of Slack and of Harness at every press, never remembered.

Harness checks only the bot's key (facts 5.4), so this check is the only one that the person meets.
Whatever cannot be read is a no, with a sentence that says what could not be read.
"""

import asyncio
from dataclasses import dataclass

import structlog

from bot.core.card import Card
from bot.core.errors import HarnessTrouble, SlackTrouble
from bot.core.execution import Environments, Execution
from bot.core.identity import Known, identify
from bot.core.permission import Allowed, Decision, Denied, Target, decide
from bot.flows.context import Context
from bot.flows.whole import whole
from bot.ports import ClickReading, Whisperable
from bot.render import refusals
from bot.render.message import Message

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Permitted:
    """The person may; *execution* is the run as read for this press."""

    execution: Execution
    email: str
    harness_id: str
    groups: tuple[str, ...]
    """The user groups that say so, for the record."""


@dataclass(frozen=True, slots=True)
class Barred:
    """The person may not, or it cannot be known whether they may; *why* tells them."""

    why: Message
    settled: bool = False
    """Whether they may not; else it could not be read, and trying again may help."""
    lacks: "Lacks | None" = None
    """Set where Harness says no: then there may be others who could."""


@dataclass(frozen=True, slots=True)
class Lacks:
    """A right in Harness that the person lacks."""

    denied: Denied
    target: Target
    execution: Execution
    email: str


async def permit(ctx: Context, card: Card, to: Whisperable, *, until: float) -> Permitted | Barred:
    """Read the run and the person's rights in one request, and decide; else say why not."""
    try:
        person = await ctx.chat.person(to.user_id)
    except SlackTrouble as trouble:
        return Barred(refusals.slack_trouble(trouble, clicked=True))
    who = identify(person, ctx.workspace.team_id, ctx.policy.people)
    if not isinstance(who, Known):
        log.info("person refused", user=to.user_id, why=str(who.why))
        return Barred(refusals.not_identified(who.why), settled=True)
    try:
        reading, environments = await asyncio.gather(
            ctx.deployments.read_for_click(
                card.execution.ref,
                who.email,
                until=until,
                with_environments=not card.environments.complete,
            ),
            whole(ctx, card.execution.ref, card.environments, card.told, until=until),
        )
        target = await _target(ctx, card, reading, environments, until)
    except HarnessTrouble as trouble:
        log.warning("rights not readable", user=to.user_id, trouble=str(trouble.kind))
        return Barred(refusals.harness_trouble(trouble, clicked=True))
    decision = decide(reading.user, target)
    await _record(ctx, card, to, who.email, decision)
    if not isinstance(decision, Allowed):
        log.info("press refused", user=to.user_id, why=str(decision.why))
        lacks = Lacks(decision, target, reading.execution, who.email)
        why = refusals.not_permitted(decision, reading.execution, who.email)
        return Barred(why, settled=True, lacks=lacks)
    user_id = reading.user.id if reading.user else ""
    return Permitted(reading.execution, who.email, user_id, decision.groups)


async def _target(
    ctx: Context, card: Card, reading: ClickReading, environments: Environments, until: float
) -> Target:
    """Say what the person wants to execute; the whole application where the run hides its own."""
    run = reading.execution
    return Target(
        application=run.ref.scope,
        pipeline=run.pipeline_id,
        environments=environments,
        all_environments=(
            None if environments.complete else await _all_environments(ctx, card, reading, until)
        ),
    )


async def _all_environments(
    ctx: Context, card: Card, reading: ClickReading, until: float
) -> Environments | None:
    """Give all environments of the application; ``None``: demand both kinds (ruling 22)."""
    if reading.environments is None or reading.environments.complete:
        return reading.environments
    try:
        return await ctx.deployments.environments_of(card.execution.ref.scope, until=until)
    except HarnessTrouble:
        return None


async def _record(
    ctx: Context, card: Card, to: Whisperable, email: str, decision: Decision
) -> None:
    await ctx.store.record(
        "checked",
        {
            "slack_user": to.user_id,
            "email": email,
            "execution": card.execution.ref.id,
            "application": card.execution.ref.scope,
            **_in_words(decision),
        },
    )


def _in_words(decision: Decision) -> dict[str, object]:
    """Put a decision as the record keeps it: ids and Harness's own names, whatever ours are."""
    match decision:
        case Allowed(groups):
            return {"allowed": True, "granted_by": list(groups)}
        case Denied():
            return {
                "allowed": False,
                "why": str(decision.why),
                "environments": [environment.id for environment in decision.environments],
                "kinds_of_environment": [str(kind) for kind in decision.types],
                "unconfirmed_groups": list(decision.unconfirmed),
                "unread_groups": list(decision.unread),
                "more_groups": decision.more_groups,
            }
