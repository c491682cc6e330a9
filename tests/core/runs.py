"""Runs and their rows in one line each, for the tables and the generated cases of these tests."""

from hypothesis import strategies as st

from bot.core.execution import (
    ENDED,
    NEGATIVE,
    Execution,
    ExecutionRef,
    Stage,
    StageKind,
    Status,
)

LETTERS = {
    "P": Status.PREPARING,
    "Q": Status.QUEUED,
    "R": Status.RUNNING,
    "H": Status.PAUSED,
    "W": Status.WAITING,
    "U": Status.RESUMED,
    "S": Status.SUCCESS,
    "F": Status.FAILED,
    "E": Status.ERROR,
    "A": Status.ABORTED,
    "J": Status.REJECTED,
    "X": Status.EXPIRED,
    "K": Status.SKIPPED,
}


def rows(text):
    """Read ``"Build:S Deploy:F,S Gate!:Q"``: stage, its rows' states, ``!`` for an approval."""
    found = []
    for word in text.split():
        name, _, states = word.rpartition(":")
        kind = StageKind.APPROVAL if name.endswith("!") else StageKind.WORKFLOW
        name = name.removesuffix("!")
        for number, letter in enumerate(states.split(","), 1):
            found.append(Stage(name, f"{name}-{number}", kind, LETTERS[letter]))
    return tuple(found)


def run(text="", status=Status.FAILED, *, stages=None, **more):
    if status in ENDED:
        more.setdefault("ended_at", 2_000)
    stages = rows(text) if stages is None else tuple(stages)
    return Execution(ExecutionRef("run", "app"), status, stages, **more)


names = st.sampled_from(["", " ", "STAGE 1", "STAGE 2", "Deploy (prod)", ".*", "Gate"])
stages = st.lists(
    st.builds(
        Stage,
        name=names,
        step=st.sampled_from(["", "Mongo", "Redis", "STAGE 1"]),
        kind=st.sampled_from(StageKind),
        status=st.sampled_from(Status) | st.sampled_from([Status.SUCCESS, Status.SKIPPED]),
    ),
    max_size=12,
).map(tuple)
bad_ends = st.sampled_from(sorted(NEGATIVE))
