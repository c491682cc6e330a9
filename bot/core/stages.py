"""Which stage groups an execution can be resumed from, and why not when it cannot.

The service restarts a whole *group*: the rows that stand together and share a stage name, because
they run in parallel or are turns of one loop (facts 3.4, 3.5). It offers the groups in the
pipeline's order, up to and including the first one with a failure, and never one after it: naming
a later group is answered by misleading errors, or by a run that fails at once. It finds the group
by its name and takes the first that matches, so a name that appears a second time cannot be
addressed. Ruling 1 settles the rest.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from bot.core.execution import ENDED, NEGATIVE, UNSTARTED, Execution, Stage, StageKind, Status


@dataclass(frozen=True, slots=True)
class StageGroup:
    """Rows that are resumed together; *key* is the position of the group in its execution."""

    key: int
    name: str
    rows: tuple[Stage, ...]

    @property
    def steps(self) -> tuple[str, ...]:
        """Name the group's distinct members in order; a loop's turns count once."""
        return tuple(dict.fromkeys(row.step for row in self.rows if row.step))

    @property
    def label(self) -> str:
        """Say the name, with the members when they tell more: ``STAGE 1 (Mongo, Redis)``."""
        steps = self.steps
        name = self.name if self.name.strip() else "unnamed stage"
        if not steps or steps == (self.name,):
            return name
        return f"{name} ({', '.join(steps)})"

    @property
    def status(self) -> Status:
        """Sum the rows up: the worst that happened, else what still goes on."""
        return min((row.status for row in self.rows), key=_PRECEDENCE.index)

    @property
    def negative(self) -> bool:
        """Whether a row of it failed in any way."""
        return any(row.status in NEGATIVE for row in self.rows)

    @property
    def ended(self) -> bool:
        """Whether every row of it has ended."""
        return all(row.status in ENDED for row in self.rows)

    @property
    def unstarted(self) -> bool:
        """Whether a row of it never started."""
        return any(row.status in UNSTARTED for row in self.rows)


_PRECEDENCE = (
    Status.ERROR,
    Status.FAILED,
    Status.REJECTED,
    Status.EXPIRED,
    Status.ABORTED,
    Status.WAITING,
    Status.PAUSED,
    Status.RUNNING,
    Status.RESUMED,
    Status.PREPARING,
    Status.QUEUED,
    Status.SUCCESS,
    Status.SKIPPED,
)


class Blocked(StrEnum):
    """Why a group of a resumable execution cannot be chosen."""

    NAME_TAKEN = "an earlier stage has the same name, and Harness would restart that one"
    UNNAMED = "it has no name, and Harness finds a stage by its name"
    NOT_ENDED = "it has not ended"
    AFTER_FAILURE = "it comes after the failure and runs again by itself"
    NOT_STARTED = "it never started and runs by itself"


@dataclass(frozen=True, slots=True)
class Choice:
    """A group of a resumable execution; ``blocked`` is ``None`` when it can be resumed from."""

    group: StageGroup
    blocked: Blocked | None = None


@dataclass(frozen=True, slots=True)
class Resumable:
    """An execution that can be resumed: every group in order, each offered or blocked."""

    choices: tuple[Choice, ...]

    @property
    def offered(self) -> tuple[StageGroup, ...]:
        """List the groups that can be resumed from, in the pipeline's order."""
        return tuple(c.group for c in self.choices if c.blocked is None)

    @property
    def failed(self) -> StageGroup | None:
        """Name the first group with a failure; ``None`` for a run aborted between stages."""
        return next((c.group for c in self.choices if c.group.negative), None)


class Why(StrEnum):
    """Why an execution cannot be resumed at all; the sentences are in ``render.words``."""

    SUCCEEDED = "succeeded"
    RUNNING = "running"
    ABORTING = "aborting"
    PAUSED = "paused"
    APPROVAL = "approval"
    WAITING = "waiting"
    NO_STAGES = "no stages"
    NOTHING_STARTED = "nothing started"
    NOTHING_ADDRESSABLE = "nothing addressable"


@dataclass(frozen=True, slots=True)
class NotResumable:
    """An execution that cannot be resumed, and why."""

    why: Why


def group_stages(stages: tuple[Stage, ...]) -> tuple[StageGroup, ...]:
    """Merge consecutive rows with one stage name; a row without a name stands alone."""
    runs = groupby(enumerate(stages), key=lambda at: at[1].name or at[0])
    return tuple(
        StageGroup(key, rows[0].name, rows)
        for key, rows in enumerate(tuple(row for _, row in run) for _, run in runs)
    )


def assess(execution: Execution) -> Resumable | NotResumable:
    """Decide whether *execution* can be resumed, and from where."""
    match execution.status:
        case Status.SUCCESS | Status.SKIPPED:
            return NotResumable(Why.SUCCEEDED)
        case Status.QUEUED | Status.PREPARING | Status.RUNNING | Status.RESUMED:
            return NotResumable(Why.RUNNING)
        case Status.PAUSED:
            return NotResumable(Why.APPROVAL if _awaits_approval(execution) else Why.PAUSED)
        case Status.WAITING:
            return NotResumable(Why.WAITING)
        case Status.ABORTED if not execution.ended:
            return NotResumable(Why.ABORTING)
        case Status.FAILED | Status.ERROR | Status.ABORTED | Status.REJECTED | Status.EXPIRED:
            return _choices(group_stages(execution.stages))


def _awaits_approval(execution: Execution) -> bool:
    return any(s.kind is StageKind.APPROVAL and s.status is Status.PAUSED for s in execution.stages)


def _choices(groups: tuple[StageGroup, ...]) -> Resumable | NotResumable:
    if not groups:
        return NotResumable(Why.NO_STAGES)
    if all(row.status in UNSTARTED for group in groups for row in group.rows):
        return NotResumable(Why.NOTHING_STARTED)
    failed = next((g.key for g in groups if g.negative), None)
    unstarted = next((g.key for g in groups if g.unstarted), len(groups))
    end = unstarted if failed is None else failed + 1
    seen: set[str] = set()
    choices: list[Choice] = []
    for group in groups:
        choices.append(Choice(group, _blocked(group, end, seen, after_failure=failed is not None)))
        seen.add(group.name)
    if all(choice.blocked for choice in choices):
        return NotResumable(Why.NOTHING_ADDRESSABLE)
    return Resumable(tuple(choices))


def _blocked(group: StageGroup, end: int, seen: set[str], *, after_failure: bool) -> Blocked | None:
    if group.key >= end:
        return Blocked.AFTER_FAILURE if after_failure else Blocked.NOT_STARTED
    if not after_failure and not group.ended:
        return Blocked.NOT_ENDED
    if not group.name.strip():  # "Empty pipeline stage name." (facts 3.2, check 1)
        return Blocked.UNNAMED
    if group.name in seen:
        return Blocked.NAME_TAKEN
    return None
