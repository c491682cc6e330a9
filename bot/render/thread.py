"""The lines of a card's thread: news only, each different from every other (ruling 14)."""

from bot.core.attempt import Attempt
from bot.core.errors import RefusalKind
from bot.core.execution import Execution, Status
from bot.render.message import Message


def started(attempt: Attempt) -> Message:
    """Say that the new run exists, with the link to it."""
    return _line("started", attempt)


def group_started(attempt: Attempt, label: str, at: int) -> Message:
    """Say that a group of the new run began; *at* is the moment it was seen, epoch ms."""
    return _line(f"{label} started {at}", attempt)


def group_failed(
    attempt: Attempt, label: str, status: Status, at: int, *, failure: str = ""
) -> Message:
    """Say that a group of the new run ended badly; *failure* is Harness's reason, if any."""
    return _line(f"{label} {status} {at} {failure}", attempt)


def waiting(attempt: Attempt, label: str, status: Status, at: int) -> Message:
    """Say that a person is needed; *label* may be empty when no group is known to wait."""
    return _line(f"{label} waits {status} {at}", attempt)


def final(attempt: Attempt, run: Execution) -> Message:
    """Say how the new run ended, how long it ran, and where to see it."""
    return _line(f"ended {run.status}", attempt)


def refused(attempt: Attempt, kind: RefusalKind, text: str) -> Message:
    """Say that Harness refused the resume, so that nothing was started."""
    return _line(f"refused {kind} {text}", attempt)


def lost(attempt: Attempt) -> Message:
    """Say that the answer to the call was lost and the new run is being looked for."""
    return _line("lost", attempt)


def found(attempt: Attempt) -> Message:
    """Say that the run of a lost call was found, with the link to it."""
    return _line("found", attempt)


def not_found(attempt: Attempt) -> Message:
    """Say that the lost call seems to have started nothing; the buttons are back."""
    return _line("not found", attempt)


def cancelled(attempt: Attempt) -> Message:
    """Say that the bot stopped before the call, so that nothing was started."""
    return _line("cancelled", attempt)


def left(attempt: Attempt) -> Message:
    """Say that the bot stops looking at the new run after 14 days (ruling 17)."""
    return _line("left", attempt)


def has_a_card(execution: Execution, link: str) -> Message:
    """Answer a later alert of a run that has a card already; *link* leads to it (ruling 18)."""
    return Message(f"{execution.name} has a card: {link}")


def _line(what: str, attempt: Attempt) -> Message:
    return Message(f"{what} (attempt {attempt.number})")
