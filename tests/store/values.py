"""Values that the store's tests write: a failed run, its card, a click on it, words about it."""

import itertools

from bot.core.attempt import Attempt, Chosen, Presser
from bot.core.card import Card, Door
from bot.core.execution import (
    Environment,
    Environments,
    EnvironmentType,
    Execution,
    ExecutionRef,
    Stage,
    StageKind,
    Status,
)
from bot.ports import Say, SayKind
from bot.render.message import Message

_numbers = itertools.count(1)


def an_execution(name="run-1"):
    rows = [
        Stage("build", "Build", StageKind.WORKFLOW, Status.SUCCESS, "wf-1"),
        Stage("deploy", "Deploy", StageKind.WORKFLOW, Status.FAILED, "wf-2"),
        Stage("", "Approve", StageKind.APPROVAL, Status.QUEUED),
    ]
    return Execution(
        ExecutionRef(name, "app"), Status.FAILED, tuple(rows), pipeline="Shop", failure="bad\x00 ☠"
    )


def a_card(name="card-1", execution="run-1", **changes):
    values = {
        "id": name,
        "execution": an_execution(execution),
        "environments": Environments((Environment("e", "live", EnvironmentType.PROD),), True),
        "channel": "C1",
        "door": Door.COMMAND,
        "root": "run-1",
        "thread": name,
        "created_at": next(_numbers),
    }
    return Card(**values | changes)


def an_attempt(name="attempt-1", execution="run-1", **changes):
    values = {
        "id": name,
        "execution": ExecutionRef(execution, "app"),
        "root": "run-1",
        "card": "card-1",
        "presser": Presser("U1", "ann@example.com", "h1"),
        "chosen": Chosen(1, "deploy", "deploy (Deploy)"),
        "claimed_at": next(_numbers),
    }
    return Attempt(**values | changes)


def a_say(key, kind=SayKind.LINE, card="card-1", text="", to=""):
    blocks = ({"type": "section", "text": {"type": "mrkdwn", "text": text or key}},)
    return Say(key, kind, card, Message(text or key, blocks), to)
