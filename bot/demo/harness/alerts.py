"""The Slack notifications that FirstGen sends, in all their shapes (facts 6.3 to 6.5)."""

import json
import time
from typing import Any

from aiohttp import ClientSession

from bot.demo.harness.people import User
from bot.demo.harness.plan import Trigger
from bot.demo.harness.runs import Row, Run
from bot.demo.harness.status import Raw
from bot.demo.harness.world import World

Payload = dict[str, Any]
_ICONS = "https://s3.amazonaws.com/wings-assets/slackicons"
_COLORS = {
    "completed": "#5CB04D",
    "failed": "#EC372E",
    "rejected": "#EC372E",
    "expired": "#EC372E",
    "aborted": "#77787B",
    "paused": "#FBB731",
    "resumed": "#1DAEE2",
}
_VERBS = {
    Raw.SUCCESS: "completed",
    Raw.REJECTED: "rejected",
    Raw.EXPIRED: "expired",
    Raw.ABORTED: "aborted",
    Raw.PAUSED: "paused",
    Raw.RESUMED: "resumed",
}


def workflow_ended(
    world: World,
    row: Row,
    channel: str | None = None,
    *,
    alone: bool = False,
    more_errors: int = 0,
) -> Payload | None:
    """Tell that a workflow ended, in its pipeline or `alone` (shapes A, B and C).

    None when Harness itself would drop the message: a name or error text with `${` (facts 6.1).
    """
    run = world.run_of(row)
    base = f"{_account(world)}/app/{run.app.id}"
    env = row.environments[0] if row.environments else None
    env_id = env.id if env else "build"
    own = f"{base}/env/{env_id}/executions/{row.workflow_execution_id}/details"
    piped = (
        f"{base}/pipeline-execution/{run.id}/workflow-execution/{row.workflow_execution_id}/details"
    )
    verb = _VERBS.get(row.status, "failed")
    within = "" if alone else f" in pipeline *<{piped}|{run.pipeline_name}>*"
    service = f"{base}/services/{run.app.service_id}/details"
    lines = [
        f" *Application:* *<{base}/details|{run.app.name}>*",
        f"*Services:* *<{service}|{run.app.service_name}>*",
        f"*Artifacts:* {run.app.service_name}: storefront/{run.app.service_name} (build# 2.14.0)",
    ]
    if env:
        infra = f"{base}/environments/{env.id}/infrastructure-definitions/Pq7wTn4sRk2aB8cD1eFgHi"
        lines += [
            f"*Environment:* *<{base}/environments/{env.id}/details|{env.name}>*",
            f"*Infrastructure Definitions:* *<{infra}/details|{env.name}-k8s>*",
        ]
    lines += [_by_name(run), f"*TriggeredBy:* {_by_link(world, run)}"]
    body = "\n".join(lines) + f"\n {_span('Started', row.started, verb, row.ended)} \n"
    errors = _errors(row, verb)
    if more_errors:
        errors += f"*<{own}|{more_errors} more errors>* "
    text = f" Workflow *<{own}|{row.step}>* {within} {verb}\n "
    return _message(text, body + errors, _lasted(row.started, row.ended), verb, channel)


def approval_answered(
    world: World, row: Row, by: str, channel: str | None = None
) -> Payload | None:
    """Tell that an approval was given or rejected (shape D)."""
    run = world.run_of(row)
    verb = _VERBS.get(row.status, "rejected")
    said = "approved" if verb == "completed" else verb
    text = (
        f"Approval {verb.title()} - *<{world.link(run)}|{run.pipeline_name}>* is {said} "
        f"by *{by}* in *{run.app.name}* application"
    )
    span = _span("paused", row.started, verb, row.ended)
    return _message(text, f" Pipeline {span}", _lasted(row.started, row.ended), verb, channel)


def pipeline_interrupted(
    world: World, run: Run, step: str, channel: str | None = None
) -> Payload | None:
    """Tell that a pipeline was aborted or expired (shape E)."""
    verb = _VERBS.get(run.status, "aborted")
    app = f"{_account(world)}/app/{run.app.id}/details"
    body = (
        f" *Pipeline Step:* {step}\n*Pipeline:* *<{world.link(run)}|{run.pipeline_name}>*\n"
        f"*Application:* *<{app}|{run.app.name}>*\n*TriggeredBy:* {_by_link(world, run)}\n"
        f" {_span('Started', run.started, verb, run.ended)} "
    )
    lasted = _lasted(run.started, run.ended)
    return _message(f"Pipeline {verb}\n ", body, lasted, verb, channel)


def approval_expired(
    world: World, row: Row, channel: str | None = None, within: str = "1h"
) -> Payload | None:
    """Tell that nobody answered an approval in time (shape F, without a footer)."""
    run = world.run_of(row)
    text = (
        f"Approval Expired - *<{world.link(run)}|{run.pipeline_name}>* expired in "
        f"*{run.app.name}* application "
    )
    return _message(text, f"Pipeline was not approved within {within} ", "", "expired", channel)


