"""Event rules: the payloads that Harness posts to an endpoint, once and unsigned (facts 7)."""

from dataclasses import dataclass
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.demo.harness.desk import ms
from bot.demo.harness.plan import EventRule
from bot.demo.harness.runs import Change, Row, Run, Starter
from bot.demo.harness.world import World

_TIMEOUT = 30.0
_KINDS = {"User": "USER", "ApiKey": "API_KEY", "Trigger": "TRIGGER"}
_STEP_TYPES = {"workflow": "ENV_STATE", "approval": "APPROVAL"}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt at delivering an event; `status` None is a failed connection."""

    rule: str
    payload: dict[str, Any]
    status: int | None


class EventPost:
    """Deliver events to the configured rules: one attempt each, in the order they happened."""

    def __init__(self, world: World) -> None:
        """Listen to the world from now on."""
        self._world = world
        self._waiting: list[tuple[EventRule, dict[str, Any]]] = []
        self.deliveries: list[Delivery] = []
        world.listeners.append(self._hear)

    def _hear(self, change: Change) -> None:
        if change.kind == "freeze_rejection":
            return
        row = change.row
        by_pipeline = change.kind.startswith("pipeline")
        entity = change.run.pipeline.id if by_pipeline or row is None else row.workflow_id
        for rule in self._world.event_rules:
            if rule.app_id == change.run.app.id and rule.wants(change.kind, entity):
                self._waiting.append((rule, payload(self._world, change)))

    async def deliver(self) -> list[Delivery]:
        """Post everything that waits; gives what was attempted, failures included."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return []
        async with ClientSession(timeout=ClientTimeout(total=_TIMEOUT)) as session:
            made = [await self._post(session, rule, body) for rule, body in waiting]
        self.deliveries += made
        return made

    async def test(self, rule: EventRule) -> Delivery:
        """Post the test event of a rule."""
        body = {
            "id": self._world.ids.uuid(),
            "version": "v1",
            "eventType": "TEST",
            "data": {"message": "This is a test payload!"},
        }
        async with ClientSession(timeout=ClientTimeout(total=_TIMEOUT)) as session:
            return await self._post(session, rule, body)

    async def _post(
        self, session: ClientSession, rule: EventRule, body: dict[str, Any]
    ) -> Delivery:
        try:
            async with session.post(rule.url, json=body, headers=rule.headers) as answer:
                return Delivery(rule.name, body, answer.status)
        except (ClientError, TimeoutError):
            return Delivery(rule.name, body, None)


def payload(world: World, change: Change) -> dict[str, Any]:
    """Write the payload of an event; members without a value are left out (facts 7.3)."""
    run = change.run
    data: dict[str, Any] = {
        "application": {"id": run.app.id, "name": run.app.name},
        "pipeline": {"id": run.pipeline.id, "name": run.pipeline_name},
        "executionArgs": {"notes": run.notes} if run.notes else {},
        "triggeredBy": _starter(run.starter),
        "triggeredByType": _KINDS[type(run.starter).__name__],
        "startedAt": ms(run.created),
        "services": [{"id": run.app.service_id}],
        "environments": [{"id": one.id} for one in run.environments],
        "infraDefinitions": [],
        "executionId": run.id,
        "pipelineExecution": {"id": run.id},
    }
    if change.kind == "pipeline_end":
        data |= {"completedAt": ms(change.at), "status": run.status.value}
    elif change.kind in {"pipeline_pause", "pipeline_continue"} and change.row:
        data["stages"] = [_step(change.row, "stageType")]
    elif change.kind.startswith("workflow") and change.row:
        data |= _workflow(change, change.row)
    return {
        "id": world.ids.uuid(),
        "version": "v1",
        "eventType": change.kind,
        "data": data,
    }


def _workflow(change: Change, row: Row) -> dict[str, Any]:
    told: dict[str, Any] = {
        "workflow": {"id": row.workflow_id, "name": row.step},
        "executionId": row.workflow_execution_id,
        "workflowExecution": {"id": row.workflow_execution_id},
    }
    if change.kind == "workflow_end":
        told |= {"completedAt": ms(change.at), "status": row.status.value}
    elif change.kind != "workflow_start":
        told["steps"] = [_step(row, "stepType")]
    return told


def _step(row: Row, type_member: str) -> dict[str, Any]:
    told = {
        "id": row.element_id,
        "name": row.step,
        type_member: _STEP_TYPES[row.kind],
        "status": row.status.value,
        "startTime": ms(row.started),
        "endTime": ms(row.ended),
    }
    return {name: value for name, value in told.items() if value is not None}


def _starter(starter: Starter) -> dict[str, str]:
    told = {"uuid": starter.id, "name": starter.name}
    email = getattr(starter, "email", None)
    return told | {"email": email} if email else told


def end_of(world: World, run: Run) -> dict[str, Any]:
    """Write the `pipeline_end` payload of an ended run, for a test that posts it by itself."""
    return payload(world, Change(run.ended or world.now(), "pipeline_end", run))
