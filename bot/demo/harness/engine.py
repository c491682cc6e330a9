"""How a run moves through time: queued, prepared, group after group, to its end (facts 4.2)."""

from collections.abc import Callable
from itertools import count

from bot.demo.harness.ids import Ids
from bot.demo.harness.people import OVERRIDE_FREEZE, ApiKey
from bot.demo.harness.plan import Element, Freeze, Stage
from bot.demo.harness.runs import Change, ChangeKind, Row, Run, WorkflowRun
from bot.demo.harness.status import NEGATIVE, Raw


class Engine:
    """Move runs forward to a moment, in order and repeatably."""

    def __init__(
        self,
        ids: Ids,
        freezes: list[Freeze],
        announce: Callable[[Change], None],
    ) -> None:
        """Begin with no workflow run and no attempt made."""
        self._ids = ids
        self._freezes = freezes
        self._announce = announce
        self._attempts: dict[tuple[str, str], int] = {}
        self.workflow_runs: dict[str, WorkflowRun] = {}

    def rows(self, stages: tuple[Stage, ...], names: list[str]) -> list[Row]:
        """Lay out all rows of a definition as not started; a loop makes several."""
        return [
            self._row(element, names[index], index, loop)
            for index, stage in enumerate(stages)
            for element in stage.elements
            for loop in range(max(1, len(element.loops)))
        ]

    def advance(self, run: Run, now: float) -> None:
        """Let everything happen that is due by now."""
        if run.status is Raw.QUEUED and run.queued_until is not None and run.queued_until <= now:
            self._leave_queue(run, run.queued_until)
        if (
            run.status is Raw.PREPARING
            and run.prepared_until is not None
            and run.prepared_until <= now
        ):
            self.begin(run, run.prepared_until)
        while run.status is Raw.RUNNING:
            due = [row for row in run.busy() if row.due is not None and row.due <= now]
            if not due:
                break
            first = min(due, key=lambda row: row.due or 0.0)
            self.end_row(run, first, first.outcome, first.due or now)
        if run.status is Raw.ABORTING and run.stops_at is not None and run.stops_at <= now:
            self.close(run, Raw.ABORTED, run.stops_at)

    def begin(self, run: Run, at: float) -> None:
        """Start the run's first group now."""
        run.status, run.started = Raw.RUNNING, at
        self.tell("pipeline_start", run, at)
        self._begin_group(run, 0, at)

    def end_row(self, run: Run, row: Row, status: Raw, at: float) -> None:
        """End one row; when it was the last of its group, go on or end the run."""
        paused = row.status is Raw.PAUSED
        row.status, row.ended, row.due = status, at, None
        if row.kind == "workflow":
            self.tell("workflow_end", run, at, row)
        elif paused and run.status is Raw.RUNNING:
            run.refresh()
            self.tell("pipeline_continue", run, at, row)
        self._after(run, row.group, at)

    def close(self, run: Run, status: Raw, at: float, culprit: Row | None = None) -> None:
        """End the whole run; rows still busy end ABORTED, the others stay as they are."""
        run.status, run.ended = status, at
        for row in run.busy():
            self.end_row(run, row, Raw.ABORTED, at)
        if status in {Raw.FAILED, Raw.REJECTED} and culprit:
            run.message = culprit.message
        self.tell("pipeline_end", run, at)

    def pause_row(self, run: Run, row: Row, status: Raw, at: float) -> None:
        """Let a row wait for a person: PAUSED or WAITING."""
        row.status, row.due = status, None
        run.refresh()
        self.tell("pipeline_pause" if status is Raw.PAUSED else "workflow_pause", run, at, row)

    def continue_row(self, run: Run, row: Row, at: float) -> None:
        """Let a waiting row go on with what it had to do."""
        row.status, row.waiting_for_inputs = Raw.RUNNING, False
        row.due = None if row.seconds is None else at + row.seconds
        run.refresh()
        self.tell("pipeline_continue", run, at, row)

    def _leave_queue(self, run: Run, at: float) -> None:
        if run.prepared_until is None:
            self.begin(run, at)
        else:
            run.status = Raw.PREPARING

    def _begin_group(self, run: Run, index: int, at: float) -> None:
        members = run.group(index)
        if index == run.stops_before:
            self.close(run, Raw.ABORTED, at)
            return
        if not members:
            self.close(run, Raw.SUCCESS, at)
            return
        for row in members:
            self._begin_row(run, row, at)
        self._after(run, index, at)

    def _after(self, run: Run, index: int, at: float) -> None:
        """Go on when a group has ended: to the next group, or to the end of the run."""
        members = run.group(index)
        if run.status is not Raw.RUNNING or any(not member.has_ended for member in members):
            return
        bad = next((member for member in members if member.status in NEGATIVE), None)
        if bad:
            self.close(run, bad.status, at, bad)
        else:
            self._begin_group(run, index + 1, at)

    def _begin_row(self, run: Run, row: Row, at: float) -> None:
        if row.reused:
            row.status, row.ended = row.outcome, at
            return
        row.started = at
        if row.skip:
            row.status, row.ended = Raw.SKIPPED, at
            return
        if self._is_frozen(run, row):
            row.status, row.ended = Raw.REJECTED, at
            row.message = "Deployment Freeze window is active. No deployments are allowed."
            return
        row.outcome = self._next_outcome(run, row)
        if row.kind == "workflow":
            self._begin_workflow(run, row, at)
            return
        row.approval_id = self._ids.new()
        row.status = Raw.PAUSED
        row.due = at + (row.expires if row.seconds is None else row.seconds)
        if row.seconds is None:
            row.outcome, row.message = Raw.EXPIRED, ""
        run.refresh()
        self.tell("pipeline_pause", run, at, row)

    def _begin_workflow(self, run: Run, row: Row, at: float) -> None:
        row.status = Raw.RUNNING
        row.due = None if row.seconds is None else at + row.seconds
        row.workflow_execution_id = self._ids.new()
        self.workflow_runs[row.workflow_execution_id] = WorkflowRun(
            row.workflow_execution_id,
            run.app,
            row.step,
            row,
            run,
            run.starter,
            at,
        )
        self.tell("workflow_start", run, at, row)

    def _next_outcome(self, run: Run, row: Row) -> Raw:
        """Read the script: the outcome of this attempt at the element in the chain."""
        element = _element(run, row)
        if row.looped and row.loop < len(element.loops) - 1:
            return Raw.SUCCESS
        attempt = self._attempts.get((run.chain, row.element_id), 0)
        self._attempts[(run.chain, row.element_id)] = attempt + 1
        return element.ends[min(attempt, len(element.ends) - 1)]

    def _is_frozen(self, run: Run, row: Row) -> bool:
        key = run.starter if isinstance(run.starter, ApiKey) else None
        if row.kind == "approval" or (key and key.holds(OVERRIDE_FREEZE)):
            return False
        return any(freeze.hits(row.environments) for freeze in self._freezes)

    def _row(self, element: Element, stage: str, group: int, loop: int) -> Row:
        environments = (element.loops[loop],) if element.loops else element.environments
        return Row(
            element.id,
            element.workflow_id,
            stage,
            element.step,
            element.kind,
            group,
            environments,
            looped=bool(element.loops),
            loop=loop,
            nameless=element.nameless,
            skip=element.skip,
            approval_type=element.approval_type if element.kind == "approval" else None,
            approvers=tuple(one.id for one in element.approvers),
            seconds=element.seconds,
            expires=element.expires,
            message=element.message,
        )

    def tell(self, kind: ChangeKind, run: Run, at: float, row: Row | None = None) -> None:
        """Announce a change to whoever listens."""
        self._announce(Change(at, kind, run, row))


def stage_names(stages: tuple[Stage, ...]) -> list[str]:
    """Name every stage; one without a name is `STAGE <n>`, counted from 1 (facts 3.4)."""
    return [stage.name or f"STAGE {n}" for n, stage in zip(count(1), stages, strict=False)]


def _element(run: Run, row: Row) -> Element:
    elements = run.stages[row.group].elements
    return next(element for element in elements if element.id == row.element_id)
