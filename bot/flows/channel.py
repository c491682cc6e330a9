"""What people set for their channel from Slack: mute, unmute, and what comes here and why."""

import json
import re
from dataclasses import dataclass

import structlog

from bot.core.errors import SlackTrouble
from bot.core.identity import NotMember, membership
from bot.flows import routing
from bot.flows.context import Context
from bot.ports import Whisperable
from bot.render import alerts, refusals
from bot.render.message import Message

LONGEST_MS = 7 * 24 * 3_600_000
_UNITS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}
_PART = re.compile(r"(\d{1,4})\s*(m|h|d)(?:in|ins|inutes?|ours?|rs?|ays?)?\s*", re.ASCII)

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Mute:
    """Say nothing by itself for so long; ``None``: no time that makes sense was typed."""

    ms: int | None


@dataclass(frozen=True, slots=True)
class Unmute:
    """Say things again."""


@dataclass(frozen=True, slots=True)
class Here:
    """Tell what comes here."""


Order = Mute | Unmute | Here


def read(text: str) -> Order | None:
    """Read what was typed after the command; ``None``: it is not about the channel."""
    word, rest = (*text.lower().split(None, 1), "", "")[:2]
    match word:
        case "mute":
            return Mute(_milliseconds(rest))
        case "unmute" if not rest:
            return Unmute()
        case "here" if not rest:
            return Here()
        case _:
            return None


def _milliseconds(text: str) -> int | None:
    """Read ``2h``, ``90 min``, ``1d 12h``; ``None`` for what is no time, or too long a one."""
    text = text.strip()
    if not re.fullmatch(rf"(?:{_PART.pattern})+", text, re.ASCII):
        return None
    total = sum(int(number) * _UNITS[unit] for number, unit in _PART.findall(text))
    return total if 0 < total <= LONGEST_MS else None


async def obey(ctx: Context, order: Order, to: Whisperable) -> None:
    """Do what a full member of the workspace ordered for the channel; answer them alone."""
    await ctx.chat.whisper(to, await _answer(ctx, order, to))


async def _answer(ctx: Context, order: Order, to: Whisperable) -> Message:
    try:
        person = await ctx.chat.person(to.user_id)
    except SlackTrouble as trouble:
        return refusals.slack_trouble(trouble)
    member = membership(person, ctx.workspace.team_id)
    if isinstance(member, NotMember):
        return refusals.not_a_member(member.why)
    match order:
        case Mute(None):
            return alerts.how_to_mute(ctx.command)
        case Mute(int() as ms):
            return await _mute(ctx, to, ms)
        case Unmute():
            return await _unmute(ctx, to)
        case _:
            return await _here(ctx, to.place.channel)


async def _mute(ctx: Context, to: Whisperable, ms: int) -> Message:
    until, channel = ctx.clock.now() + ms, to.place.channel
    value = json.dumps({"until": until, "by": to.user_id})
    await ctx.store.set_note(routing.MUTE + channel, value)
    await ctx.store.record("muted", {"channel": channel, "until": until, "slack_user": to.user_id})
    log.info("channel muted", channel=channel, user=to.user_id, until=until)
    return alerts.muted(until, ctx.command)


async def _unmute(ctx: Context, to: Whisperable) -> Message:
    channel = to.place.channel
    was = channel in await routing.mutes(ctx)
    await ctx.store.set_note(routing.MUTE + channel, None)
    if was:
        await ctx.store.record("unmuted", {"channel": channel, "slack_user": to.user_id})
    return alerts.unmuted() if was else alerts.not_muted()


async def _here(ctx: Context, channel: str) -> Message:
    policy = ctx.policy
    mute = (await routing.mutes(ctx)).get(channel)
    return alerts.here(
        [route for route in policy.routes if route.channel == channel],
        is_default=channel == ctx.alert_channel,
        others=bool(policy.routes),
        production=policy.alerts.production,
        quiet=policy.alerts.quiet,
        timezone=policy.timezone,
        muted=(mute.until, mute.by) if mute else None,
    )
