"""Which stage groups can be resumed from: tables for each trap, and a rule written twice."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.execution import NEGATIVE, UNSTARTED, Stage, StageKind, Status
from bot.core.stages import (
    Blocked,
    NotResumable,
    Resumable,
    Why,
    assess,
    group_stages,
)
from tests.core import runs
from tests.core.runs import rows, run


def offered(text, status=Status.FAILED):
    found = assess(run(text, status))
    return [g.name for g in found.offered] if isinstance(found, Resumable) else found.why


def blocked(text, status=Status.FAILED):
    found = assess(run(text, status))
    return {c.group.key: c.blocked for c in found.choices if c.blocked}


def test_the_documents_own_example_is_one_button():
    """Two rows called STAGE 1, steps Mongo and Redis, both FAILED: one group, offered."""
    seed = [
        Stage("STAGE 1", "Mongo", StageKind.WORKFLOW, Status.FAILED, "DQd-S3YER1S9cn7i6e68FQ"),
        Stage("STAGE 1", "Redis", StageKind.WORKFLOW, Status.FAILED, "FhdCOPbPTimmCyZJZhh4Tg"),
    ]
    found = assess(run(stages=seed))
    assert [(g.name, g.label, g.rows) for g in found.offered] == [
        ("STAGE 1", "STAGE 1 (Mongo, Redis)", tuple(seed))
    ]
    assert found.failed == found.offered[0]


def test_the_facts_own_example():
    """An approval, a parallel group half failed, a stage not started (facts 3.5)."""
    seen = [
        Stage("Sign-off", "Approve release", StageKind.APPROVAL, Status.SUCCESS),
        Stage("STAGE 2", "Deploy EU", StageKind.WORKFLOW, Status.FAILED),
        Stage("STAGE 2", "Deploy US", StageKind.WORKFLOW, Status.SUCCESS),
        Stage("STAGE 3", "Smoke test", StageKind.WORKFLOW, Status.QUEUED),
    ]
    found = assess(run(stages=seen))
    labels = [g.label for g in found.offered]
    assert labels == ["Sign-off (Approve release)", "STAGE 2 (Deploy EU, Deploy US)"]
    assert found.choices[2].blocked is Blocked.AFTER_FAILURE


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A:F", ["A"]),
        ("A:S B:F C:Q", ["A", "B"]),
        ("A:S,S B:S,F,S C:S D:F", ["A", "B"]),  # parallel members; nothing after the failure
        ("A:S B:E", ["A", "B"]),
        ("A:S B:A C:Q", ["A", "B"]),
        ("A:S Gate!:J C:Q", ["A", "Gate"]),  # an approval is asked again
        ("A:S Gate!:X C:Q", ["A", "Gate"]),
        ("A:K B:S C:F", ["A", "B", "C"]),  # skipped groups are offered (ruling 1)
        ("A:S B:F Gate!:Q", ["A", "B"]),  # an approval after the failure would only replay it
        ("A:S B:S A:F", ["A", "B"]),  # the failed one cannot be addressed; the list ends there
        ("A:S B:S A:S C:F", ["A", "B", "C"]),
        ("A:F,Q B:Q", ["A"]),  # a sibling that never started does not matter
        ("A:R B:F", ["A", "B"]),  # a row that lags behind does not matter
        ("A:Q B:F", ["A", "B"]),
    ],
)
def test_up_to_and_including_the_first_failure(text, names):
    """In the pipeline's order, each name once, never after the failure (ruling 1, facts 3.4)."""
    assert offered(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A:S B:S C:Q", ["A", "B"]),
        ("A:S B:S", ["A", "B"]),
        ("A:S B:S,Q C:S", ["A"]),
        ("A:K B:S C:Q", ["A", "B"]),
        ("A:S B:R C:Q", ["A"]),
        ("A:S B:R C:S D:Q", ["A", "C"]),
        ("A:S B:P C:S", ["A"]),
        ("A:R B:Q", Why.NOTHING_ADDRESSABLE),
        ("A:S,Q B:Q", Why.NOTHING_ADDRESSABLE),
        ("A:Q B:P C:Q,Q", Why.NOTHING_STARTED),
        ("A:P", Why.NOTHING_STARTED),
        ("", Why.NO_STAGES),
    ],
)
def test_a_run_that_ended_between_stages(text, names):
    """Without a failed row, what has ended before the first row that never started (ruling 1)."""
    for status in NEGATIVE:
        assert offered(text, status) == names


def test_each_blocked_group_says_why():
    """What cannot be chosen is listed with its reason."""
    assert blocked("A:S A2:S A:S B:F C:Q A:Q") == {
        2: Blocked.NAME_TAKEN,
        4: Blocked.AFTER_FAILURE,
        5: Blocked.AFTER_FAILURE,
    }
    assert blocked("A:S B:R C:Q", Status.ABORTED) == {1: Blocked.NOT_ENDED, 2: Blocked.NOT_STARTED}


@pytest.mark.parametrize("name", ["", " ", "\t"])
def test_a_blank_name_finds_no_stage(name):
    """Harness refuses a blank name (facts 3.2, check 1), so the group is only listed."""
    seen = [
        Stage("A", "a", StageKind.WORKFLOW, Status.SUCCESS),
        Stage(name, "b", StageKind.WORKFLOW, Status.FAILED),
    ]
    found = assess(run(stages=seen))
    assert [c.blocked for c in found.choices] == [None, Blocked.UNNAMED]
    assert found.choices[1].group.label == "unnamed stage (b)"
    assert assess(run(stages=seen[1:])) == NotResumable(Why.NOTHING_ADDRESSABLE)


