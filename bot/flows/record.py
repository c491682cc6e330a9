"""What the audit trail keeps of an attempt: who, what, which run, how it stands. No secrets."""

from bot.core.attempt import Attempt
from bot.ports import Record


def record_of(what: str, attempt: Attempt) -> Record:
    """Record *what* happened to *attempt*."""
    return Record(what, facts(attempt))


def facts(attempt: Attempt) -> dict[str, object]:
    """Give the facts of *attempt* for one audit record."""
    return {
        "attempt": attempt.id,
        "correlation": attempt.correlation,
        "slack_user": attempt.presser.user_id,
        "email": attempt.presser.email,
        "harness_user": attempt.presser.harness_id,
        "reason": attempt.reason,
        "second_slack_user": attempt.second.user_id if attempt.second else "",
        "second_email": attempt.second.email if attempt.second else "",
        "second_harness_user": attempt.second.harness_id if attempt.second else "",
        "execution": attempt.execution.id,
        "application": attempt.execution.scope,
        "stage": attempt.chosen.name,
        "state": str(attempt.state),
        "run": attempt.run.id if attempt.run else "",
        "outcome": attempt.outcome or attempt.lost,
    }
