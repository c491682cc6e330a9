"""What is news in a followed run: quiet, in order, and nothing twice."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.attempt import Chosen, Progress
from bot.core.execution import ENDED, NEGATIVE, Status
from bot.core.progress import (
    Ended,
    GroupFailed,
    GroupStarted,
    Wait,
    Waiting,
    observe,
)
from tests.core.runs import LETTERS, rows, run

A = Chosen(0, "A", "A (A-1)")
B = Chosen(1, "B", "B (B-1)")


def told(*readings, chosen=A):
    """Observe readings like ``"A:R B:Q"`` in turn, and say the news of each briefly.

    A reading may begin with the run's state: ``"PAUSED A:S B!:H"``; it is RUNNING otherwise.
    """
    seen, lines = Progress(), []
    for reading in readings:
        first, _, rest = reading.partition(" ")
        status, text = (Status(first), rest) if first in set(Status) else (Status.RUNNING, reading)
        seen, news = observe(seen, chosen, run(text, status))
        lines.append([brief(item) for item in news])
        assert observe(seen, chosen, run(text, status)) == (seen, ())
    return lines


def brief(item):
    done = f" [{' '.join(label[0] for label in item.finished)}]" if item.finished else ""
    match item:
        case GroupStarted():
            return f"{item.label[0]} starts{done}"
        case GroupFailed():
            more = " ..." if item.going_on else ""
            return f"{item.label[0]} {item.status.lower()} {','.join(item.steps)}{more}{done}"
        case Waiting():
            return f"{item.label[:1] or 'run'} waits: {item.what}{done}"
        case Ended():
            bad = f" {' '.join(label[0] for label in item.failed)}" if item.failed else ""
            return f"end {item.status.lower()}{bad}{done}"


@pytest.mark.parametrize(
    ("readings", "news"),
    [
        # a run that goes well: one line a stage, successes travel with the next
        (
            ["A:Q B:Q", "A:R B:Q", "A:S B:Q", "A:S B:R", "SUCCESS A:S B:S"],
            [[], ["A starts"], [], ["B starts [A]"], ["end success [B]"]],
        ),
        # what began and succeeded between two looks has no line of its own
        (["A:R B:Q C:Q", "A:S B:S C:R"], [["A starts"], ["C starts [A B]"]]),
        (["A:Q", "SUCCESS A:S"], [[], ["end success [A]"]]),
        (["A:Q B:Q", "A:S B:Q", "A:S B:S", "SUCCESS A:S B:S"], [[], [], [], ["end success [A B]"]]),
        # a failure, and the end; the final line tells both, since it may replace lines unsent
        (["A:R B:Q", "FAILED A:F B:Q"], [["A starts"], ["A failed A-1", "end failed A"]]),
        (
            ["A:R B:Q", "A:F B:Q", "FAILED A:F B:Q"],
            [["A starts"], ["A failed A-1"], ["end failed A"]],
        ),
        (["A:Q", "FAILED A:F"], [[], ["A failed A-1", "end failed A"]]),
        (["A:R B:Q", "FAILED A:S B:F"], [["A starts"], ["B failed B-1", "end failed B [A]"]]),
        (["A:R B:Q", "A:S B:F"], [["A starts"], ["B failed B-1 [A]"]]),
        # a parallel group half failed is told at once, and once
        (
            ["A:R,R,R", "A:S,F,R", "A:S,F,F", "FAILED A:S,F,F"],
            [["A starts"], ["A failed A-2 ..."], [], ["end failed A"]],
        ),
        (["A:Q,Q", "A:F,R"], [[], ["A failed A-1 ..."]]),
        (["A:R,Q", "A:S,Q", "A:S,R", "SUCCESS A:S,S"], [["A starts"], [], [], ["end success [A]"]]),
        (["A:Q,Q B:Q", "A:S,Q B:Q", "A:S,S B:R"], [[], ["A starts"], ["B starts [A]"]]),
        # approvals: reaching one is no news, its waiting is, once
        (
            ["A:R G!:Q", "A:S G!:R", "PAUSED A:S G!:H", "PAUSED A:S G!:H", "A:S G!:S B:R"],
            [["A starts"], [], ["G waits: approval [A]"], [], ["B starts [G]"]],
        ),
        (
            ["PAUSED A!:H", "REJECTED A!:J"],
            [["A waits: approval"], ["A rejected A-1", "end rejected A"]],
        ),
        (
            ["PAUSED A!:H B!:Q", "PAUSED A!:S B!:H"],
            [["A waits: approval"], ["B waits: approval [A]"]],
        ),
        # a person's hand, and a manual intervention
        (
            ["A:R", "PAUSED A:H", "A:R", "PAUSED A:H"],
            [["A starts"], ["A waits: hold"], [], ["A waits: hold"]],
        ),
        (["A:R", "WAITING A:W"], [["A starts"], ["A waits: intervention"]]),
        (["A:Q", "WAITING A:W", "A:R"], [[], ["A waits: intervention"], []]),
        # a wait beside a running sibling, while Harness says RUNNING of the whole
        (["A:R,R", "A:R,W"], [["A starts"], ["A waits: intervention"]]),
        # a wait and a failure in one group
        (
            ["A:R,R", "A:F,R", "A:F,W", "A:F,W"],
            [["A starts"], ["A failed A-1 ..."], ["A waits: intervention"], []],
        ),
        (
            ["A:R,R", "A:R,W", "A:F,W"],
            [["A starts"], ["A waits: intervention"], ["A failed A-1 ..."]],
        ),
        # a run that waits though no row does
        (["A:R", "PAUSED A:R", "PAUSED A:R", "A:R"], [["A starts"], ["run waits: hold"], [], []]),
        (["WAITING A:Q"], [["run waits: intervention"]]),
        # skipped groups are silent
        (
            ["A:R B:Q C:Q", "A:S B:K C:R", "SUCCESS A:S B:K C:S"],
            [["A starts"], ["C starts [A]"], ["end success [C]"]],
        ),
        (["A:K,Q", "A:K,R", "A:K,K"], [[], ["A starts"], []]),
        # no rows yet, no state yet
        (["PREPARING ", "QUEUED ", "PREPARING A:Q", "A:R"], [[], [], [], ["A starts"]]),
        (["PREPARING A:P B:Q"], [[]]),
        (["SUCCESS "], [["end success"]]),
        # a stale reading in between repeats nothing
        (["A:R B:Q", "A:Q B:Q", "", "A:R B:Q"], [["A starts"], [], [], []]),
        (["A:F B:Q", "A:R B:Q", "A:F B:Q"], [["A failed A-1"], [], []]),
        # after the end, nothing
        (["FAILED A:F", "A:R", "SUCCESS A:S"], [["A failed A-1", "end failed A"], [], []]),
        (["EXPIRED A:R B:Q"], [["end expired"]]),
        (["ERROR A:E"], [["A error A-1", "end error A"]]),
    ],
)
def test_the_story_of_a_run(readings, news):
    """Each reading tells what is new in it, and read again it tells nothing (ruling 14)."""
    assert told(*readings) == news


@pytest.mark.parametrize(
    ("readings", "news"),
    [
        (["A:S B:Q", "A:S B:R", "SUCCESS A:S B:S"], [[], ["B starts"], ["end success [B]"]]),
        (["A:R B:Q", "A:S B:Q"], [[], []]),
        (["A:F B:R", "FAILED A:F B:F"], [["B starts"], ["B failed B-1", "end failed B"]]),
        (["PAUSED A!:H B:Q", "A!:S B:R"], [["run waits: hold"], ["B starts"]]),
    ],
)
def test_what_was_taken_over_is_no_news(readings, news):
    """Rows before the chosen group are the old run's, with their old states (facts 4.4)."""
    assert told(*readings, chosen=B) == news


