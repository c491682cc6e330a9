"""What an event says, and what it cannot make anybody believe."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.execution import Environment, ExecutionRef
from bot.harness.event_wire import read_event
from bot.ports.events import Ignored, RunFailed, Tried

RUN, APP, ENV = "Xk3VbnQ1R6-9uyDq0nQ4Xg", "d5sAd3xgTnyR0cXq2dF7Tw", "8QyTq0sUT3u9oL6k2Jd1Zw"
END = {
    "id": "5f0e6f0a",
    "version": "v1",
    "eventType": "pipeline_end",
    "data": {
        "application": {"id": APP, "name": "Storefront"},
        "environments": [{"id": ENV}, {"id": ENV}],
        "executionId": RUN,
        "pipelineExecution": {"id": RUN},
        "status": "FAILED",
    },
}


def changed(**data):
    event = copy.deepcopy(END)
    event["data"] |= data
    return event


def test_a_bad_end_names_the_run_and_all_its_environments():
    """``pipeline_end`` lists every environment of the run (facts 7.3)."""
    event = read_event(END)
    assert event == RunFailed("5f0e6f0a", ExecutionRef(RUN, APP), event.environments)
    assert event.environments.known == (Environment(ENV),)
    assert event.environments.complete


@pytest.mark.parametrize("status", ["REJECTED", "EXPIRED", "ABORTED", "ERROR", "SOMETHING_NEW"])
def test_every_bad_word_counts_and_an_unknown_one_too(status):
    """The look at the run decides in the end."""
    assert isinstance(read_event(changed(status=status)), RunFailed)


@pytest.mark.parametrize("status", ["SUCCESS", "RUNNING", "SKIPPED", None, 5])
def test_other_ends_are_ignored(status):
    """Nothing failed, or nothing is said."""
    assert isinstance(read_event(changed(status=status)), Ignored)


@pytest.mark.parametrize("odd", [None, "x", [None], [{"id": 5}], [{"id": "short"}], [{}]])
def test_an_odd_list_of_environments_is_not_all_of_them(odd):
    """Then everything is demanded of the presser (ruling 22)."""
    assert not read_event(changed(environments=odd)).environments.complete


def test_a_workflows_end_watches_its_pipeline():
    """Its environments are its own only."""
    event = read_event(changed(executionId=ENV) | {"eventType": "workflow_end"})
    assert event.run.id == RUN
    assert not event.environments.complete


@pytest.mark.parametrize("run", ["", "../../x", RUN + "x", None, {"a": 1}])
def test_an_odd_id_is_no_run(run):
    """It would travel into a request."""
    event = changed(executionId=run, pipelineExecution={"id": run})
    assert isinstance(read_event(event), Ignored)


def test_the_test_event():
    """``TEST`` is answered."""
    assert read_event({"id": "a", "eventType": "TEST", "data": {}}) == Tried("a")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=20,
)


@given(st.sampled_from(sorted(END)), st.sampled_from(sorted(END["data"])), JSON)
def test_any_json_in_any_place_is_read(member, part, odd):
    """No payload makes the reader stumble."""
    read_event(END | {member: odd})
    read_event(changed(**{part: odd}))
    read_event(odd)
