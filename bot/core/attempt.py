"""The life of an attempt to resume, as a table of legal moves.

One row per confirmed click. While its state is *live* the attempt holds the claim on its execution:
a unique key in the store lets only one live attempt exist, across people, buttons, cards, processes
and replicas. The order of writes is the promise:

1. ``CLAIMED`` is written before anything is changed anywhere.
2. ``CALLING`` is written, by the claim's owner only, right before the one call to Harness.
3. The answer decides: ``RUNNING`` (the new run's id is known), ``REFUSED`` (certainly not done, the
   claim is free again) or ``UNKNOWN`` (perhaps done: look, never call again).

A crash in ``CLAIMED`` means that nothing was called; a crash in ``CALLING`` is a lost answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.core.errors import RefusalKind
from bot.core.execution import ExecutionRef


class State(StrEnum):
    """Where an attempt stands."""

    CLAIMED = "claimed"
    CALLING = "calling"
    UNKNOWN = "unknown"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    """The new run ended, and not well: failed, aborted, rejected or expired."""
    REFUSED = "refused"
    NOT_FOUND = "not found"
    CANCELLED = "cancelled"
    """A crash before the call: nothing was started."""
    LEFT = "left"
    """The bot stopped looking after 14 days (ruling 17)."""


LIVE = frozenset({State.CLAIMED, State.CALLING, State.UNKNOWN, State.RUNNING})
"""States that hold the claim on the execution."""


class Event(StrEnum):
    """What can happen to an attempt."""

    CALL = "call"
    STARTED = "started"
    REFUSED = "refused"
    ANSWER_LOST = "answer lost"
    FOUND = "found"
    NOT_FOUND = "not found"
    CANCELLED = "cancelled"
    ENDED_WELL = "ended well"
    ENDED_BADLY = "ended badly"
    TOO_OLD = "too old"


TRANSITIONS: Mapping[State, Mapping[Event, State]] = {
    State.CLAIMED: {Event.CALL: State.CALLING, Event.CANCELLED: State.CANCELLED},
    State.CALLING: {
        Event.STARTED: State.RUNNING,
        Event.REFUSED: State.REFUSED,
        Event.ANSWER_LOST: State.UNKNOWN,
    },
    State.UNKNOWN: {
        Event.FOUND: State.RUNNING,
        Event.REFUSED: State.REFUSED,
        Event.NOT_FOUND: State.NOT_FOUND,
    },
    State.RUNNING: {
        Event.ENDED_WELL: State.SUCCEEDED,
        Event.ENDED_BADLY: State.FAILED,
        Event.TOO_OLD: State.LEFT,
    },
    State.SUCCEEDED: {},
    State.FAILED: {},
    State.REFUSED: {},
    State.NOT_FOUND: {},
    State.CANCELLED: {},
    State.LEFT: {},
}


class IllegalMoveError(Exception):
    """A move that the table does not know; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Presser:
    """Who confirmed the click: Slack's id, the e-mail, and the Harness user it led to."""

    user_id: str
    email: str = ""
    harness_id: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The stage group that was chosen, as it was called on the card."""

    key: int
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Progress:
    """What the thread was last told about the new run.

    *groups* holds one ``(label, status)`` per group of the new run, in order; *waiting* says that
    the thread knows that a person is needed.
    """

    status: str = ""
    groups: tuple[tuple[str, str], ...] = ()
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """One confirmed click and everything that came of it. Times are epoch milliseconds."""

    id: str
    execution: ExecutionRef
    """The run that is resumed; the claim is on its id."""
    root: str
    """The id of the first run of the chain, as far as it is known: the lineage."""
    card: str
    """The id of the card that was pressed."""
    presser: Presser
    chosen: Chosen
    reason: str = ""
    """What the presser typed, where a reason was asked for (untrusted)."""
    second: Presser | None = None
    """Who agreed, where a second person had to."""
    number: int = 1
    """Which attempt of its lineage this is, from 1; it makes lines of a thread differ."""
    state: State = State.CLAIMED
    correlation: str = ""
    claimed_at: int = 0
    called_at: int | None = None
    settled_at: int | None = None
    """From this time on the call can no longer be in flight."""
    run: ExecutionRef | None = None
    run_url: str = ""
    lost: str = ""
    """Why the answer was lost, or what Harness refused with."""
    refusal: RefusalKind | None = None
    """A refusal that is looked up all the same, since it may have left a run (facts 3.7)."""
    looks: int = 0
    """How often the new run was looked for since *settled_at* without finding it."""
    next_look: int = 0
    progress: Progress = Progress()
    ended_at: int | None = None
    outcome: str = ""
    """How the new run ended, in Harness's word, or why there is none."""


def move(attempt: Attempt, event: Event) -> Attempt:
    """Apply *event*; raise ``IllegalMoveError`` when the table does not allow it."""
    state = TRANSITIONS[attempt.state].get(event)
    if state is None:
        raise IllegalMoveError(f"{attempt.state} does not know {event}")
    return replace(attempt, state=state)
