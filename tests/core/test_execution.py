"""What an execution says of itself."""

import pytest

from bot.core.execution import (
    ENDED,
    NEGATIVE,
    UNSTARTED,
    Environment,
    Environments,
    EnvironmentType,
    Status,
)
from tests.core.runs import run


def test_the_states_are_those_of_harness():
    """GraphQL's twelve, and PREPARING for its null (facts 2.1, 4.1)."""
    graphql = "SUCCESS FAILED ERROR ABORTED REJECTED EXPIRED SKIPPED QUEUED RUNNING PAUSED WAITING"
    assert set(Status) == {*graphql.split(), "RESUMED", "PREPARING"}


def test_what_can_be_resumed_has_ended_badly():
    """Everything terminal but SUCCESS and SKIPPED (facts 4.1)."""
    assert {"FAILED", "ERROR", "ABORTED", "REJECTED", "EXPIRED"} == NEGATIVE
    assert {"SUCCESS", "SKIPPED"} == ENDED - NEGATIVE
    assert not UNSTARTED & ENDED


@pytest.mark.parametrize("status", list(Status))
def test_a_run_has_ended_in_a_terminal_state(status):
    """A terminal state with an end time is an end; any other state is none."""
    assert run(status=status, ended_at=5).ended is (status in ENDED)


def test_aborting_is_no_end():
    """ABORTED without an end time may still be aborting (facts 4.1)."""
    assert not run(status=Status.ABORTED, ended_at=None).ended
    assert run(status=Status.ABORTED, ended_at=1).ended


def test_other_terminal_states_need_no_end_time():
    """Only ABORTED is ambiguous."""
    assert all(run(status=status, ended_at=None).ended for status in ENDED - {Status.ABORTED})


@pytest.mark.parametrize(
    ("created", "started", "ended", "seconds"),
    [
        (1_000, 2_000, 62_500, 60),
        (1_000, None, 62_000, 61),
        (None, None, 62_000, None),
        (1_000, 2_000, None, None),
        (9_000, 9_000, 1_000, 0),
    ],
)
def test_how_long_it_ran(created, started, ended, seconds):
    """Whole seconds from its start, else its creation; unknown without both times."""
    timed = run(created_at=created, started_at=started, ended_at=ended)
    assert timed.seconds == seconds


def test_it_is_called_by_its_pipeline_or_its_id():
    """A pipeline whose name the key may not read leaves the id."""
    assert run(pipeline="Release").name == "Release"
    assert run().name == "run"


def test_an_environment_of_unknown_kind_may_be_production():
    """Where the kind is not said, the stricter reading holds."""
    prod = Environment("1", "eu", EnvironmentType.PROD)
    unsaid = Environment("2", "us")
    dev = Environment("3", "dev", EnvironmentType.NON_PROD)
    assert Environments((prod, unsaid, dev)).production() == (prod, unsaid)


EU, US = Environment("eu", "prod-eu", EnvironmentType.PROD), Environment("us")


@pytest.mark.parametrize(
    ("one", "other", "ids", "complete"),
    [
        (Environments(), Environments((EU, US), complete=True), {"eu", "us"}, True),
        (Environments((EU,)), Environments((US,), complete=True), {"eu", "us"}, False),
        (Environments((EU,), complete=True), Environments((EU,)), {"eu"}, True),
        (Environments((EU,), complete=True), Environments((US,)), {"eu", "us"}, False),
        (Environments((EU,)), Environments((US,)), {"eu", "us"}, False),
        (Environments(), Environments(), set(), False),
    ],
)
def test_joined_lists_are_whole_only_if_one_has_it_all(one, other, ids, complete):
    """A list that calls itself whole and lacks what the other names is not."""
    for joined in (one.joined(other), other.joined(one)):
        assert {environment.id for environment in joined.known} == ids
        assert joined.complete is complete


def test_a_joined_list_keeps_what_is_known_of_each():
    """The name and the kind stay, whichever list had them."""
    bare = Environments((Environment("eu"),))
    for joined in (bare.joined(Environments((EU,))), Environments((EU,)).joined(bare)):
        assert joined.known == (EU,)
