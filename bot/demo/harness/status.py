"""The raw statuses of Harness's database, and what GraphQL makes of them (facts 4.1)."""

from enum import StrEnum


class Raw(StrEnum):
    """A status as the database, REST and event payloads write it."""

    NEW = "NEW"
    SCHEDULED = "SCHEDULED"
    STARTING = "STARTING"
    QUEUED = "QUEUED"
    PREPARING = "PREPARING"
    RUNNING = "RUNNING"
    DISCONTINUING = "DISCONTINUING"
    PAUSED = "PAUSED"
    PAUSING = "PAUSING"
    WAITING = "WAITING"
    RESUMED = "RESUMED"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    ERROR = "ERROR"
    ABORTED = "ABORTED"
    ABORTING = "ABORTING"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    SKIPPED = "SKIPPED"


_TOLD_OTHERWISE = {
    Raw.NEW: "QUEUED",
    Raw.SCHEDULED: "QUEUED",
    Raw.STARTING: "QUEUED",
    Raw.PREPARING: None,
    Raw.DISCONTINUING: "RUNNING",
    Raw.PAUSING: "PAUSED",
    Raw.ABORTING: "ABORTED",
}

ENDED = frozenset(
    {
        Raw.SUCCESS,
        Raw.FAILED,
        Raw.ERROR,
        Raw.ABORTED,
        Raw.REJECTED,
        Raw.EXPIRED,
        Raw.SKIPPED,
    },
)
RESUMABLE = ENDED - {Raw.SUCCESS, Raw.SKIPPED}
NEGATIVE = RESUMABLE | {Raw.DISCONTINUING}
BUSY = frozenset({Raw.RUNNING, Raw.PAUSED, Raw.WAITING})


def told(status: Raw) -> str | None:
    """Say a status as GraphQL does; None while PREPARING."""
    return _TOLD_OTHERWISE.get(status, status.value)
