"""Runs of pipelines and workflows: what truly happens, and the stale copy that Harness shows."""

from copy import copy
from dataclasses import dataclass, field
from typing import Literal

from bot.demo.harness.people import ApiKey, User
from bot.demo.harness.plan import (
    Application,
    Environment,
    Kind,
    Pipeline,
    Stage,
    Trigger,
    environments_of,
)
from bot.demo.harness.status import BUSY, ENDED, NEGATIVE, Raw

Starter = User | ApiKey | Trigger
ChangeKind = Literal[
    "pipeline_start",
    "pipeline_end",
    "pipeline_pause",
    "pipeline_continue",
    "workflow_start",
    "workflow_end",
    "workflow_pause",
    "workflow_continue",
    "freeze_rejection",
]


@dataclass(eq=False, slots=True)
class Row:
    """One row of a run; `group` is the parallel index that GraphQL hides."""

    element_id: str
    workflow_id: str
    stage: str
    step: str
    kind: Kind
    group: int
    environments: tuple[Environment, ...] = ()
    status: Raw = Raw.QUEUED
    workflow_execution_id: str | None = None
    looped: bool = False
    loop: int = 0
    reused: bool = False
    nameless: bool = False
    skip: bool = False
    approval_id: str | None = None
    approval_type: str | None = None
    approvers: tuple[str, ...] = ()
    started: float | None = None
    ended: float | None = None
    due: float | None = None
    outcome: Raw = Raw.SUCCESS
    seconds: float | None = None
    expires: float = 0.0
    message: str = ""
    waiting_for_inputs: bool = False

    @property
    def has_ended(self) -> bool:
        """Tell whether the row came to its end."""
        return self.status in ENDED


@dataclass(eq=False, slots=True)
class Run:
    """One execution of a pipeline. `rows` is the truth, `stored` the snapshot that is shown."""

    id: str
    pipeline: Pipeline
    pipeline_name: str
    stages: tuple[Stage, ...]
    starter: Starter
    created: float
    status: Raw = Raw.QUEUED
    rows: list[Row] = field(default_factory=list)
    stored: list[Row] = field(default_factory=list)
    derived: Raw = Raw.RUNNING
    started: float | None = None
    ended: float | None = None
    queued_until: float | None = None
    prepared_until: float | None = None
    stops_at: float | None = None
    stops_before: int | None = None
    resume_root: str | None = None
    latest: bool = False
    previous: "Run | None" = None
    using: str = "WEB_UI"
    notes: str | None = None
    message: str | None = None

    @property
    def app(self) -> Application:
        """Name the application of the pipeline."""
        return self.pipeline.app

    @property
    def by_person(self) -> bool:
        """Tell whether a person started it in the browser, so that the snapshot goes stale."""
        return isinstance(self.starter, User)

    @property
    def environments(self) -> tuple[Environment, ...]:
        """List every environment of the pipeline as it was when this run began."""
        return environments_of(self.stages)

    @property
    def chain(self) -> str:
        """Name the first run of the chain of resumes."""
        return self.resume_root or self.id

    @property
    def shown(self) -> Raw:
        """Read the stored status: PAUSED and WAITING are only as fresh as the snapshot."""
        return self.derived if self.status is Raw.RUNNING else self.status

    def group(self, index: int) -> list[Row]:
        """List the rows of one parallel group."""
        return [row for row in self.rows if row.group == index]

    def row(self, step: str) -> Row:
        """Find the row of a step by its own name, the first one if it loops."""
        return next(row for row in self.rows if row.step == step)

    def busy(self) -> list[Row]:
        """List the rows that have begun and not ended."""
        return [row for row in self.rows if row.status in BUSY]

    def refresh(self) -> None:
        """Store the truth as the snapshot, as `approvalDetails` and two REST calls do (3.6)."""
        if self.status not in {Raw.QUEUED, Raw.PREPARING}:
            self.stored = [copy(row) for row in self.rows]
        statuses = {row.status for row in self.rows}
        if Raw.WAITING in statuses:
            self.derived = Raw.WAITING
        elif Raw.PAUSED in statuses and Raw.RUNNING not in statuses:
            self.derived = Raw.PAUSED
        else:
            self.derived = Raw.RUNNING


@dataclass(eq=False, slots=True)
class WorkflowRun:
    """One execution of a workflow: a row of the pipeline run that began it, or on its own."""

    id: str
    app: Application
    name: str
    row: Row
    run: Run | None
    starter: Starter
    created: float


@dataclass(frozen=True, slots=True)
class Change:
    """Something happened in the world, at this time in epoch seconds."""

    at: float
    kind: ChangeKind
    run: Run
    row: Row | None = None


@dataclass(frozen=True, slots=True)
class Resume:
    """A resume that took effect: exactly what "once" is counted by."""

    at: float
    old: str
    new: str
    stage: str
    group: int
    key: str


def boundary(rows: list[Row]) -> int:
    """Find the last group that a resume may name cleanly (facts 3.4).

    It is the first group with a negative row, or else the last one before the first group with a
    row that has not ended; -1 when there is none.
    """
    for index in range(max((row.group for row in rows), default=-1) + 1):
        statuses = [row.status for row in rows if row.group == index]
        if any(status in NEGATIVE for status in statuses):
            return index
        if any(status not in ENDED for status in statuses):
            return index - 1
    return max((row.group for row in rows), default=-1)
