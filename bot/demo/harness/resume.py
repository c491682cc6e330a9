"""What `resumeExecution` does: eleven checks in order, then a new run (facts 3)."""

import asyncio
from collections.abc import Sequence

from bot.demo.harness import texts
from bot.demo.harness.engine import stage_names
from bot.demo.harness.java_regex import matches
from bot.demo.harness.people import OVERRIDE_FREEZE, ApiKey, executing, may_execute
from bot.demo.harness.plan import Element, Stage, environments_of
from bot.demo.harness.runs import Resume, Row, Run, WorkflowRun, boundary
from bot.demo.harness.status import ENDED, RESUMABLE, Raw
from bot.demo.harness.texts import Refusal, ServerFault
from bot.demo.harness.world import World

_DAY = 24 * 3600.0


async def resume(
    world: World,
    key: ApiKey,
    *,
    app_id: str,
    execution_id: str,
    stage: str,
    pause: float,
) -> Run:
    """Check and start the new run; `pause` is the unlocked moment between check and flags (3.8).

    Raises `Refusal` with Harness's text, or `ServerFault` where Harness itself would break.
    """
    old = _load(world, key, app_id, execution_id, stage)
    target = _find_stage(old, stage)
    _check_run(old)
    _check_latest(old)
    _check_rows(old.stored)
    _check_definition(world, old, target)
    _check_freeze(world, key, old, target)
    _check_environments(world, key, old)
    _check_limits(world, old)
    await asyncio.sleep(pause)
    new = world.enter(_new_run(world, key, old, target))
    world.resumes.append(Resume(new.created, old.id, new.id, stage, target, key.name))
    await asyncio.sleep(pause)
    _move_flags(world, old, new)
    return new


def _load(world: World, key: ApiKey, app_id: str, execution_id: str, stage: str) -> Run:
    """Do checks 1 to 3 and the first half of 5."""
    if not app_id.strip():
        raise Refusal(texts.EMPTY_APP)
    if not stage.strip():
        raise Refusal(texts.EMPTY_STAGE)
    if not execution_id.strip():
        raise Refusal(texts.EMPTY_EXECUTION)
    run = world.runs.get(execution_id) or world.engine.workflow_runs.get(execution_id)
    if run is None or run.app.id != app_id:
        raise Refusal(texts.no_run(execution_id))
    if not key.sees(app_id):
        raise Refusal(texts.NOT_THE_APP)
    if not executing(key.grants, app_id):
        raise Refusal(texts.NOT_AUTHORIZED)
    if isinstance(run, WorkflowRun):
        raise Refusal(texts.workflow_run(execution_id))
    return run


def _find_stage(old: Run, name: str) -> int:
    """Match the name as a Java regex against the stages as stored; the first one wins (3.3)."""
    for index, stored in enumerate(stage_names(old.stages)):
        if matches(name, stored):
            return index
    raise Refusal(texts.no_stage(name))


def _check_run(old: Run) -> None:
    if old.shown not in RESUMABLE:
        raise Refusal(texts.not_resumable(old.id))


def _check_latest(old: Run) -> None:
    if old.resume_root and not old.latest:
        raise Refusal(texts.not_latest(old.id))


def _check_rows(rows: Sequence[Row]) -> None:
    if not rows:
        raise Refusal(texts.NO_STAGES)
    if all(row.status not in ENDED for row in rows):
        raise Refusal(texts.ARTIFACTS)


def _check_definition(world: World, old: Run, target: int) -> None:
    """Do checks 6 and 7 against the live pipeline and the stored snapshot (3.4, 3.6)."""
    if old.pipeline.deleted:
        raise Refusal(texts.NO_PIPELINE)
    live, names = old.pipeline.stages, stage_names(old.pipeline.stages)
    for name, stage in zip(names, live, strict=True):
        if not all(element.valid for element in stage.elements):
            raise Refusal(texts.incomplete(name))
    if len(live) <= target:
        raise Refusal(texts.MODIFIED)
    last = boundary(old.stored)
    for index in range(min(target, last + 1)):
        ran = {row.element_id: row for row in old.stored if row.group == index}
        _check_stage(names[index], live[index], ran)
    if target > last + 1:
        raise ServerFault("NullPointerException")
    kinds = {element.kind for element in live[target].elements}
    if target == last + 1 and "workflow" in kinds:
        raise Refusal(texts.workflow_added(names[target]))
    earlier = [row for row in old.stored if row.group < target]
    if "SPG_CG_FIXING_PIPELINE_RESUME" not in world.flags and any(
        row.looped and row.status is Raw.SKIPPED for row in earlier
    ):
        raise ServerFault("ClassCastException")


