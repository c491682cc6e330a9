"""A card: the message with the buttons, as the store remembers it.

What cannot change after a run's end (its stages once refreshed, its environments, who started it)
is read when the card is made and kept here; a click reads again only what can change (ruling 9).
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.execution import NO_ENVIRONMENTS, Environments, Execution


class Door(StrEnum):
    """How the run came to the bot."""

    COMMAND = "command"
    SHORTCUT = "shortcut"
    ALERT = "alert"
    EVENT = "event"
    SWEEP = "sweep"
    AGAIN = "again"
    """The run that a resume started failed too: a new card in the same thread."""


class CardState(StrEnum):
    """What a card shows at present."""

    OPEN = "open"
    """Buttons."""
    TAKEN = "taken"
    """An attempt of this bot works on the run; ``Card.attempt`` names it."""
    ELSEWHERE = "elsewhere"
    """The run was resumed, or went on, outside this bot."""
    CLOSED = "closed"
    """Over: the new run has ended, or there is nothing to resume."""
    PASSED = "passed"
    """Let be, or could not be posted; nobody sees it, and another alert begins anew."""
    WATCHED = "watched"
    """An alert told of the run, and nothing is said until it has ended badly."""
    POINTER = "pointer"
    """A later alert in another channel: its thread gets a line once the run's card is there."""
    SUMMARY = "summary"
    """No card of a run: the message of many failures at once, whose thread has their cards."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card and the run it is about. Times are epoch milliseconds."""

    id: str
    execution: Execution
    environments: Environments
    channel: str
    door: Door
    root: str
    """The id of the first run of the chain, as far as it is known."""
    thread: str
    """The id of the card that opened this thread (its own id, unless it is an AGAIN card)."""
    thread_ts: str = ""
    """Slack's ``ts`` under which lines go: the alert's; empty: under the thread's first card."""
    ts: str = ""
    """Slack's ``ts`` of the card; empty until Slack has accepted it."""
    asked_by: str = ""
    """The Slack user who typed the command or used the shortcut."""
    state: CardState = CardState.OPEN
    attempt: str = ""
    created_at: int = 0
    told: Environments = NO_ENVIRONMENTS
    """What an event said of its environments: heard, and not what Harness shows."""
    held: bool = False
    """Whether quiet hours kept it back: then it comes with the digest."""
    next_look: int = 0
    """When the truth of an open card is looked at next; 0: only when it is pressed (ruling 17)."""
