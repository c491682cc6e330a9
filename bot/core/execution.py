"""An execution as the bot knows it: what ran, how it stands, and who started it.

These values are the vocabulary of the whole bot. Adapters make them from a service's answers and
nothing else in the bot knows how those answers looked. Times are epoch milliseconds, as Harness
gives them (facts 1.6), because they are only ever compared, subtracted and shown.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Status(StrEnum):
    """The state of an execution or of one stage row (facts 4.1)."""

    PREPARING = "PREPARING"
    """GraphQL says ``null``: the run collects artifacts and manifests."""
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    """An approval, runtime inputs or a person's hand holds it."""
    WAITING = "WAITING"
    """A manual intervention or a resource lock holds it."""
    RESUMED = "RESUMED"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    ERROR = "ERROR"
    ABORTED = "ABORTED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    SKIPPED = "SKIPPED"


NEGATIVE = frozenset({Status.FAILED, Status.ERROR, Status.ABORTED, Status.REJECTED, Status.EXPIRED})
"""A run that ended so can be resumed; a stage row that ended so closes the list of choices."""

ENDED = NEGATIVE | {Status.SUCCESS, Status.SKIPPED}
UNSTARTED = frozenset({Status.QUEUED, Status.PREPARING})


@dataclass(frozen=True, slots=True)
class ExecutionRef:
    """The address of an execution.

    *scope* is opaque outside the adapter that made the reference (for FirstGen the application's
    id) and empty when only the id is known, as after ``/resume <execId>``.
    """

    id: str
    scope: str = ""


class StageKind(StrEnum):
    """What a row of the stage list is; FirstGen knows just these two (facts 2.1)."""

    WORKFLOW = "workflow"
    APPROVAL = "approval"


@dataclass(frozen=True, slots=True)
class Stage:
    """One row of an execution's stage list; rows are told apart by position only (facts 3.5)."""

    name: str
    """The stage's name, shared by parallel siblings; empty when the service gave none."""
    step: str
    """The element's own name: the workflow's or the approval's."""
    kind: StageKind
    status: Status
    run_id: str = ""
    """The workflow execution of this row; empty until it has started and for approvals."""


class CauseKind(StrEnum):
    """Who or what started an execution."""

    PERSON = "person"
    API_KEY = "api key"
    TRIGGER = "trigger"
    PIPELINE = "pipeline"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Cause:
    """Who or what started an execution; *email* only for a person."""

    kind: CauseKind = CauseKind.UNKNOWN
    name: str = ""
    email: str = ""


class EnvironmentType(StrEnum):
    """The two kinds of environment that permissions distinguish."""

    PROD = "PROD"
    NON_PROD = "NON_PROD"


@dataclass(frozen=True, slots=True)
class Environment:
    """A deployment environment that an execution uses."""

    id: str
    name: str = ""
    type: EnvironmentType | None = None
    """``None`` when the service did not say; treated as production wherever that is stricter."""


@dataclass(frozen=True, slots=True)
class Environments:
    """The environments of an execution, and whether the list is known to be all of them."""

    known: tuple[Environment, ...] = ()
    complete: bool = False
    """``False``: the run may use others too, so permission demands all (ruling 22)."""

    def joined(self, other: "Environments") -> "Environments":
        """Put both lists together: whole if one of them is, and lacks none of the other's."""
        both = {e.id: e for e in other.known} | {e.id: e for e in self.known if e.type}
        both = {e.id: e for e in self.known} | both
        whole = any(
            each.complete and len({e.id for e in each.known}) == len(both) for each in (self, other)
        )
        return Environments(tuple(both.values()), complete=whole)

    def production(self) -> tuple[Environment, ...]:
        """Name those that are, or may be, production."""
        return tuple(e for e in self.known if e.type is not EnvironmentType.NON_PROD)


NO_ENVIRONMENTS = Environments()
"""Nothing is known of them."""


@dataclass(frozen=True, slots=True)
class Execution:
    """One pipeline execution, as read at one moment."""

    ref: ExecutionRef
    status: Status
    stages: tuple[Stage, ...]
    pipeline: str = ""
    pipeline_id: str = ""
    application: str = ""
    cause: Cause = field(default_factory=Cause)
    url: str = ""
    """The service's own link to it; the only link that the bot ever posts (ruling 5)."""
    created_at: int | None = None
    started_at: int | None = None
    ended_at: int | None = None
    failure: str = ""
    """The service's words on why it failed; empty for aborted, expired, error (facts 2.1)."""

    @property
    def name(self) -> str:
        """Call the pipeline by its name, else by the execution's id."""
        return self.pipeline or self.ref.id

    @property
    def ended(self) -> bool:
        """Whether nothing of it runs any more; ABORTED may still be aborting (facts 4.1)."""
        if self.status is Status.ABORTED:
            return self.ended_at is not None
        return self.status in ENDED

    @property
    def seconds(self) -> int | None:
        """How long it ran, in seconds; ``None`` when a time is missing."""
        begun = self.started_at or self.created_at
        if begun is None or self.ended_at is None:
            return None
        return max(0, (self.ended_at - begun) // 1000)


@dataclass(frozen=True, slots=True)
class WorkflowRun:
    """A workflow's execution, not a pipeline's; *parent* is the pipeline run around it."""

    ref: ExecutionRef
    parent: ExecutionRef | None
