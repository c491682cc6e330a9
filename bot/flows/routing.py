"""Where a failed run's card goes, and whether: routes, mutes, quiet hours, production alone.

A card of an alert stays in that alert's thread, which disturbs nobody. A card of an event or a
sweep is a message of its own, so it is routed, and kept in quiet hours.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.card import Card, CardState
from bot.core.execution import Environments, Execution
from bot.core.policy import Policy, may_be_production, muted, offered, quiet_until, route
from bot.core.stages import NotResumable, assess
from bot.flows.context import Context
from bot.flows.narrowing import minute_of_week, zone_of
from bot.ports import Examined

MUTE = "mute:"
"""Notes of channels that are muted: ``{"until": ms, "by": user}`` under the channel's id."""

_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Post:
    """The card goes into *channel*; into the alert's thread where it has one."""

    channel: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing is said before *until*, epoch ms."""

    until: int


@dataclass(frozen=True, slots=True)
class Drop:
    """Nothing is said, and *why* is for the log."""

    why: str
    again: bool = False
    """Whether it is about the place alone, so that an alert elsewhere begins anew."""


@dataclass(frozen=True, slots=True)
class Point:
    """The run has a card in another channel by now: the alert's thread gets a line."""


Fate = Post | Hold | Drop | Point


@dataclass(frozen=True, slots=True)
class Mute:
    """A channel is muted."""

    until: int
    by: str
    """The Slack user who did it."""


async def fate(ctx: Context, card: Card, found: Examined, mutes: Mapping[str, Mute]) -> Fate:
    """Decide what becomes of a watched run that has ended badly."""
    run, environments = found.execution, found.environments
    assessed = assess(run)
    if isinstance(assessed, NotResumable):
        return Drop(f"not resumable: {assessed.why}")
    if found.superseded or found.latest is not None:
        return Drop("it was resumed elsewhere")
    if (other := await _other_card(ctx, card)) is not None:
        return other
    if why := _unwanted(ctx.policy, run, environments):
        return Drop(why)
    return _where(ctx, card, found, mutes)


def _unwanted(policy: Policy, run: Execution, environments: Environments) -> str:
    """Say why the policy wants no card of a run, wherever it would be; empty when it does."""
    if not offered(policy, run):
        return "the policy lets nobody resume it"
    if muted(policy, run, environments):
        return "muted by the policy"
    if policy.alerts.production and not may_be_production(environments):
        return "not production"
    return ""


async def _other_card(ctx: Context, card: Card) -> Drop | Point | None:
    """See what the bot has to do with the run already: an attempt, or a card that people see."""
    run = card.execution.ref.id
    for known in (ctx.store.attempt_on, ctx.store.attempt_that_started):
        if await known(run) is not None:
            return Drop("the bot resumed it, or started it")
    others = await ctx.store.cards_of(run)
    shown = [c for c in others if c.id != card.id and (c.ts or c.state is CardState.OPEN)]
    if shown:
        elsewhere = card.thread_ts and all(c.channel != card.channel for c in shown)
        return Point() if elsewhere else Drop("it has a card")
    return None


def _where(ctx: Context, card: Card, found: Examined, mutes: Mapping[str, Mute]) -> Fate:
    channel, now = card.channel, ctx.clock.now()
    if not card.thread_ts:
        channel = route(ctx.policy, found.execution, found.environments) or ctx.alert_channel
    if not channel:
        return Drop("no channel is set for it", again=True)
    if channel in mutes:
        return Drop("the channel is muted", again=True)
    if card.thread_ts:
        return Post(channel)
    minutes = quiet_until(ctx.policy, minute_of_week(now, zone_of(ctx.policy)))
    if minutes:
        return Hold((now // _MINUTE_MS + minutes) * _MINUTE_MS)
    return Post(channel)


async def mutes(ctx: Context) -> dict[str, Mute]:
    """Give the channels that are muted now."""
    now = ctx.clock.now()
    found = {
        name.removeprefix(MUTE): _mute(value)
        for name, value in (await ctx.store.notes(MUTE)).items()
    }
    return {channel: mute for channel, mute in found.items() if mute.until > now}


def _mute(value: str) -> Mute:
    read: Any = json.loads(value)
    return Mute(int(read["until"]), str(read["by"]))
