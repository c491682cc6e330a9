"""Which run a lost call started (ruling 11)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.execution import ExecutionRef
from bot.core.lineage import NoneYet, Ours, Several, Successor, judge

OLD = ExecutionRef("old", "app")
CLAIM = 1_000


def after(name, *, proven=False, by_key=False, at=2_000):
    return Successor(ExecutionRef(name, "app"), f"https://h/{name}", at, proven, by_key)


def judged(*successors):
    found = judge(successors, old=OLD, since=CLAIM)
    match found:
        case Ours(run):
            return run.run.id
        case Several(runs):
            return {run.run.id for run in runs}
        case NoneYet():
            return None


@pytest.mark.parametrize(
    ("successors", "ours"),
    [
        ([], None),
        ([after("a")], None),  # somebody else's run of the same pipeline
        ([after("a", proven=True)], "a"),
        ([after("a", by_key=True)], "a"),
        ([after("a", by_key=True), after("b")], "a"),
        ([after("a", proven=True), after("b", by_key=True)], "a"),  # proof beats the key
        ([after("a", proven=True, by_key=True), after("b", by_key=True)], "a"),
        ([after("a", proven=True), after("b", proven=True)], {"a", "b"}),
        ([after("a", proven=True, by_key=True), after("b", proven=True)], {"a", "b"}),
        ([after("a", by_key=True), after("b", by_key=True)], {"a", "b"}),
        ([after("a", proven=True, by_key=True, at=CLAIM - 1)], None),  # older than the claim
        ([after("a", by_key=True, at=CLAIM)], "a"),
        ([after("a", by_key=True, at=1), after("b", by_key=True)], "b"),
        ([after("old", proven=True)], None),  # the run itself
        ([after("a", proven=True), after("a", by_key=True)], "a"),  # listed twice
    ],
)
def test_the_run_of_a_lost_call(successors, ours):
    """The only proven one; else the only one of our key; two candidates are a person's choice."""
    assert judged(*successors) == ours


def test_what_was_read_twice_is_put_together():
    """One reading proves it, the other knows its cause: both are kept."""
    found = judge([after("a", proven=True), after("a", by_key=True)], old=OLD, since=CLAIM)
    assert found == Ours(after("a", proven=True, by_key=True))


def test_several_are_told_oldest_first():
    """A person chooses from a list in order of time."""
    runs = [after("b", by_key=True, at=5_000), after("a", by_key=True, at=3_000)]
    assert judge(runs, old=OLD, since=CLAIM) == Several((runs[1], runs[0]))


@given(
    st.lists(
        st.builds(
            after,
            st.sampled_from(["a", "b", "c", "old"]),
            proven=st.booleans(),
            by_key=st.booleans(),
            at=st.integers(0, 3_000),
        ),
        max_size=6,
    ),
    st.randoms(use_true_random=False),
)
def test_a_guess_is_never_made(successors, random):
    """Ours is unique among its kind, new, and not the old run; the order read is nothing."""
    found = judged(*successors)
    shuffled = random.sample(successors, len(successors))
    assert judged(*shuffled) == found
    new = [s for s in successors if s.created_at >= CLAIM and s.run.id != "old"]
    proven = {s.run.id for s in new if s.proven}
    keyed = {s.run.id for s in new if s.by_api_key}
    best = proven or keyed
    assert found == (best if len(best) > 1 else next(iter(best), None))
