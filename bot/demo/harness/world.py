"""The world of one Harness account: build it, start runs in it, and move them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from bot.demo.harness.directory import Directory
from bot.demo.harness.engine import Engine, stage_names
from bot.demo.harness.ids import Ids
from bot.demo.harness.people import ApiKey
from bot.demo.harness.plan import (
    Application,
    Environment,
    EventRule,
    Freeze,
    Pipeline,
    Stage,
    Trigger,
)
from bot.demo.harness.runs import Change, Resume, Row, Run, Starter, WorkflowRun
from bot.demo.harness.status import BUSY, Raw


class World(Directory):
    """Everything that exists in the account, and the only way to change it without HTTP."""

    def __init__(self, account: str, now: Callable[[], float], seed: int = 7) -> None:
        """Make an empty account; `now` gives epoch seconds."""
        super().__init__(account, Ids(seed))
        self.now = now
        self.flags: set[str] = set()  # Harness's account feature flags
        self.queue_seconds = 0.0
        self.prepare_seconds = 0.0
        self.deployments_per_day: int | None = None
        self.portal = "https://app.harness.io"
        self.applications: list[Application] = []
        self.environments: list[Environment] = []
        self.pipelines: list[Pipeline] = []
        self.triggers: list[Trigger] = []
        self.freezes: list[Freeze] = []
        self.event_rules: list[EventRule] = []
        self.runs: dict[str, Run] = {}
        self.resumes: list[Resume] = []
        self.changes: list[Change] = []
        self.listeners: list[Callable[[Change], None]] = []
        self.engine = Engine(self.ids, self.freezes, self._announce)

    # Build it.

    def application(self, name: str, service: str = "") -> Application:
        """Add an application with one service."""
        app = Application(self.ids.new(), name, self.ids.new(), service or f"{name.lower()}-api")
        self.applications.append(app)
        return app

    def environment(self, app: Application, name: str, *, prod: bool) -> Environment:
        """Add an environment."""
        kind: Literal["PROD", "NON_PROD"] = "PROD" if prod else "NON_PROD"
        environment = Environment(self.ids.new(), name, kind, app.id)
        self.environments.append(environment)
        return environment

    def pipeline(self, app: Application, name: str, *stages: Stage) -> Pipeline:
        """Add a pipeline of stages that run one after the other."""
        pipeline = Pipeline(self.ids.new(), name, app, tuple(map(self.with_ids, stages)))
        self.pipelines.append(pipeline)
        return pipeline

    def with_ids(self, stage: Stage) -> Stage:
        """Give each element of a stage the ids that it still lacks."""
        return replace(
            stage,
            elements=tuple(
                replace(
                    element,
                    id=element.id or self.ids.new(),
                    workflow_id=element.workflow_id or self.ids.new(),
                )
                for element in stage.elements
            ),
        )

    def trigger(self, app: Application, name: str) -> Trigger:
        """Add a trigger."""
        trigger = Trigger(self.ids.new(), name, app.id)
        self.triggers.append(trigger)
        return trigger

    def freeze(self, name: str, *environments: Environment) -> Freeze:
        """Begin a deployment freeze; without environments it is the master freeze."""
        freeze = Freeze(name, environments)
        self.freezes.append(freeze)
        return freeze

    def event_rule(
        self,
        app: Application,
        url: str,
        headers: dict[str, str] | None = None,
        name: str = "bot",
    ) -> EventRule:
        """Configure an event rule that sends all events of the application."""
        rule = EventRule(self.ids.new(), name, app.id, url, headers or {})
        self.event_rules.append(rule)
        return rule

    # Run it.

    def start(
        self,
        pipeline: Pipeline,
        *,
        by: Starter,
        ago: float = 0.0,
        notes: str | None = None,
        using: str | None = None,
        stops_before: int | None = None,
        held: bool = False,
    ) -> Run:
        """Start a run, `ago` seconds before now; everything due since then happens at once.

        `stops_before` aborts it between two stages, so that no row is negative (ruling 1);
        `held` keeps it in the queue until `begin`.
        """
        channel = using or ("GRAPHQL_API" if isinstance(by, ApiKey) else "WEB_UI")
        run = Run(
            self.ids.new(),
            pipeline,
            pipeline.name,
            pipeline.stages,
            by,
            self.now() - ago,
            notes=notes,
            using=channel,
            stops_before=stops_before,
        )
        run.rows = self.engine.rows(pipeline.stages, stage_names(pipeline.stages))
        return self.enter(run, held=held)

    def enter(self, run: Run, *, held: bool = False) -> Run:
        """Put a new run into the queue."""
        leaves = run.created + self.queue_seconds
        run.queued_until = None if held else leaves
        run.prepared_until = leaves + self.prepare_seconds if self.prepare_seconds else None
        self.runs[run.id] = run
        self.engine.advance(run, self.now())
        return run

    def workflow_run(
        self,
        app: Application,
        name: str,
        by: Starter,
        status: str = "FAILED",
    ) -> WorkflowRun:
        """Run a workflow on its own, outside any pipeline."""
        at = self.now()
        row = Row("", self.ids.new(), "", name, "workflow", 0, status=Raw(status))
        row.started, row.ended, row.message = at, at, "Shell Script: exit 1"
        alone = WorkflowRun(self.ids.new(), app, name, row, None, by, at)
        self.engine.workflow_runs[alone.id] = alone
        return alone

    def tick(self) -> None:
        """Let all runs happen up to now."""
        self.advance(self.now())

    def advance(self, now: float) -> None:
        """Let all runs happen up to this moment, in epoch seconds."""
        for run in list(self.runs.values()):
            self.engine.advance(run, now)

    # Move one run by hand, whatever its script says.

    def begin(self, run: Run) -> None:
        """Take a run out of the queue at once."""
        if run.status in {Raw.QUEUED, Raw.PREPARING}:
            self.engine.begin(run, self.now())

    def end(self, row: Row, status: str) -> None:
        """End a busy row with a status; its run goes on or ends accordingly."""
        run = self.run_of(row)
        if row.status not in BUSY:
            message = f"{row.step} is {row.status}, so it cannot end"
            raise ValueError(message)
        self.engine.end_row(run, row, Raw(status), self.now())

    def finish(self, row: Row) -> None:
        """Let a busy row succeed."""
        self.end(row, "SUCCESS")

    def fail(self, row: Row, message: str | None = None) -> None:
        """Let a busy row fail."""
        row.message = message or row.message
        self.end(row, "FAILED")

    def approve(self, row: Row) -> None:
        """Approve a waiting approval."""
        self.end(row, "SUCCESS")

    def reject(self, row: Row, message: str = "Rejected by Dana Ops") -> None:
        """Reject a waiting approval."""
        row.message = message
        self.end(row, "REJECTED")

    def expire(self, row: Row) -> None:
        """Let a waiting row expire."""
        self.end(row, "EXPIRED")

    def wait(self, row: Row) -> None:
        """Let a running workflow wait for a manual intervention."""
        self.engine.pause_row(self.run_of(row), row, Raw.WAITING, self.now())

    def ask_inputs(self, row: Row) -> None:
        """Let a running workflow pause for runtime inputs."""
        row.waiting_for_inputs = True
        self.engine.pause_row(self.run_of(row), row, Raw.PAUSED, self.now())

    def carry_on(self, row: Row) -> None:
        """Let a waiting row go on."""
        self.engine.continue_row(self.run_of(row), row, self.now())

    def abort(self, run: Run, *, lingers: float | None = 0.0) -> None:
        """Abort a run; it stays ABORTING for `lingers` seconds, or until `abort_done` when None."""
        if lingers == 0.0:
            self.engine.close(run, Raw.ABORTED, self.now())
            return
        run.status = Raw.ABORTING
        run.stops_at = None if lingers is None else self.now() + lingers

    def abort_done(self, run: Run) -> None:
        """Let an aborting run come to its end."""
        self.engine.close(run, Raw.ABORTED, self.now())

    def fail_preparing(self, run: Run) -> None:
        """End a run during artifact collection: FAILED, and no row ever started."""
        run.status, run.ended = Raw.FAILED, self.now()
        run.stored = list(run.rows)

    def run_of(self, row: Row) -> Run:
        """Find the run that a row belongs to."""
        return next(run for run in self.runs.values() if any(one is row for one in run.rows))

    def link(self, run: Run) -> str:
        """Write the address of a run in Harness's own pages (facts 6.4)."""
        return (
            f"{self.portal}/#/account/{self.account}/app/{run.app.id}"
            f"/pipeline-execution/{run.id}/workflow-execution/undefined/details"
        )

    def _announce(self, change: Change) -> None:
        self.changes.append(change)
        for listener in self.listeners:
            listener(change)
