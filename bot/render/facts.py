"""What a card says about the run itself: whose, since when, where, and why it failed."""

from bot.core.execution import Cause, CauseKind, Environments, EnvironmentType, Execution
from bot.render.blocks import date, duration, link, safe_url
from bot.render.choices import environment_name
from bot.render.states import state
from bot.render.untrusted import mrkdwn

_NAME, _MOST_ENVIRONMENTS = 80, 6
REASON = 700


def about(execution: Execution, environments: Environments) -> tuple[str, ...]:
    """Write the small lines under the headline, as markup."""
    lines = [" · ".join(_origin(execution)), " · ".join(_times(execution))]
    if said := _environments(environments):
        lines.append(said)
    return tuple(lines)


def reason(execution: Execution, limit: int = REASON) -> str:
    """Write why it failed in Harness's words, as markup; empty when Harness gave none."""
    if not execution.failure.strip():
        return ""
    return f"*Reason:* {mrkdwn(execution.failure, limit)}"


def starter(cause: Cause) -> str:
    """Name who or what started a run, as markup; empty when that is not known."""
    name = mrkdwn(cause.name or cause.email, _NAME) if cause.name or cause.email else ""
    match cause.kind:
        case CauseKind.PERSON:
            return name or "a person"
        case CauseKind.API_KEY:
            return f"the API key {name}" if name else "an API key"
        case CauseKind.TRIGGER:
            return f"the trigger {name}" if name else "a trigger"
        case CauseKind.PIPELINE:
            return f"the pipeline {name}" if name else "another pipeline"
        case CauseKind.UNKNOWN:
            return name


def took(execution: Execution) -> str:
    """Say how long it ran: ``after 4 min 12 s``; empty when that is not known."""
    return "" if execution.seconds is None else f"after {duration(execution.seconds)}"


def _origin(execution: Execution) -> list[str]:
    parts = []
    if execution.application:
        parts.append(f"Application *{mrkdwn(execution.application, _NAME)}*")
    if who := starter(execution.cause):
        parts.append(f"started by {who}")
    if safe_url(execution.url):
        parts.append(link(execution.url, "Open in Harness"))
    return [*parts, f"Execution {mrkdwn(execution.ref.id, 40)}"]


def _times(execution: Execution) -> list[str]:
    if execution.ended_at is None:
        begun = execution.started_at or execution.created_at
        return [f"Started {date(begun)}"]
    word = state(execution.status).word
    return [
        f"{word[0].upper()}{word[1:]} {date(execution.ended_at)}",
        *filter(None, [_ran(execution)]),
    ]


def _ran(execution: Execution) -> str:
    return "" if execution.seconds is None else f"ran {duration(execution.seconds)}"


def _environments(environments: Environments) -> str:
    if not environments.known:
        return "" if environments.complete else "Environments: not known"
    named = []
    for environment in environments.known[:_MOST_ENVIRONMENTS]:
        name = mrkdwn(environment_name(environment), _NAME // 2)
        match environment.type:
            case EnvironmentType.PROD:
                named.append(f"⚠️ *{name}* (production)")
            case EnvironmentType.NON_PROD:
                named.append(f"{name} (non-production)")
            case None:
                named.append(f"⚠️ *{name}* (perhaps production)")
    more = len(environments.known) - len(named)
    tail = f" and {more} more" if more else ""
    rest = "" if environments.complete else ", perhaps others"
    return f"Environments: {', '.join(named)}{tail}{rest}"
