"""Reading executions (facts 2.1, 3.5, 4.1)."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import HarnessTrouble, Trouble
from bot.core.execution import (
    Cause,
    CauseKind,
    Environment,
    EnvironmentType,
    ExecutionRef,
    Stage,
    StageKind,
    Status,
)
from bot.core.stages import Resumable, assess
from bot.harness.firstgen_wire import (
    deployed_environments,
    is_workflow,
    may_be_stale,
    read_cause,
    read_execution,
    read_stages,
    read_status,
    read_time,
)

SEED = {
    "id": "ddUCod0mT5ykAxOHjSvabg",
    "status": "FAILED",
    "pipelineStageExecutions": [
        {
            "pipelineStageElementId": "quPSKqBNQQ270Oao83d-hA",
            "pipelineStageName": "STAGE 1",
            "pipelineStepName": "Mongo",
            "runtimeInputVariables": None,
            "status": "FAILED",
            "workflowExecutionId": "DQd-S3YER1S9cn7i6e68FQ",
        },
        {
            "pipelineStageElementId": "Ohb83Po3Tz-zwslDp-QAMA",
            "pipelineStageName": "STAGE 1",
            "pipelineStepName": "Redis",
            "runtimeInputVariables": None,
            "status": "FAILED",
            "workflowExecutionId": "FhdCOPbPTimmCyZJZhh4Tg",
        },
    ],
}


def test_the_seeds_answer_is_read_as_printed():
    """Two rows of one stage name are one group (trap 11)."""
    execution = read_execution(SEED, ExecutionRef("ddUCod0mT5ykAxOHjSvabg", "app"))
    assert execution.ref.scope == "app"
    assert not is_workflow(SEED)
    found = assess(execution)
    assert isinstance(found, Resumable)
    assert [g.label for g in found.offered] == ["STAGE 1 (Mongo, Redis)"]


@pytest.mark.parametrize("word", [s.value for s in Status if s is not Status.PREPARING])
def test_a_graphql_status_is_itself(word):
    """The twelve words of the schema."""
    assert read_status(word).value == word


@pytest.mark.parametrize(
    ("word", "status"),
    [
        (None, Status.PREPARING),
        ("NEW", Status.QUEUED),
        ("SCHEDULED", Status.QUEUED),
        ("STARTING", Status.QUEUED),
        ("PREPARING", Status.PREPARING),
        ("DISCONTINUING", Status.RUNNING),
        ("PAUSING", Status.PAUSED),
        ("ABORTING", Status.ABORTED),
    ],
)
def test_raw_words_and_null_are_statuses_too(word, status):
    """Null is PREPARING (trap 9); REST and events use the raw words."""
    assert read_status(word) is status


@pytest.mark.parametrize("word", ["EXPLODED", "", 7, "failed"])
def test_an_unknown_status_is_trouble(word):
    """A word that nobody knows decides nothing."""
    with pytest.raises(HarnessTrouble) as told:
        read_status(word)
    assert told.value.kind is Trouble.STRANGE


@pytest.mark.parametrize(
    ("value", "time"),
    [
        (1711612790123, 1711612790123),
        ("1711612790124", 1711612790124),
        (1.5, 1),
        (None, None),
        (True, None),
        ("soon", None),
        (float("inf"), None),
        ({}, None),
    ],
)
def test_times_are_numbers_or_numeric_strings(value, time):
    """DateTime is a number, Long a string (trap 17)."""
    assert read_time(value) == time


@pytest.mark.parametrize(
    ("node", "cause"),
    [
        (None, Cause()),
        ({"__typename": "ExecutedByMoon"}, Cause()),
        (
            {"__typename": "ExecutedByUser", "user": {"name": "Dana", "email": "d@e.f"}},
            Cause(CauseKind.PERSON, "Dana", "d@e.f"),
        ),
        ({"__typename": "ExecutedByUser", "user": None}, Cause(CauseKind.PERSON)),
        (
            {"__typename": "ExecutedByAPIKey", "apiKey": {"name": "bot"}},
            Cause(CauseKind.API_KEY, "bot"),
        ),
        ({"__typename": "ExecutedByAPIKey", "apiKey": None}, Cause(CauseKind.API_KEY)),
        (
            {"__typename": "ExecutedByTrigger", "trigger": {"name": "t"}},
            Cause(CauseKind.TRIGGER, "t"),
        ),
        ({"__typename": "ExecutedAlongPipeline"}, Cause(CauseKind.PIPELINE)),
    ],
)
def test_every_cause_is_read(node, cause):
    """A cause that is null or new is unknown, and treated as a person's run."""
    assert read_cause(node) == cause
    assert may_be_stale(cause) == (cause.kind in {CauseKind.PERSON, CauseKind.UNKNOWN})


