"""What reads foreign data, each as a function of any JSON; only known errors are let by.

Hypothesis (``test_readers``) and the guided fuzzer (``tools.torture.guided``) drive the same list.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bot.core.alerts import what_it_says
from bot.core.audit import parse
from bot.core.card import Card, Door
from bot.core.errors import HarnessTrouble
from bot.core.execution import Environments, ExecutionRef
from bot.core.permission import Target, decide
from bot.core.policy_file import PolicyError, policy_from
from bot.core.stages import Resumable, assess
from bot.flows import channel
from bot.harness import alert_links, complaints, event_wire, firstgen_wire, links, rights_wire
from bot.render import card as cards
from bot.render import choice, ticket
from bot.render.looks import Open
from bot.slack import alert_wire, wire

ACCOUNT = "kmpySmUISimoRrJL6NL73w"
LARGEST_BLOCKS = 50


def slack_body(data: Any) -> None:
    """A body from Slack: a command, a press, a window, a message that was pointed at, an event."""
    body = data if isinstance(data, dict) else {}
    wire.command(body)
    pressed = wire.press(body)
    if pressed is not None:
        choice.decode(pressed.value)
        ticket.decode(pressed.value)
    wire.submission(body)
    wire.pointing(body)
    wire.person(body)
    wire.mark_of(body, "x")
    alert_wire.posted(body, bot_user_id="U1", bot_id="B1", mark_type="x")


def harness_event(data: Any) -> None:
    """What an event rule posts."""
    event_wire.read_event(data)


def harness_run(data: Any) -> None:
    """A run in an answer of Harness's, up to the card that shows it."""
    node = data if isinstance(data, dict) else {}
    ref = ExecutionRef(firstgen_wire.read_text(node.get("id")), "app")
    try:
        firstgen_wire.is_workflow(node)
        firstgen_wire.pipeline_around(node, "app")
        firstgen_wire.deployed_environments(node)
        run = firstgen_wire.read_execution(node, ref)
    except HarnessTrouble:
        return
    if isinstance(assess(run), Resumable):
        facts = Card(
            id="card",
            execution=run,
            environments=Environments(),
            channel="C1",
            door=Door.COMMAND,
            root="root",
            thread="card",
        )
        shown = cards.card(facts, Open())
        assert shown.text
        assert len(shown.blocks) <= LARGEST_BLOCKS


def harness_user(data: Any) -> None:
    """A user with groups: nobody may anything that no whole group grants."""
    node = data if isinstance(data, dict) else {}
    try:
        groups, more = rights_wire.read_page(node.get("userGroups"))
        user = rights_wire.read_user(node, groups, complete=more is False)
        for group in groups:
            rights_wire.confirm(group, node)
    except HarnessTrouble:
        return
    decide(user, Target("app", "pipeline", Environments(), None))


def harness_errors(data: Any) -> None:
    """The list of errors beside an answer's data."""
    found = complaints.complaints(data)
    if found:
        complaints.judge(found)
        complaints.judge_resume(found)


def harness_body(data: Any) -> None:
    """The bytes of an answer, at any status."""
    body = (data if isinstance(data, str) else repr(data)).encode(errors="replace")
    for status in (200, 301, 400, 401, 403, 429, 502):
        complaints.judge_body(status, body)


def policy_file(data: Any) -> None:
    """A policy file: it is read, or every problem has a line."""
    try:
        policy_from(data if isinstance(data, Mapping) else {})
    except PolicyError as error:
        problems = error.problems
    else:
        return
    assert problems
    assert all("\n" not in problem for problem in problems)


def typed(data: Any) -> None:
    """Text that a person or a machine wrote: links, ids, orders, buttons' values."""
    text = data if isinstance(data, str) else repr(data)
    links.locate(text, ACCOUNT)
    alert_links.locate(text, ACCOUNT)
    choice.decode(text)
    ticket.decode(text)
    channel.read(text)
    what_it_says(text)
    parse(text)


TARGETS: Mapping[str, Callable[[Any], None]] = {
    one.__name__: one
    for one in (
        slack_body,
        harness_event,
        harness_run,
        harness_user,
        harness_errors,
        harness_body,
        policy_file,
        typed,
    )
}
