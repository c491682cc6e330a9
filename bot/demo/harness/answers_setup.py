"""How applications, environments, pipelines and event rules look through GraphQL (2.2, 7.1)."""

from typing import Any

from bot.demo.harness import texts
from bot.demo.harness.desk import Desk, View, page
from bot.demo.harness.plan import Application, Environment, EventRule, Pipeline
from bot.demo.harness.texts import Refusal


def app_view(desk: Desk, app: Application) -> View:
    """Show an application."""
    world = desk.world

    def environments(_info: object, limit: int, offset: int | None = None) -> View:
        own = [one for one in world.environments if one.app_id == app.id]
        own = own if desk.key.reads("ENV", app.id) else []
        return page(own, lambda one: environment_view(desk, one), limit, offset)

    def pipelines(_info: object, limit: int, offset: int | None = None) -> View:
        own = [one for one in world.pipelines if one.app is app and not one.deleted]
        own = own if desk.key.reads("PIPELINE", app.id) else []
        return page(own, pipeline_view, limit, offset)

    def workflows(_info: object, limit: int, offset: int | None = None) -> View:
        own = {
            element.workflow_id: element.step
            for pipeline in world.pipelines
            if pipeline.app is app
            for stage in pipeline.stages
            for element in stage.elements
            if element.kind == "workflow"
        }
        return page(list(own.items()), lambda one: {"id": one[0], "name": one[1]}, limit, offset)

    return {
        "id": app.id,
        "name": app.name,
        "description": None,
        "isManualTriggerAuthorized": False,
        "areWebHookSecretsMandated": False,
        "disableTriggers": False,
        "tags": [],
        "environments": environments,
        "pipelines": pipelines,
        "workflows": workflows,
        "services": lambda _info, limit, offset=None: page([app], service_view, limit, offset),
    }


def service_view(app: Application) -> View:
    """Show the one service of an application."""
    return {"id": app.service_id, "name": app.service_name, "tags": []}


def pipeline_view(pipeline: Pipeline) -> View:
    """Show a pipeline, which GraphQL does without its stages."""
    return {
        "id": pipeline.id,
        "name": pipeline.name,
        "description": None,
        "pipelineVariables": [],
        "tags": [],
    }


def environment_view(desk: Desk, environment: Environment) -> View:
    """Show an environment."""
    return {
        "id": environment.id,
        "name": environment.name,
        "type": environment.type,
        "tags": [],
        "application": lambda _info: app_view(desk, desk.app(environment.app_id)),
        "infrastructureDefinitions": lambda _info, limit, offset=None: page(
            [],
            service_view,
            limit,
            offset,
        ),
    }


def application_by(desk: Desk, member: str, value: str) -> View:
    """Answer `application` and `applicationByName`."""
    for app in desk.world.applications:
        if getattr(app, member) == value and desk.key.sees(app.id):
            return app_view(desk, app)
    raise Refusal(
        texts.ACCESS_DENIED if member == "id" else texts.INVALID + "Application does not exist"
    )


def pipeline_by(desk: Desk, member: str, value: str, app_id: str | None = None) -> View:
    """Answer `pipeline` and `pipelineByName`."""
    for pipeline in desk.world.pipelines:
        fits = getattr(pipeline, member) == value and app_id in {None, pipeline.app.id}
        if fits and not pipeline.deleted:
            if not desk.key.reads("PIPELINE", pipeline.app.id):
                raise Refusal(texts.ACCESS_DENIED)
            return pipeline_view(pipeline)
    raise Refusal(texts.NO_PIPELINE)


def environment_by_id(desk: Desk, environment_id: str) -> View:
    """Answer `environment`."""
    for environment in desk.world.environments:
        if environment.id == environment_id:
            if not desk.key.reads("ENV", environment.app_id):
                raise Refusal(texts.ACCESS_DENIED)
            return environment_view(desk, environment)
    raise Refusal(texts.INVALID + "Environment does not exist")


