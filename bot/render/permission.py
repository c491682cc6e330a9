"""Why a person may not resume, and what they would need (facts 5.1), a sentence for each reason."""

from collections.abc import Sequence

from bot.core.execution import Environment, EnvironmentType, Execution
from bot.core.permission import Denied, Refusal
from bot.render.choices import environment_name
from bot.render.untrusted import mrkdwn

_NAME, _MOST_NAMED = 100, 5
_ASK = "Ask your Harness administrator"
_GRANT = f"{_ASK} for the permission Deployments: Execute Pipeline"
_PLAIN = {
    Refusal.NO_USER: (
        f"Harness knows no user with your e-mail address {{email}}. {_ASK} to invite you, "
        "or whoever looks after this bot to map your user."
    ),
    Refusal.DISABLED: f"Your Harness user ({{email}}) is disabled. {_ASK}.",
    Refusal.LOCKED: f"Your Harness user ({{email}}) is locked. {_ASK} to unlock it.",
    Refusal.UNVERIFIED: (
        "The e-mail address of your Harness user ({email}) is not verified. "
        "Accept the invitation to Harness, or log in to it once."
    ),
    Refusal.STATE_UNKNOWN: (
        "Harness did not say whether your user ({email}) is active, and the bot does not guess. "
        "Try again in a minute."
    ),
    Refusal.APPLICATION_UNKNOWN: (
        "Harness did not say which application it belongs to. Try again in a minute."
    ),
}
_TYPES = {EnvironmentType.PROD: "production", EnvironmentType.NON_PROD: "non-production"}


def why_denied(denied: Denied, execution: Execution, email: str) -> str:
    """Say, as markup, what the person lacks, whom to ask, and which groups were not read."""
    said = _reason(denied, execution, mrkdwn(email, _NAME))
    if denied.why is not Refusal.UNCONFIRMED and denied.unconfirmed:
        said += f" {_unconfirmed(denied)}"
    if denied.unread:
        said += f" Harness did not show these groups of yours: {_names(denied.unread)}."
    if denied.more_groups:
        said += " You have more user groups than the bot could read; one of them may allow it."
    return said


def _reason(denied: Denied, execution: Execution, email: str) -> str:
    where = mrkdwn(execution.application, _NAME) if execution.application else "its application"
    match denied.why:
        case (
            Refusal.NO_USER
            | Refusal.DISABLED
            | Refusal.LOCKED
            | Refusal.UNVERIFIED
            | Refusal.STATE_UNKNOWN
            | Refusal.APPLICATION_UNKNOWN
        ):
            return _PLAIN[denied.why].format(email=email)
        case Refusal.NO_GRANT:
            return f"None of your Harness user groups may execute pipelines of {where}. {_GRANT}."
        case Refusal.OTHER_PIPELINES:
            return (
                f"Your Harness user groups may execute other pipelines of {where}, but not this "
                f"one. {_GRANT}."
            )
        case Refusal.ENVIRONMENTS:
            return (
                f"Your Harness user groups may not execute it in {_environments(denied)}. "
                f"{_GRANT} there."
            )
        case Refusal.ENVIRONMENTS_UNKNOWN:
            return (
                "Which environments it uses is not known for certain, so you need the right to "
                f"execute pipelines in all of them. Missing: {_environments(denied)}. {_GRANT} "
                "there."
            )
        case Refusal.UNCONFIRMED:
            return _unconfirmed(denied)


def _unconfirmed(denied: Denied) -> str:
    groups = _names(denied.unconfirmed) if denied.unconfirmed else "one of your groups"
    return (
        f"It would be granted by {groups}, but Harness did not confirm which applications that "
        "covers. Try again in a minute; if it stays so, ask your Harness administrator."
    )


def _environments(denied: Denied) -> str:
    if denied.environments:
        return _names([_environment(e) for e in denied.environments])
    kinds = " and ".join(_TYPES[kind] for kind in denied.types)
    return f"all {kinds} environments" if kinds else "some of its environments"


def _environment(environment: Environment) -> str:
    kind = f" ({_TYPES[environment.type]})" if environment.type is not None else ""
    return environment_name(environment) + kind


def _names(names: Sequence[str]) -> str:
    named = [mrkdwn(name, _NAME) for name in names[:_MOST_NAMED]]
    if len(names) > _MOST_NAMED:
        named.append(f"{len(names) - _MOST_NAMED} more")
    return ", ".join(named)
