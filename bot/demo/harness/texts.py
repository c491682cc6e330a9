"""The sentences of Harness's refusals, word for word (facts 1.4 and 3.2)."""

GENERIC = "An error has occurred. Please contact the Harness support team."
INVALID = "Invalid request: "
DENIED = "User not authorized: "
MANAGER_LIMIT = "You've reached your account's rate limit for data queries. Please try again later."
CDN_LIMIT = "Too many requests received, please try again later - Rate-Limit Limit 500 reached"

EMPTY_APP = "Empty app id."
EMPTY_STAGE = "Empty pipeline stage name."
EMPTY_EXECUTION = "Empty workflow execution Id."
NO_STAGES = INVALID + "You cannot resume an empty pipeline"
ARTIFACTS = (
    INVALID + "Pipeline resume is not available for a pipeline that failed during "
    "artifact collection"
)
NO_PIPELINE = INVALID + "Pipeline does not exist"
MODIFIED = INVALID + "You cannot resume a pipeline which has been modified"
SEEMS_INVALID = INVALID + "You cannot resume pipeline, seems to be invalid"
MASTER_FREEZE = "Master Deployment Freeze is active. No deployments are allowed."
NOT_AUTHORIZED = DENIED + "Not authorized"
ACCESS_DENIED = DENIED + "ACCESS_DENIED"
NOT_THE_APP = DENIED + "Not authorized to access the app"
NOT_THE_ENVIRONMENT = DENIED + "User doesn't have rights to execute Pipeline in this Environment"
ALREADY_TRIGGERED = "Pipeline is already triggered."
#: Harness's own wording of the licence limit is not among the facts; only its kind is.
USAGE_LIMIT = "Usage limit reached: no more deployments are allowed for the account today."

UNKNOWN_EXECUTION = INVALID + "Execution does not exist or access is denied"
UNKNOWN_USER = INVALID + "User does not exist"
UNKNOWN_GROUP = INVALID + "No User Group exists"
MAY_NOT_READ_USERS = INVALID + "User not authorized"
NEGATIVE_LIMIT = INVALID + "Limit argument accepts only non negative values"
APPLICATION_FILTER = INVALID + "Application Id filter is required"


class Refusal(Exception):
    """Harness says no with exactly this text."""


class ServerFault(Exception):
    """Harness breaks inside, so that the caller reads the generic text."""


def no_run(execution_id: str) -> str:
    """Refuse an id that the application does not have."""
    return f"Execution [{execution_id}] doesn't exist."


def no_stage(name: str) -> str:
    """Refuse a stage name that no stage matches."""
    return INVALID + f"Pipeline Stage does not exist or has not yet started: [{name}]"


def workflow_run(execution_id: str) -> str:
    """Refuse to resume what is not a pipeline's run."""
    return INVALID + f"Pipeline resume not available for workflow executions: {execution_id}"


def not_resumable(execution_id: str) -> str:
    """Refuse a status that cannot be resumed; the double brackets are real."""
    return INVALID + (
        f"Pipeline resume is not available for [{execution_id}]. "
        "Resumable states are : [[ABORTED, ERROR, FAILED, REJECTED, EXPIRED]]"
    )


def not_latest(execution_id: str) -> str:
    """Refuse a run that was resumed before."""
    return INVALID + (
        "Pipeline resume is only available on the latest iteration of a resumed execution: "
        f"{execution_id}"
    )


def workflow_added(stage: str) -> str:
    """Refuse a stage that has an element more than when it ran."""
    return f"{MODIFIED}. Pipeline stage [{stage}] modified and a workflow has been added."


def workflow_removed(stage: str, step: str) -> str:
    """Refuse a stage that lost an element since it ran."""
    return (
        f"{MODIFIED}. Pipeline stage [{stage}] modified and a workflow [{step}] has been removed."
    )


def workflow_changed(stage: str, step: str) -> str:
    """Refuse a stage whose element points at another workflow than when it ran."""
    return (
        f"{MODIFIED}. Pipeline stage [{stage}] modified and a workflow [{step}] has been changed."
    )


def incomplete(stage: str) -> str:
    """Refuse a live definition with an unfinished stage."""
    return f"{SEEMS_INVALID}. Stage {{ {stage} }} is incomplete/invalid"


def frozen(names: list[str]) -> str:
    """Refuse because of freeze windows, singular or plural."""
    words = f"Window [{names[0]}] is" if len(names) == 1 else f"Windows [{', '.join(names)}] are"
    return (
        f"Deployment Freeze {words} active for the environment. "
        "No deployments are allowed to proceed."
    )


def no_approval(execution_id: str) -> str:
    """Answer that nothing waits for an approval; the snapshot was refreshed all the same."""
    return INVALID + f"No Approval found for execution [{execution_id}]"
