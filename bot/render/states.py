"""A state in words and with a mark; the word is always there, for who cannot see the mark."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.execution import NEGATIVE, StageKind, Status
from bot.core.stages import StageGroup


@dataclass(frozen=True, slots=True)
class State:
    """How to show a status: a mark, a word for one stage, and a phrase for several or a run."""

    mark: str
    word: str
    one: str
    """As in "the pipeline … "."""
    many: str
    """As in "three stages … "."""


STATES: Mapping[Status, State] = {
    Status.PREPARING: State("⏳", "preparing", "is preparing", "are preparing"),
    Status.QUEUED: State("⚪", "not started", "has not started", "have not started"),
    Status.RUNNING: State("▶️", "running", "is running", "are running"),
    Status.RESUMED: State("▶️", "running", "is running", "are running"),
    Status.PAUSED: State("⏸️", "paused", "is paused", "are paused"),
    Status.WAITING: State("⏸️", "waiting", "is waiting", "are waiting"),
    Status.SUCCESS: State("✅", "succeeded", "succeeded", "succeeded"),
    Status.SKIPPED: State("⏭️", "skipped", "was skipped", "were skipped"),
    Status.FAILED: State("❌", "failed", "failed", "failed"),
    Status.ERROR: State("❌", "failed with an error", *["failed with an error"] * 2),
    Status.ABORTED: State("⏹️", "aborted", "was aborted", "were aborted"),
    Status.REJECTED: State("🚫", "rejected", "was rejected", "were rejected"),
    Status.EXPIRED: State("⌛", "expired", "expired", "expired"),
}


def state(status: Status) -> State:
    """Look a status up."""
    return STATES[status]


def read(word: str) -> Status | None:
    """Take a stored status word back; ``None`` for one that is none."""
    try:
        return Status(word)
    except ValueError:
        return None


def group_word(group: StageGroup) -> str:
    """Say the state of a group; an approval that is paused waits for its decision."""
    waits = any(r.kind is StageKind.APPROVAL and r.status is Status.PAUSED for r in group.rows)
    if waits and group.status is Status.PAUSED:
        return "waiting for an approval"
    return state(group.status).word


def group_detail(group: StageGroup) -> str:
    """Tell the members' states apart when they differ: ``Mongo failed, Redis succeeded``."""
    if len({row.status for row in group.rows}) == 1:
        return ""
    said = (f"{row.step or 'unnamed'} {state(row.status).word}" for row in group.rows)
    return ", ".join(dict.fromkeys(said))


def again(status: Status) -> str:
    """Say how a resumed run ended: ``succeeded after the resume``, ``failed again``."""
    one = state(status).one
    return f"{one} again" if status in NEGATIVE - {Status.ERROR} else f"{one} after the resume"