def test_the_chosen_group_is_known_by_its_name():
    """Harness starts from the first group of that name, wherever the new run lists it."""
    assert told("X:S B:R", "X:R B:R", chosen=replace(B, key=3)) == [["B starts"], []]
    assert told("X:R B:R", chosen=Chosen(1, "gone", "gone")) == [["B starts"]]


def test_aborting_is_not_the_end():
    """ABORTED ends the story when it has an end time (facts 4.1)."""
    aborting = run("A:R", Status.ABORTED, ended_at=None)
    seen, news = observe(Progress(), A, aborting)
    assert [brief(n) for n in news] == ["A starts"]
    seen, news = observe(seen, A, run("A:A", Status.ABORTED, ended_at=None))
    assert [brief(n) for n in news] == ["A aborted A-1"]
    seen, news = observe(seen, A, run("A:A", Status.ABORTED))
    assert [brief(n) for n in news] == ["end aborted A"]
    assert observe(seen, A, run("A:A", Status.ABORTED)) == (seen, ())


def test_what_the_thread_was_told_is_kept():
    """An unsaid success is kept as unsaid, so that a later line can carry it."""
    seen, _ = observe(Progress(), A, run("A:R B:Q", Status.RUNNING))
    assert seen == Progress("RUNNING", (("A (A-1)", "RUNNING"), ("B (B-1)", "QUEUED")))
    seen, _ = observe(seen, A, run("A:S B:Q", Status.RUNNING))
    assert dict(seen.groups)["A (A-1)"] == "RUNNING"
    seen, _ = observe(seen, A, run("A:S B:W", Status.WAITING))
    assert seen == Progress(
        "WAITING", (("A (A-1)", "SUCCESS"), ("B (B-1)", "WAITING")), waiting=True
    )


