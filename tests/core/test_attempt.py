"""The life of an attempt: every legal move, and no other."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.attempt import (
    LIVE,
    TRANSITIONS,
    Attempt,
    Chosen,
    Event,
    IllegalMoveError,
    Presser,
    State,
    move,
)
from bot.core.execution import ExecutionRef

LEGAL = {
    ("claimed", "call", "calling"),
    ("claimed", "cancelled", "cancelled"),
    ("calling", "started", "running"),
    ("calling", "refused", "refused"),
    ("calling", "answer lost", "unknown"),
    ("unknown", "found", "running"),
    ("unknown", "refused", "refused"),
    ("unknown", "not found", "not found"),
    ("running", "ended well", "succeeded"),
    ("running", "ended badly", "failed"),
    ("running", "too old", "left"),
}
"""Written out a second time, by hand: who changes the table has to mean it."""


def attempt(state):
    presser = Presser("U1", "ann@example.com")
    return Attempt(
        "a", ExecutionRef("run"), "run", "card", presser, Chosen(0, "S", "S"), state=state
    )


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("event", list(Event))
def test_each_move_is_legal_or_changes_nothing(state, event):
    """A legal move changes the state only; an illegal one raises and leaves all as it was."""
    before = attempt(state)
    kept = copy.deepcopy(before)
    targets = [to for begin, what, to in LEGAL if (begin, what) == (state, event)]
    if targets:
        after = move(before, event)
        assert after.state == targets[0]
        assert after == attempt(State(targets[0]))
    else:
        with pytest.raises(IllegalMoveError, match=f"{state} does not know {event}"):
            move(before, event)
    assert before == kept


def test_the_table_knows_every_state():
    """A state that the table forgot would be an end by accident."""
    assert set(TRANSITIONS) == set(State)


def test_the_claim_is_held_until_an_end():
    """Live are just the states from which something can still happen."""
    assert {state for state in State if TRANSITIONS[state]} == LIVE


def test_nothing_leads_back_to_the_call():
    """The call is made from CLAIMED alone, so at most once in a life."""
    moves = [(s, e, to) for s, moves in TRANSITIONS.items() for e, to in moves.items()]
    assert [(s, e) for s, e, to in moves if to is State.CALLING] == [(State.CLAIMED, Event.CALL)]
    assert not [move for move in moves if move[-1] is State.CLAIMED]


@given(st.lists(st.sampled_from(Event), max_size=30))
def test_any_life_calls_at_most_once_and_ends_at_most_once(events):
    """Whatever happens in whatever order, there is one call and one end."""
    now, calls, ends = attempt(State.CLAIMED), 0, 0
    for event in events:
        try:
            now = move(now, event)
        except IllegalMoveError:
            continue
        calls += now.state is State.CALLING
        ends += now.state not in LIVE
    assert calls <= 1
    assert ends <= 1
