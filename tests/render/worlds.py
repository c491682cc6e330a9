"""Made-up runs, cards and attempts, and the rules that every message must keep."""

import json
import re
from dataclasses import replace

from slack_sdk.models.blocks import Block

from bot.core.attempt import Attempt, Chosen, Presser, State
from bot.core.card import Card, Door
from bot.core.execution import (
    Cause,
    CauseKind,
    Environment,
    Environments,
    EnvironmentType,
    Execution,
    ExecutionRef,
    Stage,
    StageKind,
    Status,
)
from bot.demo.slack.blocks import check_blocks
from bot.render.blocks import total_text
from bot.render.message import Message

PROD = Environment("env1", "prod-eu", EnvironmentType.PROD)
QA = Environment("env2", "qa", EnvironmentType.NON_PROD)
BEGUN = 1_711_612_800_000
HARNESS = "https://app.harness.io/#/account/kmpySmUISimoRrJL6NL73w/app/x?a=1&b=2"


def stage(name, step="", status=Status.SUCCESS, kind=StageKind.WORKFLOW):
    return Stage(name, step, kind, status)


SEED = (
    stage("STAGE 1", "Mongo", Status.FAILED),
    stage("STAGE 1", "Redis", Status.FAILED),
    stage("STAGE 2", "Smoke test", Status.QUEUED),
)


def run(*stages, status=Status.FAILED, **changes):
    made = Execution(
        ExecutionRef("ddUCod0mT5ykAxOHjSvabg", "app1"),
        status,
        stages or SEED,
        pipeline="deploy_prod",
        application="Storefront",
        cause=Cause(CauseKind.PERSON, "Jane Doe", "jane@example.com"),
        url=HARNESS,
        created_at=BEGUN - 10_000,
        started_at=BEGUN,
        ended_at=BEGUN + 252_000,
        failure="Rolling Deployment: Timed out waiting for steady state",
    )
    return replace(made, **changes)


ONLY_QA = Environments((QA,), complete=True)


def a_card(execution, environments=ONLY_QA):
    return Card("Cc0-_card", execution, environments, "C1", Door.COMMAND, "root", "Cc0-_card")


def an_attempt(**changes):
    made = Attempt(
        "a1",
        ExecutionRef("ddUCod0mT5ykAxOHjSvabg", "app1"),
        "root",
        "Cc0-_card",
        Presser("U0ALICE", "alice@example.com"),
        Chosen(0, "STAGE 1", "STAGE 1 (Mongo, Redis)"),
        claimed_at=BEGUN + 300_000,
    )
    return replace(made, **changes)


def running(**changes):
    new = ExecutionRef("Xk3VbnQ1R6-9uyDq0nQ4Xg", "app1")
    url = "https://app.harness.io/#/new"
    return replace(an_attempt(), state=State.RUNNING, run=new, run_url=url, **changes)


def buttons(message: Message) -> list[dict]:
    """List all that can be pressed, in reading order: a menu's options, then the buttons."""
    found = []
    for block in message.blocks:
        for element in block["elements"] if block["type"] == "actions" else ():
            found.extend(element.get("options", [element]))
    return found


def markups(thing) -> list[str]:
    """List every mrkdwn text."""
    if isinstance(thing, (list, tuple)):
        return [text for item in thing for text in markups(item)]
    if not isinstance(thing, dict):
        return []
    own = [thing["text"]] if thing.get("type") == "mrkdwn" else []
    return own + [text for value in thing.values() for text in markups(value)]


_OURS = (
    r"<@U0[A-Z]{1,9}>",
    r"<!date\^\d+\^\{date_short_pretty\} at \{time\}\|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC>",
    r"<https://(app\.harness\.io|example\.slack\.com)/[^<>|\s]*\|[A-Za-z0-9 ]+>",
)
_ANGLED = re.compile("<[^<>]*>")


def check(message: Message) -> None:
    """Hold a message against Slack's limits, our own, and what untrusted text may never do."""
    blocks = list(message.blocks)
    assert check_blocks(blocks) == []
    assert None not in Block.parse_all(blocks)
    for block in Block.parse_all(blocks):
        block.validate_json()
    assert 1 <= len(blocks) <= 50
    assert total_text(blocks) <= 10_000
    assert 0 < len(message.text) <= 4000
    json.dumps(blocks, ensure_ascii=False).encode()  # no half characters
    for text in [message.text, *markups(blocks)]:
        for found in _ANGLED.findall(text):
            assert any(re.fullmatch(ours, found) for ours in _OURS), found
        bare = _ANGLED.sub("", text)
        assert "<" not in bare
        assert ">" not in bare
        assert not re.search(r"&(?!amp;|lt;|gt;)", bare)
        assert not re.search(r"(?<![A-Za-z0-9])@(here|channel|everyone)", bare)
        assert "://" not in bare
        assert not re.search("[\u202a-\u202e\x00-\x08\x0b-\x1f\ud800-\udfff]", text)
    for text in _verbatims(blocks):
        assert text is True


def _verbatims(thing) -> list:
    if isinstance(thing, list):
        return [found for item in thing for found in _verbatims(item)]
    if not isinstance(thing, dict):
        return []
    own = [thing.get("verbatim")] if thing.get("type") == "mrkdwn" else []
    return own + [found for value in thing.values() for found in _verbatims(value)]