def test_rows_without_a_name_stand_alone():
    """Two unnamed neighbours are not known to run in parallel."""
    seen = [Stage("", step, StageKind.WORKFLOW, Status.SUCCESS) for step in "ab"]
    assert [g.steps for g in group_stages(tuple(seen))] == [("a",), ("b",)]


def test_a_loop_is_named_once():
    """Turns of a loop are rows of one group with one step name (facts 3.5)."""
    turns = tuple(Stage("Deploy", "Roll out", StageKind.WORKFLOW, s) for s in (Status.SUCCESS,) * 3)
    (group,) = group_stages(turns)
    assert group.label == "Deploy (Roll out)"


def test_a_step_that_repeats_the_name_adds_nothing():
    """``Deploy (Deploy)`` says no more than ``Deploy``."""
    (group,) = group_stages((Stage("Deploy", "Deploy", StageKind.WORKFLOW, Status.SUCCESS),))
    assert group.label == "Deploy"


@pytest.mark.parametrize(
    ("states", "sum_of_them"),
    [
        ("S,F", "FAILED"),
        ("R,F,E", "ERROR"),
        ("S,R", "RUNNING"),
        ("H,R", "PAUSED"),
        ("W,H", "WAITING"),
        ("S,Q", "QUEUED"),
        ("K,S", "SUCCESS"),
        ("K,K", "SKIPPED"),
    ],
)
def test_a_groups_state_is_the_worst_of_its_rows(states, sum_of_them):
    """What failed outweighs what goes on, and that what is over."""
    (group,) = group_stages(rows(f"A:{states}"))
    assert group.status == sum_of_them


@given(st.lists(st.sampled_from(Status), min_size=1, max_size=5))
def test_every_state_has_its_place_in_the_sum(states):
    """No state, alone or with others, is unknown to the sum."""
    stages = tuple(Stage("A", "a", StageKind.WORKFLOW, status) for status in states)
    assert group_stages(stages)[0].status in states


@pytest.mark.parametrize(
    ("status", "text", "why"),
    [
        ("SUCCESS", "A:S", Why.SUCCEEDED),
        ("SKIPPED", "A:K", Why.SUCCEEDED),
        ("RUNNING", "A:F B:R", Why.RUNNING),
        ("QUEUED", "A:Q", Why.RUNNING),
        ("PREPARING", "", Why.RUNNING),
        ("RESUMED", "A:R", Why.RUNNING),
        ("PAUSED", "A:S Gate!:H", Why.APPROVAL),
        ("PAUSED", "A:H", Why.PAUSED),
        ("PAUSED", "Gate!:S A:H", Why.PAUSED),
        ("WAITING", "A:W", Why.WAITING),
    ],
)
def test_what_has_not_ended_badly_is_refused(status, text, why):
    """You cannot resume what succeeded, runs, is paused or waits."""
    assert assess(run(text, Status(status))) == NotResumable(why)


def test_aborting_is_refused_until_it_is_over():
    """ABORTED without an end time is still aborting (facts 4.1)."""
    assert assess(run("A:A", Status.ABORTED, ended_at=None)) == NotResumable(Why.ABORTING)
    assert offered("A:A", Status.ABORTED) == ["A"]


# ── the rule, written a second time: over rows, without groups ─────────────────────────────────


def by_rows(stages):
    starts = [
        i
        for i, row in enumerate(stages)
        if i == 0 or not row.name or row.name != stages[i - 1].name
    ]
    bad = [i for i, row in enumerate(stages) if row.status in NEGATIVE]
    idle = [i for i, row in enumerate(stages) if row.status in UNSTARTED]
    keep = []
    for start, after in pairwise([*starts, len(stages)]):
        if bad and start > bad[0]:
            break
        if not bad and idle and after > idle[0]:
            break
        members = {row.status for row in stages[start:after]}
        settled = members <= NEGATIVE | {Status.SUCCESS, Status.SKIPPED}
        name = stages[start].name
        if (bad or settled) and name.strip() and name not in [r.name for r in stages[:start]]:
            keep.append((name, stages[start:after]))
    return keep if len(idle) < len(stages) else []


@given(runs.stages, runs.bad_ends)
def test_the_rule_over_rows_agrees(stages, status):
    """For any rows, the offered groups are those of the rule written without groups."""
    found = assess(run(status=status, stages=stages))
    groups = found.offered if isinstance(found, Resumable) else ()
    assert [(g.name, g.rows) for g in groups] == by_rows(stages)
    assert isinstance(found, NotResumable) is (not groups)


@given(runs.stages)
def test_grouping_loses_and_reorders_nothing(stages):
    """Groups are a partition of the rows in order; each has one name; keys are positions."""
    groups = group_stages(stages)
    assert tuple(row for group in groups for row in group.rows) == stages
    assert [group.key for group in groups] == list(range(len(groups)))
    assert all({row.name for row in group.rows} == {group.name} for group in groups)
    for left, right in pairwise(groups):
        assert left.name != right.name or not left.name


@given(runs.stages, runs.bad_ends)
def test_what_is_offered_is_safe_to_name(stages, status):
    """No name twice, none after the first failure, and the first row of that name is its own."""
    found = assess(run(status=status, stages=stages))
    if isinstance(found, NotResumable):
        return
    names = [group.name for group in found.offered]
    assert len(set(names)) == len(names)
    for group in found.offered:
        assert next(row for row in stages if row.name == group.name) is group.rows[0]
        assert found.failed is None or group.key <= found.failed.key
    assert [choice.group for choice in found.choices] == list(group_stages(stages))


@given(runs.stages, st.sampled_from(sorted(set(Status) - NEGATIVE)))
def test_only_a_bad_end_offers_anything(stages, status):
    """Whatever the rows say, a run that has not ended badly offers nothing."""
    assert isinstance(assess(run(status=status, stages=stages)), NotResumable)