def environments(
    desk: Desk,
    limit: int,
    offset: int | None,
    filters: list[dict[str, Any]] | None,
) -> View:
    """Answer `environments` with its filters."""
    desk.demand_apps()
    found = [one for one in desk.world.environments if desk.key.reads("ENV", one.app_id)]
    for asked in filters or ():
        for name, member in (("application", "app_id"), ("environment", "id")):
            if wanted := (asked or {}).get(name):
                found = [one for one in found if getattr(one, member) in wanted["values"]]
        if wanted := (asked or {}).get("environmentType"):
            found = [one for one in found if one.type in (wanted.get("values") or ())]
    return page(found, lambda one: environment_view(desk, one), limit, offset)


def rule_view(rule: EventRule) -> View:
    """Show an event rule."""
    ids, events = list(rule.entity_ids), list(rule.events)
    return {
        "id": rule.id,
        "name": rule.name,
        "appId": rule.app_id,
        "enabled": rule.enabled,
        "rule": {
            "type": rule.type,
            "pipelineRule": {
                "allEvents": not events,
                "allPipelines": not ids,
                "pipelineIds": ids,
                "events": events,
            }
            if rule.type == "PIPELINE"
            else None,
            "workflowRule": {
                "allEvents": not events,
                "allWorkflows": not ids,
                "workflowIds": ids,
                "events": events,
            }
            if rule.type == "WORKFLOW"
            else None,
        },
        "webhookConfig": {
            "url": rule.url,
            "headers": [{"key": name, "value": value} for name, value in rule.headers.items()],
        },
        "delegateSelectors": [],
    }


def rules_of(desk: Desk, app_id: str) -> list[EventRule]:
    """List the event rules of a visible application."""
    app = desk.app(app_id)
    return [rule for rule in desk.world.event_rules if rule.app_id == app.id]


def save_rule(desk: Desk, wanted: dict[str, Any]) -> View:
    """Answer `createEventsConfig` and `updateEventsConfig` with their validation texts (7.1)."""
    rules = rules_of(desk, wanted["appId"])
    old = next((rule for rule in rules if rule.id == wanted.get("eventsConfigId")), None)
    asked, web = wanted["rule"], wanted["webhookConfig"]
    kind = asked["type"]
    detail = asked.get(f"{kind.lower()}Rule") or {}
    if not web["url"].strip():
        raise Refusal(texts.INVALID + "URL Required: URL field is blank!")
    if kind != "ALL" and not detail:
        raise Refusal(texts.INVALID + "Event config requires rule to be specified")
    if kind != "ALL" and not detail["allEvents"] and not detail.get("events"):
        raise Refusal(
            texts.INVALID + f"For Event rule type {kind.title()} choose all events or specify at "
            "least one event",
        )
    if any(rule.name == wanted["name"] and rule is not old for rule in rules):
        raise Refusal(texts.INVALID + f"Duplicate Name {wanted['name']}")
    rule = old or desk.world.event_rule(desk.app(wanted["appId"]), web["url"])
    rule.name, rule.enabled, rule.type, rule.url = (
        wanted["name"],
        wanted["enabled"],
        kind,
        web["url"],
    )
    rule.headers = {one["key"]: one["value"] for one in web.get("headers") or ()}
    rule.events = tuple(detail.get("events") or ())
    rule.entity_ids = tuple(detail.get("pipelineIds") or detail.get("workflowIds") or ())
    return {"eventsConfig": rule_view(rule), "clientMutationId": wanted.get("clientMutationId")}


def applications(desk: Desk, limit: int, offset: int | None) -> View:
    """Answer `applications`: those that the key can see."""
    desk.demand_apps()
    seen = [app for app in desk.world.applications if desk.key.sees(app.id)]
    return page(seen, lambda one: app_view(desk, one), limit, offset)


def pipelines(
    desk: Desk,
    limit: int,
    offset: int | None,
    filters: list[dict[str, Any]] | None,
) -> View:
    """Answer `pipelines` with its filters."""
    desk.demand_apps()
    found = [
        one
        for one in desk.world.pipelines
        if not one.deleted and desk.key.reads("PIPELINE", one.app.id)
    ]
    for asked in filters or ():
        if wanted := (asked or {}).get("application"):
            found = [one for one in found if one.app.id in wanted["values"]]
        if wanted := (asked or {}).get("pipeline"):
            found = [one for one in found if one.id in wanted["values"]]
    return page(found, pipeline_view, limit, offset)