def _check_stage(name: str, live: Stage, ran: dict[str, Row]) -> None:
    by_id: dict[str, Element] = {element.id: element for element in live.elements}
    if any(element_id not in ran for element_id in by_id):
        raise Refusal(texts.workflow_added(name))
    for element_id, row in ran.items():
        if element_id not in by_id:
            raise Refusal(texts.workflow_removed(name, row.step))
        if by_id[element_id].workflow_id != row.workflow_id:
            raise Refusal(texts.workflow_changed(name, row.step))
        if row.stage != name:
            raise Refusal(texts.MODIFIED)


def _check_freeze(world: World, key: ApiKey, old: Run, target: int) -> None:
    if key.holds(OVERRIDE_FREEZE):
        return
    whole = old.pipeline.environments
    of_group = environments_of(old.pipeline.stages[target : target + 1])
    first = environments_of(old.pipeline.stages[:1])
    asked = (*of_group, *first) if "NEW_DEPLOYMENT_FREEZE" in world.flags else whole
    hits = [freeze for freeze in world.freezes if freeze.hits(asked)]
    if not hits:
        return
    if "SPG_SAVE_REJECTED_BY_FREEZE_WINDOWS" in world.flags:
        _save_rejected(world, key, old)
    if any(not freeze.environments for freeze in hits):
        raise Refusal(texts.MASTER_FREEZE)
    raise Refusal(texts.frozen([freeze.name for freeze in hits]))


def _save_rejected(world: World, key: ApiKey, old: Run) -> None:
    """Store the REJECTED run that Harness leaves although the mutation fails (3.7)."""
    now = world.now()
    rejected = Run(
        world.ids.new(),
        old.pipeline,
        old.pipeline.name,
        old.pipeline.stages,
        key,
        now,
        status=Raw.REJECTED,
        ended=now,
        using="GRAPHQL_API",
        message="Deployment Freeze window is active. No deployments are allowed.",
    )
    world.runs[rejected.id] = rejected
    world.engine.tell("freeze_rejection", rejected, now)


def _check_environments(world: World, key: ApiKey, old: Run) -> None:
    if may_execute(key.grants, old.app.id, old.pipeline.environments):
        return
    if "PIPELINE_PER_ENV_DEPLOYMENT_PERMISSION" in world.flags:
        raise Refusal(f"User not authorized to deploy PIPELINE : {old.pipeline.id}")
    raise Refusal(texts.NOT_THE_ENVIRONMENT)


def _check_limits(world: World, old: Run) -> None:
    today = [run for run in world.runs.values() if run.created > world.now() - _DAY]
    if world.deployments_per_day is not None and len(today) >= world.deployments_per_day:
        raise Refusal(texts.USAGE_LIMIT)
    if any(run.pipeline is old.pipeline and run.status is Raw.NEW for run in today):
        raise Refusal(texts.ALREADY_TRIGGERED)


def _new_run(world: World, key: ApiKey, old: Run, target: int) -> Run:
    """Make the new run: earlier groups copy what was, the others start fresh (3.1, 4.4)."""
    live = old.pipeline.stages
    new = Run(
        world.ids.new(),
        old.pipeline,
        old.pipeline.name,
        live,
        key,
        world.now(),
        previous=old,
        notes=old.notes,
        using="GRAPHQL_API",
    )
    new.resume_root = old.chain
    new.rows = [
        _reuse(row, old) if row.group < target else row
        for row in world.engine.rows(live, stage_names(live))
    ]
    return new


def _reuse(row: Row, old: Run) -> Row:
    before = next(
        one for one in old.stored if one.element_id == row.element_id and one.loop == row.loop
    )
    row.reused, row.outcome = True, before.status
    row.workflow_execution_id, row.message = before.workflow_execution_id, before.message
    row.approval_type = None
    return row


def _move_flags(world: World, old: Run, new: Run) -> None:
    old.resume_root = new.resume_root = old.chain
    for run in world.runs.values():
        if run.chain == new.resume_root:
            run.latest = run is new