def test_a_line_knows_its_group():
    """News carry the position and the full label of the group, and what exactly went wrong."""
    _, news = observe(Progress(), A, run("A:S B:F,R,X", Status.RUNNING))
    label = "B (B-1, B-2, B-3)"
    steps = ("B-1", "B-3")
    assert news == (
        GroupFailed(1, label, Status.FAILED, steps, going_on=True, finished=("A (A-1)",)),
    )
    _, news = observe(Progress(), A, run("A!:H", Status.PAUSED))
    assert news == (Waiting(0, "A (A-1)", Status.PAUSED, Wait.APPROVAL),)
    _, news = observe(Progress(), A, run("A:Q", Status.PAUSED))
    assert news == (Waiting(None, "", Status.PAUSED, Wait.HOLD),)


# ── any run that only moves forward ────────────────────────────────────────────────────────────

LIVES = ["Q", "QR", "QRS", "QRF", "QHS", "QHJ", "QRWRS", "QWF", "QK", "QS", "QF", "QPRHRA", "S"]


@st.composite
def histories(draw):
    """Readings of a run of up to four groups, whose rows each go through a life of their own."""
    lives = draw(st.lists(st.lists(st.sampled_from(LIVES), min_size=1, max_size=3), max_size=4))
    readings, at = [], [[0] * len(group) for group in lives]
    for _ in range(draw(st.integers(1, 8))):
        for group, places in zip(lives, at, strict=True):
            for row, life in enumerate(group):
                places[row] = min(len(life) - 1, places[row] + draw(st.integers(0, 2)))
        words = [
            f"{name}:{','.join(life[p] for life, p in zip(group, places, strict=True))}"
            for name, group, places in zip("ABCD", lives, at, strict=False)
        ]
        readings.append(" ".join(words))
    bad = any(row.status in NEGATIVE for row in rows(readings[-1]))
    return readings, Status.FAILED if bad else Status.SUCCESS


@given(histories(), st.integers(0, 2))
def test_any_history_is_told_once(history, key):
    """Each start, failure and success at most once, in order, before exactly one end."""
    readings, end = history
    chosen = Chosen(key, "ABC"[key], "")
    seen, lines = Progress(), []
    for number, text in enumerate(readings, 1):
        status = end if number == len(readings) else Status.RUNNING
        seen, news = observe(seen, chosen, run(text, status))
        again, nothing = observe(seen, chosen, run(text, status))
        assert (again, nothing) == (seen, ())
        lines.extend(news)
    assert [type(line) for line in lines].count(Ended) == 1
    assert isinstance(lines[-1], Ended)
    for kind in (GroupStarted, GroupFailed):
        keys = [line.key for line in lines if isinstance(line, kind)]
        assert len(set(keys)) == len(keys)
        assert not [k for k in keys if k < key]
    finished = [label for line in lines for label in line.finished]
    assert len(set(finished)) == len(finished)
    last = rows(readings[-1])
    names = [name for name in "ABCD" if any(row.name == name for row in last)][key:]
    states = {name: {row.status for row in last if row.name == name} for name in names}
    well = [n for n in names if states[n] <= {"SUCCESS", "SKIPPED"} and states[n] != {"SKIPPED"}]
    assert sorted(label[0] for label in finished) == well
    failed = [label[0] for label in lines[-1].failed]
    assert failed == [name for name in names if states[name] & NEGATIVE]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(Status),
            st.lists(
                st.tuples(st.sampled_from("AB"), st.sampled_from("".join(LETTERS))), max_size=5
            ),
            st.sampled_from([None, 1]),
        ),
        max_size=8,
    )
)
def test_any_readings_at_all_keep_the_promises(readings):
    """Even readings that make no sense give one start, one failure and one end at most."""
    seen, lines = Progress(), []
    for status, states, ended_at in readings:
        text = " ".join(f"{name}:{state}" for name, state in states)
        reading = run(text, status, ended_at=ended_at)
        seen, news = observe(seen, A, reading)
        assert observe(seen, A, reading) == (seen, ())
        lines.extend(news)
        if reading.ended:
            assert seen.status in ENDED
    for kind in (GroupStarted, GroupFailed):
        keys = [line.key for line in lines if isinstance(line, kind)]
        assert len(set(keys)) == len(keys)
    assert [type(line) for line in lines].count(Ended) <= 1