def frozen(
    world: World, run: Run, freeze: str, channel: str | None = None, ends: str = ""
) -> Payload | None:
    """Tell that a freeze rejected a pipeline's run (shape G, without a footer)."""
    governance = f"{_account(world)}/governance"
    body = (
        f"*Pipeline*: *<{world.link(run)}|{run.pipeline_name}>*\n *Application*: *{run.app.name}*\n"
        f" The Pipeline Execution triggered by *{_by_name(run)}* was rejected because of active "
        f"Deployment Freeze Window *<{governance}|{freeze}>*. The deployment freeze ends at "
        f"{ends or 'Mar 31 at 22:00 UTC'}."
    )
    return _message("Pipeline Execution Rejected\n ", body, "", "failed", channel)


def approval_needed(
    world: World, row: Row, channel: str | None = None, *, with_buttons: bool = True
) -> Payload:
    """Ask for a user group's approval in Block Kit (shape H); buttons need FF SLACK_APPROVALS."""
    run = world.run_of(row)
    link = world.link(run)
    text = (
        f"*Approval Required*\n>*Approval Step*: *<{link}|{row.step}>*\n"
        f">*Pipeline* : *<{link}|{run.pipeline_name}>*\n>*Application* : *{run.app.name}*\n"
        f">*TriggeredBy* : {_by_name(run)} \n"
        "*Approval Pending*, would you like to _approve_?"
    )
    blocks: list[Payload] = [{"text": {"text": text, "type": "mrkdwn"}, "type": "section"}]
    if with_buttons:
        buttons = [
            {
                "action_id": f"button_{action}",
                "text": {"text": label, "type": "plain_text"},
                "type": "button",
                "value": json.dumps({"approvalId": row.approval_id, "action": label}),
            }
            for action, label in (("accept", "Approve"), ("reject", "Reject"))
        ]
        blocks.append({"elements": buttons, "type": "actions", "block_id": "actionblock789"})
    return _channel(channel) | {
        "username": "Harness",
        "icon_url": f"{_ICONS}/logo-slack.png",
        "blocks": blocks,
    }


async def post(session: ClientSession, url: str, payload: Payload) -> int:
    """Post a notification to an incoming webhook; gives the HTTP status.

    Slack's own address gets a form with `payload`, any other and all blocks get JSON (6.2).
    """
    if "/services/" in url and "blocks" not in payload:
        async with session.post(url, data={"payload": json.dumps(payload)}) as answer:
            return answer.status
    async with session.post(url, json=payload) as answer:
        return answer.status


def _message(text: str, body: str, footer: str, verb: str, channel: str | None) -> Payload | None:
    """Cut the filled template at `||`, whose presence in a name shifts all parts (6.3)."""
    filled = f"{text}||{body}||{footer}||{verb}"
    if "${" in filled:
        return None
    text, body, footer, verb = filled.split("||")[:4]
    attachment: Payload = {
        "color": _COLORS.get(verb, "#FFFFFF"),
        "text": body,
        "mrkdwn_in": ["text"],
    }
    if footer:
        attachment["footer"] = footer
    attachment["footer_icon"] = f"{_ICONS}/{_icon(verb)}.png"
    return {
        "username": "Harness",
        "text": text,
        "icon_url": f"{_ICONS}/logo-slack.png",
        **_channel(channel),
        "attachments": [attachment],
    }


def _icon(verb: str) -> str:
    return verb if verb in _COLORS else "failed"


def _channel(name: str | None) -> Payload:
    return {"channel": f"#{name.removeprefix('#')}"} if name else {}


def _account(world: World) -> str:
    return f"{world.portal}/#/account/{world.account}"


def _by_name(run: Run) -> str:
    name = run.starter.name
    return f"{name} (Deployment Trigger)" if isinstance(run.starter, Trigger) else name


def _by_link(world: World, run: Run) -> str:
    if isinstance(run.starter, User) or not isinstance(run.starter, Trigger):
        return _by_name(run)
    return f"*<{_account(world)}/app/{run.app.id}/triggers|{_by_name(run)}>*"


def _errors(row: Row, verb: str) -> str:
    if verb == "completed" or row.status not in {Raw.FAILED, Raw.ERROR}:
        return "    "
    step, _, why = row.message.partition(": ")
    return f" *Phase 1 failed*\n *{step} failed -* {why}\n  "


def _span(began: str, start: float | None, verb: str, end: float | None) -> str:
    first, last = int(start or 0), int(end or start or 0)
    shown_first = time.strftime("%b %d at %H:%M UTC", time.gmtime(first))
    shown_last = time.strftime("%b %d at %H:%M UTC", time.gmtime(last))
    return (
        f"_{began}<!date^{first}^ {{date_short_pretty}} at {{time}}| {shown_first}> "
        f"and {verb} at <!date^{last}^{{time}}|{shown_last}>_"
    )


def _lasted(start: float | None, end: float | None) -> str:
    """Write a duration as `1h 2m 3s`; nothing when it is not known."""
    if start is None or end is None:
        return ""
    minutes, seconds = divmod(int(end - start), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "m"), (seconds, "s"))
    return " ".join(f"{number}{unit}" for number, unit in parts if number)
