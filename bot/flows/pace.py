"""How long the stories wait for what: the promises about time, in one place.

The values are what production runs with; tests shorten them, so that a fortnight fits in a second.
"""

from dataclasses import dataclass

_MINUTE = 60_000
_DAY = 24 * 60 * _MINUTE


@dataclass(frozen=True, slots=True)
class Pace:
    """Times of the stories; names that end in ``_ms`` are milliseconds, the others seconds."""

    offer_seconds: float = 9.0
    """``/resume`` has its answer within 10 s (ruling 8); the rest is for Slack."""
    click_seconds: float = 7.5
    """A click has its outcome within 8 s of its ack (ruling 8); the rest is for Slack."""
    read_seconds: float = 4.5
    """Of these, what reading may take, so that the call keeps a fair share."""
    hint_seconds: float = 6.0
    """By when after its ack a refusal goes out, also without the names of those who could."""
    reason_ms: int = 60 * _MINUTE
    """How long somebody may think about the reason that a window asks for."""
    first_look_ms: int = 3_000
    """When a run that was just started is looked at for the first time, at the latest."""
    guard_ms: int = _MINUTE
    """When a claim whose flow died without a word is looked at."""
    settle_ms: int = 30_000
    """How long after its time-out a call may still take effect in Harness (facts/engine.md 4)."""
    looks: int = 3
    """How many looks must find nothing once the call can no longer be in flight (ruling 11)."""
    several_look_ms: int = 5 * _MINUTE
    """How often it is looked again when more than one run could be ours: a person decides."""
    missing_ms: int = 60 * _MINUTE
    """How long Harness may say that it knows no such run before the bot believes it."""
    leave_after_ms: int = 14 * _DAY
    """After this age of a resume the last line says that the bot stops looking (ruling 17)."""
    open_look_ms: int = 5 * _MINUTE
    """How often an open card is checked against Harness (ruling 17)."""
    open_for_ms: int = _DAY
    """For how long after it was posted."""
    open_cards_seconds: float = 60.0
    """How often it is seen which open cards are due."""
    gather_seconds: float = 1.0
    """How long alerts are gathered once they come thick, so that they share their requests."""
    watch_for_ms: int = _DAY
    """For how long a run that an alert told of is waited for."""
    sweep_seconds: float = 180.0
    """How often bad ends are looked for that nothing told of."""
    sweep_margin_ms: int = 5 * _MINUTE
    """How far a sweep looks back behind the last one: clocks differ, and ends are written late."""
    post_seconds: float = 1.05
    """How far apart posts into one channel are: Slack takes about one a second."""
    storm_ms: int = 5 * _MINUTE
    """How long after its last card a summary still takes new ones into its thread."""
