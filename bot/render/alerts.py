"""What is said around alerts: a storm's summary, a good end after all, a channel's settings."""

from collections.abc import Mapping, Sequence

from bot.core.execution import Execution
from bot.core.policy import Hours, Route
from bot.render.blocks import date, mention, message, section
from bot.render.message import Message
from bot.render.untrusted import mrkdwn

_NAME = 80
_MOST_NAMED = 8


def summary(names: Mapping[str, int], since: int, *, digest: bool = False) -> Message:
    """Say how many runs failed at once, by pipeline; *since* is epoch ms.

    With *digest* they failed in quiet hours, and are told together.
    """
    count = sum(names.values())
    most = sorted(names.items(), key=lambda item: (-item[1], item[0]))
    said = [f"{mrkdwn(name, _NAME)}{f' ({n})' if n > 1 else ''}" for name, n in most[:_MOST_NAMED]]
    if len(most) > _MOST_NAMED:
        said.append(f"{len(most) - _MOST_NAMED} more")
    runs = "1 pipeline run failed" if count == 1 else f"{count} pipeline runs failed"
    when = "in the quiet hours" if digest else f"within minutes, since {date(since)}"
    mark = "🌙" if digest else "🌩️"
    where = "Its card is" if count == 1 else "Their cards are"
    return message(f"{mark} *{runs}* {when}: {', '.join(said)}. {where} in this thread.")


def ended_well(execution: Execution, at: int) -> Message:
    """Tell an alert's thread that the run ended well after all, seen at *at* (epoch ms)."""
    ended_at = execution.ended_at or at
    return message(f"✅ *{mrkdwn(execution.name, _NAME)}* ended well after all, {date(ended_at)}.")


def undrawn(execution: Execution, command: str) -> Message:
    """Say that a run failed, where its card cannot be drawn: no failure is passed over."""
    return message(
        f"❌ *{mrkdwn(execution.name, _NAME)}* failed, and its card could not be drawn; the bot's "
        f"log has the cause. Try `{mrkdwn(command, 40)} {mrkdwn(execution.ref.id, 40)}`."
    )


def responsible(user_id: str) -> str:
    """Mention who started the run, as a note of the card."""
    return f"👋 {mention(user_id)} started this run."


def muted(until: int, command: str) -> Message:
    """Say that a channel gets no cards by themselves until a moment, epoch ms."""
    name = mrkdwn(command, 40)
    return message(
        f"🔕 No cards come into this channel by themselves until {date(until)}. "
        f"{name} with an id still works, and `{name} unmute` ends it."
    )


def unmuted() -> Message:
    """Say that cards come again."""
    return message("🔔 Cards of failed pipelines come into this channel again.")


def not_muted() -> Message:
    """Say that nothing was kept back."""
    return message("🔔 This channel was not muted.")


def how_to_mute(command: str) -> Message:
    """Say what can be typed after ``mute``."""
    name = mrkdwn(command, 40)
    return message(
        f"❔ Say for how long, at most a week: `{name} mute 30m`, `{name} mute 2h`, "
        f"`{name} mute 1d`."
    )


def here(
    routes: Sequence[Route],
    *,
    is_default: bool,
    others: bool,
    production: bool,
    quiet: Sequence[Hours],
    timezone: str,
    muted: tuple[int, str] | None,
) -> Message:
    """Tell what comes into a channel by itself, and why.

    *is_default*: it is ALERT_CHANNEL; *others*: there are routes at all; *muted*: until when (epoch
    ms), and the Slack user who did it.
    """
    lines = ["*What comes into this channel by itself*"]
    if muted is not None:
        lines.append(f"🔕 Nothing until {date(muted[0])}: {mention(muted[1])} muted it.")
    lines.append("• An alert posted here gets its card in its own thread.")
    lines += [f"• Failures {_which(r)}: a route of the policy file says so." for r in routes]
    if is_default:
        elsewhere = " that no route sends elsewhere" if others else ""
        lines.append(f"• All failures{elsewhere}: this is the bot's ALERT_CHANNEL.")
    elif not routes:
        lines.append("• Nothing else: no route names this channel, nor is it ALERT_CHANNEL.")
    if production:
        lines.append("Only runs that use production, or may, are told of (policy file).")
    if quiet:
        said = ", ".join(mrkdwn(hours.text, _NAME) for hours in quiet)
        lines.append(f"Quiet hours: {said} ({mrkdwn(timezone, 40)}); then they come together.")
    return message("Which failures come into this channel.", section("\n".join(lines)))


def _which(route: Route) -> str:
    where = route.where
    parts = [
        _listed(what, names)
        for what, names in (
            ("application", where.applications),
            ("pipeline", where.pipelines),
            ("environment", where.environments),
        )
        if names is not None
    ]
    if where.production:
        parts.append("in production")
    return " ".join(parts) if parts else "of every kind"


def _listed(what: str, names: Sequence[str]) -> str:
    return f"of {what} {' or '.join(f'*{mrkdwn(name, _NAME)}*' for name in names)}"
