"""The GraphQL documents about runs and rights (facts 10), as text that is written once.

What one story alone asks stands in its file: environments by their ids, the sweep, event rules, and
what the doctor asks.

Documents for many runs at once alias one field per run and share one fragment, so writing one for a
hundred runs is a join of short lines; nothing is parsed or printed at run time. The tests validate
every document against the schema, those for many runs small and full.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from bot.harness.fragments import FULL, GROUPS, LATER, RUN, STAGES, Fragment

MOST_AT_ONCE = 100
"""Aliases in one request; also the cap of Harness's connections (facts 1.6)."""
GROUPS_AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class Question:
    """A document, what it asks in two words for the log, and its variables (never logged)."""

    what: str
    text: str
    variables: dict[str, Any] = field(default_factory=dict)


_EXAMINE = (
    """query RunForResume($id: String!) {
  execution(executionId: $id) { ...Full }
}"""
    + FULL.text
)

_CLICK = (
    """query Click($id: String!, $email: String!) {
  execution(executionId: $id) { ...Run }
  userByEmail(email: $email) {
    id email isDisabled isUserLocked isEmailVerified
    userGroups(limit: 100) { ...Groups }
  }
}"""
    + RUN
    + GROUPS
)

_CLICK_AND_ENVIRONMENTS = _CLICK.replace(
    "query Click($id: String!, $email: String!) {",
    """query Click($id: String!, $email: String!, $app: String!) {
  application(applicationId: $app) {
    environments(limit: 100) { pageInfo { hasMore } nodes { id name type } }
  }""",
)

_GROUP_PAGE = (
    """query GroupPage($email: String!, $offset: Int!) {
  userByEmail(email: $email) { userGroups(limit: 100, offset: $offset) { ...Groups } }
}"""
    + GROUPS
)

_WHO_COULD = (
    """query WhoCould {
  userGroups(limit: 100) {
    ...Groups
    nodes { users(limit: 20) { nodes { id email isDisabled isUserLocked isEmailVerified } } }
  }
}"""
    + GROUPS
)

_ENVIRONMENTS = """query Environments($app: String!, $offset: Int!) {
  application(applicationId: $app) {
    environments(limit: 100, offset: $offset) { pageInfo { hasMore } nodes { id name type } }
  }
}"""

_SUCCESSORS = (
    """query Successors($filters: [ExecutionFilter]) {
  executions(limit: 50, filters: $filters) { nodes {
    __typename id createdAt executionUrl
    application { id }
    cause { __typename }
    ...Stages
  } }
}"""
    + STAGES
)

_RESUME = """mutation Resume($input: ResumeExecutionInput) {
  resumeExecution(input: $input) { clientMutationId execution { id status executionUrl } }
}"""


def run_for_resume(execution: str) -> Question:
    """Ask for all that GraphQL knows of a run, with the environments it has deployed to."""
    return Question("examine", _EXAMINE, {"id": execution})


def click(execution: str, email: str, application: str = "") -> Question:
    """Ask for a run, a person's rights, and an application's environments, in one request."""
    asked = {"id": execution, "email": email}
    if not application:
        return Question("click", _CLICK, asked)
    return Question("click", _CLICK_AND_ENVIRONMENTS, asked | {"app": application})


def group_page(email: str, offset: int) -> Question:
    """Ask for the next hundred of a person's groups."""
    return Question("groups", _GROUP_PAGE, {"email": email, "offset": offset})


def single_groups(email: str, offset: int) -> Question:
    """Ask for a person's groups as pages of one, so that a corrupt one spoils only its own."""
    return Question("single groups", _single_groups(offset), {"email": email})


@cache
def _single_groups(offset: int) -> str:
    aliases = "\n".join(
        f"  g{n}: userByEmail(email: $email) {{"
        f" userGroups(limit: 1, offset: {offset + n}) {{ ...Groups }} }}"
        for n in range(GROUPS_AT_ONCE)
    )
    return f"query SingleGroups($email: String!) {{\n{aliases}\n}}{GROUPS}"


def who_could() -> Question:
    """Ask for the account's user groups with their grants, and some members of each."""
    return Question("who could", _WHO_COULD)


def environments(application: str, offset: int) -> Question:
    """Ask for a hundred of an application's environments."""
    return Question("environments", _ENVIRONMENTS, {"app": application, "offset": offset})


def successors(pipeline: str, application: str, after: int) -> Question:
    """Ask for the runs of a pipeline, or failing its id of an application, since a moment."""
    found: list[dict[str, Any]] = []
    if pipeline:
        found.append({"pipeline": {"operator": "EQUALS", "values": [pipeline]}})
    if application:  # mandatory under one of Harness's flags (facts 2.1)
        found.append({"applicationId": application})
    found.append({"creationTime": {"operator": "AFTER", "value": after}})
    return Question("successors", _SUCCESSORS, {"filters": found})


def later(since: list[tuple[str, list[str], int]]) -> Question:
    """Ask for the later runs of many pipelines, (application, pipelines, moment) each."""
    filters = {
        f"f{n}": [
            {"applicationId": application},
            {"pipeline": {"operator": "IN", "values": pipelines}},
            {"creationTime": {"operator": "AFTER", "value": after}},
        ]
        for n, (application, pipelines, after) in enumerate(since)
    }
    return Question("open cards", _later(len(since)), filters)


@cache
def _later(size: int) -> str:
    names = ", ".join(f"$f{n}: [ExecutionFilter]" for n in range(size))
    aliases = "\n".join(
        f"  l{n}: executions(limit: 100, filters: $f{n}) {{ nodes {{ ...Later }} }}"
        for n in range(size)
    )
    return f"query Later({names}) {{\n{aliases}\n}}{LATER}"


def aliased(fragment: Fragment, executions: list[str]) -> Question:
    """Ask what *fragment* asks of many runs, the answers under ``r0``, ``r1`` and so on."""
    variables = {f"r{n}": execution for n, execution in enumerate(executions)}
    return Question(fragment.what, _aliased(fragment, len(executions)), variables)


@cache
def _aliased(fragment: Fragment, size: int) -> str:
    names = ", ".join(f"$r{n}: String!" for n in range(size))
    aliases = "\n".join(
        f"  r{n}: execution(executionId: $r{n}) {{ ...{fragment.name} }}" for n in range(size)
    )
    return f"query Many{fragment.name}({names}) {{\n{aliases}\n}}{fragment.text}"


def refresh(runs: list[tuple[str, str]]) -> Question:
    """Make Harness write down the stages of *runs*, (application, execution) each (facts 3.6)."""
    variables = {f"a{n}": app for n, (app, _) in enumerate(runs)}
    variables |= {f"r{n}": execution for n, (_, execution) in enumerate(runs)}
    return Question("refresh", _refresh(len(runs)), variables)


@cache
def _refresh(size: int) -> str:
    names = ", ".join(f"$a{n}: String!, $r{n}: String!" for n in range(size))
    aliases = "\n".join(
        f"  r{n}: approvalDetails(applicationId: $a{n}, executionId: $r{n})"
        " { approvalDetails { approvalId } }"
        for n in range(size)
    )
    return f"query Refresh({names}) {{\n{aliases}\n}}"


def resume(application: str, execution: str, stage: str) -> Question:
    """Write the one mutation; *stage* is a pattern already (facts 3.3)."""
    given = {
        "applicationId": application,
        "pipelineExecutionId": execution,
        "pipelineStageName": stage,
    }
    return Question("resume", _RESUME, {"input": given})


def hello() -> Question:
    """Ask for nothing: the key and the address are checked all the same."""
    return Question("hello", "query Hello { __typename }")