def test_rows_keep_their_order_and_are_told_by_kind():
    """Loops share an element id (trap 12); a reused approval has no type (trap 15)."""
    rows = [
        {
            "__typename": "ApprovalStageExecution",
            "pipelineStageElementId": "e1",
            "pipelineStageName": "Sign-off",
            "pipelineStepName": "Approve",
            "status": "SUCCESS",
            "approvalStepType": None,
        },
        {"pipelineStageName": "L", "pipelineStepName": "a", "status": "FAILED"},
        {
            "pipelineStageName": "L",
            "pipelineStepName": "a",
            "status": None,
            "workflowExecutionId": "-x",
        },
        {"pipelineStageName": None, "pipelineStepName": None, "status": "QUEUED"},
    ]
    assert read_stages(rows) == (
        Stage("Sign-off", "Approve", StageKind.APPROVAL, Status.SUCCESS),
        Stage("L", "a", StageKind.WORKFLOW, Status.FAILED),
        Stage("L", "a", StageKind.WORKFLOW, Status.PREPARING, "-x"),
        Stage("", "", StageKind.WORKFLOW, Status.QUEUED),
    )


@pytest.mark.parametrize("rows", [[None], [{}], "x", [[]], [{"status": "NOPE"}]])
def test_a_stage_list_with_holes_is_trouble(rows):
    """Positions decide what is restarted, so nothing is skipped in silence."""
    with pytest.raises(HarnessTrouble):
        read_stages(rows)


def test_another_executions_answer_is_trouble():
    """An answer under the wrong id is never taken for the run."""
    with pytest.raises(HarnessTrouble):
        read_execution(SEED, ExecutionRef("x"))


def test_everything_but_id_and_status_may_be_null():
    """Every field is nullable; failure details often are (trap 16)."""
    node = dict.fromkeys(
        ["application", "cause", "pipeline", "executionUrl", "failureDetails", "endedAt"]
    )
    execution = read_execution({"id": "x", "status": "ABORTED", **node}, ExecutionRef("x"))
    assert (execution.failure, execution.url, execution.application) == ("", "", "")
    assert execution.stages == ()
    assert not execution.ended


def test_deployed_environments_are_listed_once():
    """Outcomes name environments; those that the key may not see are null (facts 2.2)."""
    prod = {"id": "p", "name": "prod", "type": "PROD"}
    node = {
        "memberExecutions": {
            "nodes": [
                {"outcomes": {"nodes": [{"environment": prod}, {"environment": None}, {}]}},
                {"outcomes": None},
                None,
                {"outcomes": {"nodes": [{"environment": prod}, {"environment": {"id": "q"}}]}},
            ]
        }
    }
    assert deployed_environments(node) == (
        Environment("p", "prod", EnvironmentType.PROD),
        Environment("q", "", None),
    )
    assert deployed_environments({"memberExecutions": None}) == ()


FIELDS = [
    "__typename", "id", "status", "createdAt", "application", "cause", "pipeline", "name", "user",
    "pipelineStageExecutions", "pipelineStageName", "workflowExecutionId", "memberExecutions",
    "nodes", "outcomes", "environment", "execution",
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["x", "FAILED", ""]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6)
    ),
    max_leaves=25,
)


@given(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=8))
def test_no_answer_breaks_the_reading(node):
    """Any JSON is an execution or trouble, never a bug (issue 3: fuzzed)."""
    deployed_environments(node)
    is_workflow(node)
    with suppress(HarnessTrouble):
        assert read_execution({**node, "id": "x"}, ExecutionRef("x")).ref.id == "x"
