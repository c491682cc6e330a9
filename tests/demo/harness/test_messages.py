"""What Harness sends by itself: events to an endpoint, and notifications to Slack (6 and 7)."""

import asyncio
import json
from collections.abc import AsyncIterator
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web

from bot.demo.harness import alerts, approval, stage, workflow
from bot.demo.harness.alert_post import Webhook
from bot.demo.harness.events import end_of


class Inbox:
    """An endpoint that keeps what it receives."""

    def __init__(self):
        self.url = ""
        self.seen: list[tuple[web.Request, bytes]] = []
        self.came = asyncio.Event()

    async def take(self, request: web.Request) -> web.Response:
        self.seen.append((request, await request.read()))
        self.came.set()
        return web.Response(status=202)

    async def until(self, event: str) -> None:
        """Wait for an event of this type."""
        while not any(json.loads(body)["eventType"] == event for _, body in self.seen):
            self.came.clear()
            await self.came.wait()


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    box = Inbox()
    app = web.Application()
    app.router.add_post("/{path:.*}", box.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    box.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield box
    await runner.cleanup()


async def test_events_of_a_failed_run(harness, shop, inbox, clock):
    """A rule receives each event once, with its headers, in order, the end with raw status."""
    shop.world.event_rule(shop.app, f"{inbox.url}/events", {"Authorization": "Bearer t"})
    run = shop.world.start(shop.release, by=shop.dana, notes="release 2.14")
    clock.now += 600
    shop.world.tick()
    made = await harness.events.deliver()
    assert await harness.events.deliver() == []
    assert [one.status for one in made] == [202] * len(made)
    bodies = [json.loads(body) for _, body in inbox.seen]
    assert {request.headers["Authorization"] for request, _ in inbox.seen} == {"Bearer t"}
    assert [body["eventType"] for body in bodies] == [
        "pipeline_start",
        "pipeline_pause",
        "pipeline_continue",
        "workflow_start",
        "workflow_start",
        "workflow_end",
        "workflow_end",
        "pipeline_end",
    ]
    assert len({body["id"] for body in bodies}) == len(bodies)
    end = bodies[-1]
    assert end["version"] == "v1"
    assert end["data"] == {
        "application": {"id": shop.app.id, "name": "Storefront"},
        "pipeline": {"id": shop.release.id, "name": "Checkout Release"},
        "executionArgs": {"notes": "release 2.14"},
        "triggeredBy": {"uuid": shop.dana.id, "name": "Dana Ops", "email": "dana@example.com"},
        "triggeredByType": "USER",
        "startedAt": int(run.created * 1000),
        "services": [{"id": shop.app.service_id}],
        "environments": [{"id": shop.prod.id}, {"id": shop.qa.id}],
        "infraDefinitions": [],
        "executionId": run.id,
        "pipelineExecution": {"id": run.id},
        "completedAt": int(run.ended * 1000),
        "status": "FAILED",
    }
    assert bodies[1]["data"]["stages"][0]["stageType"] == "APPROVAL"
    assert bodies[1]["data"]["stages"][0]["name"] == "Approve release"
    assert end_of(shop.world, run)["data"] == end["data"]


async def test_a_rule_that_wants_less(harness, shop, inbox, clock):
    """A rule for certain events of pipelines sends only these; a dead endpoint is tried once."""
    rule = shop.world.event_rule(shop.app, inbox.url)
    rule.type, rule.events = "PIPELINE", ("pipeline_end",)
    dead = shop.world.event_rule(shop.app, "http://127.0.0.1:1/", name="dead")
    dead.type, dead.events = "PIPELINE", ("pipeline_end",)
    shop.world.start(shop.release, by=shop.trigger, ago=600)
    assert [one.status for one in await harness.events.deliver()] == [202, None]
    assert await harness.events.deliver() == []
    assert (await harness.events.test(rule)).payload["eventType"] == "TEST"


CREATE = """mutation C($input: CreateEventsConfigInput!) { createEventsConfig(input: $input) {
  eventsConfig { id name enabled rule { type pipelineRule { events allPipelines } }
    webhookConfig { url headers { key value } } } } }"""


async def test_rules_over_graphql(caller, shop):
    """A rule is created, listed, found by name, and refused when something is missing."""
    wanted = {
        "appId": shop.app.id,
        "name": "bot",
        "enabled": True,
        "rule": {
            "type": "PIPELINE",
            "pipelineRule": {
                "allEvents": False,
                "allPipelines": True,
                "events": ["pipeline_end"],
            },
        },
        "webhookConfig": {
            "url": "https://bot.example.com/harness/events",
            "headers": [{"key": "Authorization", "value": "Bearer t"}],
        },
    }
    told = (await caller.ask(CREATE, input=wanted))["data"]["createEventsConfig"]["eventsConfig"]
    assert told["rule"]["pipelineRule"] == {"events": ["pipeline_end"], "allPipelines": True}
    assert told["webhookConfig"]["headers"] == [{"key": "Authorization", "value": "Bearer t"}]
    query = """query L($a: String!) { eventsConfigs(appId: $a) { name }
      eventsConfigsByName(appId: $a, name: "bot") { id } }"""
    assert (await caller.ask(query, a=shop.app.id))["data"] == {
        "eventsConfigs": [{"name": "bot"}],
        "eventsConfigsByName": {"id": told["id"]},
    }
    no_events = {"type": "PIPELINE", "pipelineRule": {"allEvents": False, "allPipelines": True}}
    for change, text in (
        ({}, "Duplicate Name bot"),
        ({"webhookConfig": {"url": " "}}, "URL Required: URL field is blank!"),
        ({"rule": {"type": "PIPELINE"}}, "Event config requires rule to be specified"),
        (
            {"rule": no_events},
            "For Event rule type Pipeline choose all events or specify at least one event",
        ),
    ):
        refused = await caller.ask(CREATE, input=wanted | change)
        assert refused["errors"][0]["message"].endswith(text)


async def test_a_failed_workflows_alert(shop):
    """The alert has the facts' shape: two links in the text, one attachment, nothing else."""
    run = shop.failed(by=shop.dana)
    row = run.row("Deploy EU")
    told = alerts.workflow_ended(shop.world, row, "cg-deploys")
    base = f"https://app.harness.io/#/account/{shop.world.account}/app/{shop.app.id}"
    own = row.workflow_execution_id
    assert told["text"] == (
        f" Workflow *<{base}/env/{shop.prod.id}/executions/{own}/details|Deploy EU>*  in pipeline "
        f"*<{base}/pipeline-execution/{run.id}/workflow-execution/{own}/details|Checkout Release>*"
        " failed\n "
    )
    assert list(told) == ["username", "text", "icon_url", "channel", "attachments"]
    (attachment,) = told["attachments"]
    assert list(attachment) == ["color", "text", "mrkdwn_in", "footer", "footer_icon"]
    assert attachment["color"] == "#EC372E"
    assert attachment["footer"] == "30s"
    assert "*Rolling Deployment failed -* Timed out waiting for steady state" in attachment["text"]
    assert "<!date^" in attachment["text"]


async def test_other_alerts(shop):
    """Triggers, more errors, aborts, approvals, expiry and freezes have their own words."""
    world = shop.world
    run = shop.failed()
    many = alerts.workflow_ended(world, run.row("Deploy EU"), more_errors=2)
    assert "channel" not in many
    assert "|checkout-on-merge (Deployment Trigger)>*" in many["attachments"][0]["text"]
    assert "|2 more errors>* " in many["attachments"][0]["text"]
    alone = alerts.workflow_ended(world, run.row("Deploy EU"), alone=True)
    assert "pipeline" not in alone["text"]
    pipeline = world.pipeline(shop.app, "P", stage("Ask", approval("Approve prod")))
    rejected = world.start(pipeline, by=shop.dana)
    needed = alerts.approval_needed(world, rejected.row("Approve prod"))
    assert [block["type"] for block in needed["blocks"]] == ["section", "actions"]
    world.reject(rejected.row("Approve prod"))
    told = alerts.approval_answered(world, rejected.row("Approve prod"), "Dana Ops")
    assert told["text"].startswith("Approval Rejected - *<https://app.harness.io/#/account/")
    assert told["text"].endswith("is rejected by *Dana Ops* in *Storefront* application")
    expired = world.start(pipeline, by=shop.dana)
    world.expire(expired.row("Approve prod"))
    told = alerts.approval_expired(world, expired.row("Approve prod"))
    assert "footer" not in told["attachments"][0]
    aborted = world.start(pipeline, by=shop.dana)
    world.abort(aborted)
    told = alerts.pipeline_interrupted(world, aborted, "Approve prod")
    assert (told["text"], told["attachments"][0]["color"]) == ("Pipeline aborted\n ", "#77787B")
    told = alerts.frozen(world, aborted, "Quarter close")
    assert "/governance|Quarter close>*" in told["attachments"][0]["text"]


async def test_alerts_that_break(shop):
    """`||` in a name shifts all parts, and `${` drops the message, as in Harness."""
    pipeline = shop.world.pipeline(
        shop.app,
        "A || B",
        stage("S", workflow("w", ends="FAILED"), workflow("${x}", ends="FAILED")),
    )
    run = shop.world.start(pipeline, by=shop.trigger, ago=600)
    shifted = alerts.workflow_ended(shop.world, run.row("w"))
    assert shifted["attachments"][0]["color"] == "#FFFFFF"
    assert alerts.workflow_ended(shop.world, run.row("${x}")) is None


async def test_posting_an_alert(shop, inbox):
    """Slack's webhook gets a form with `payload`, any other address gets JSON."""
    told = alerts.workflow_ended(shop.world, shop.failed().row("Deploy EU"))
    async with aiohttp.ClientSession() as session:
        assert await alerts.post(session, f"{inbox.url}/services/T1/B1/x", told) == 202
        assert await alerts.post(session, f"{inbox.url}/own", told) == 202
    (form, form_body), (plain, plain_body) = inbox.seen
    assert form.content_type == "application/x-www-form-urlencoded"
    assert form_body.startswith(b"payload=%7B")
    assert plain.content_type == "application/json"
    assert json.loads(plain_body) == told


async def test_alerts_of_a_run(harness, shop, inbox, clock):
    """Each failed workflow tells every webhook once; nothing tells of the failed pipeline."""
    harness.alerts.webhooks.append(Webhook(f"{inbox.url}/services/T1/B1/x", "cg-deploys"))
    shop.world.start(shop.release, by=shop.dana)
    clock.now += 600
    shop.world.tick()
    await harness.alerts.deliver()
    await harness.alerts.deliver()
    told = [json.loads(parse_qs(body.decode())["payload"][0]) for _, body in inbox.seen[1:]]
    assert json.loads(inbox.seen[0][1])["blocks"][0]["text"]["text"].startswith("*Approval")
    assert [one["text"].split("*")[2] for one in told] == ["  in pipeline "]
    assert {one["channel"] for one in told} == {"#cg-deploys"}


async def test_live(harness, shop, inbox, clock):
    """In real time the world ticks and its messages go out by themselves."""
    shop.world.event_rule(shop.app, inbox.url)
    shop.world.start(shop.release, by=shop.dana)
    living = asyncio.create_task(harness.live(every=0.001))
    clock.now += 600
    async with asyncio.timeout(10):
        await inbox.until("pipeline_end")
    living.cancel()
    await asyncio.gather(living, return_exceptions=True)
