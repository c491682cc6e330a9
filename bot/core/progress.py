"""What is news in a run that is followed: the difference between what was told and what is seen.

Quiet by design (ruling 14): a line when a group starts, when one fails, when one waits for a
person, and one for the end. Success makes no line of its own; it travels in the next one, as
*finished*. Rows that the new run took over from the old one stand before the chosen group
(facts 4.4) and are never news.

``Progress`` holds what the thread was told, not what was last seen: a group that has succeeded
unsaid keeps its former state there until a line carries the success. What was told of a group's
start or failure is never taken back, so a stale reading in between repeats neither.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.core.attempt import Chosen, Progress
from bot.core.execution import ENDED, NEGATIVE, UNSTARTED, Execution, Stage, StageKind, Status
from bot.core.stages import StageGroup, group_stages


class Wait(StrEnum):
    """What a run waits for."""

    APPROVAL = "approval"
    """Somebody must approve or reject."""
    HOLD = "hold"
    """Runtime inputs are missing, or somebody paused it by hand."""
    INTERVENTION = "intervention"
    """A step failed and asks what to do, or a resource is taken (facts 4.1)."""


@dataclass(frozen=True, slots=True)
class GroupStarted:
    """A group of the new run began. *key* is its position in the new run."""

    key: int
    label: str
    finished: tuple[str, ...] = ()
    """Labels of groups that succeeded since the last line."""


@dataclass(frozen=True, slots=True)
class GroupFailed:
    """A row of a group ended badly; its parallel siblings may still run."""

    key: int
    label: str
    status: Status
    steps: tuple[str, ...] = ()
    """The members that ended badly, by name."""
    going_on: bool = False
    """Whether other members of the group have not ended."""
    finished: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A person is needed; *label* is empty and *key* ``None`` when no group is known to wait."""

    key: int | None
    label: str
    status: Status
    what: Wait
    finished: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """The run is over."""

    status: Status
    failed: tuple[str, ...] = ()
    """Labels of the groups that ended badly, whether they had a line of their own or not."""
    finished: tuple[str, ...] = ()


News = GroupStarted | GroupFailed | Waiting | Ended


def observe(
    seen: Progress, chosen: Chosen, execution: Execution
) -> tuple[Progress, tuple[News, ...]]:
    """Compare what the thread was told with a new reading of the run; the news come in order.

    Observing the same reading again gives no news, and nothing is news after the end. Saving the
    new ``Progress`` together with the lines makes each of them said once.
    """
    if seen.status in ENDED:
        return seen, ()
    groups = group_stages(execution.stages)
    told = _told(seen, len(groups))
    ours = [group for group in groups if group.key >= _first(groups, chosen)]
    finished = tuple(
        g.label for g in ours if _state(g) is Status.SUCCESS and told[g.key] not in _SETTLED
    )
    news = tuple(_news(seen, told, ours, execution))
    if news:
        news = _carrying(news, finished)
    groups_told = tuple(
        (group.label, _remembered(told[group.key], group, told_success=bool(news)))
        for group in groups
    )
    rest = seen.groups[len(groups) :]  # a shorter list is a stale one (facts 3.6)
    status = seen.status if _aborting(execution) else execution.status.value
    waiting = not execution.ended and _waits(execution, ours) is not None
    return Progress(status, groups_told + rest, waiting), news


# ── the state of a group, and what is remembered of it ─────────────────────────────────────────

_WAITS = frozenset({Status.PAUSED, Status.WAITING})
_SETTLED = NEGATIVE | {Status.SUCCESS}
"""What a group was told to be for good; a skipped one is never told of."""


def _state(group: StageGroup) -> Status:
    """Reduce a group to: not started, under way, waiting, failed, succeeded or skipped."""
    if group.negative:
        return group.status
    if group.ended:
        return group.status  # SUCCESS, or SKIPPED when all of it was
    if any(row.status in _WAITS for row in group.rows):
        return group.status
    begun = [r for r in group.rows if r.status not in UNSTARTED | {Status.SKIPPED}]
    # An approval begins to matter when it waits; that it was reached is no news.
    if all(row.kind is StageKind.APPROVAL for row in begun):
        return Status.QUEUED
    return Status.RUNNING


def _told(seen: Progress, count: int) -> list[Status]:
    told = [Status(status) for _, status in seen.groups]
    return told + [Status.QUEUED] * (count - len(told))


def _remembered(told: Status, group: StageGroup, *, told_success: bool) -> str:
    state = _state(group)
    if state in NEGATIVE and told not in NEGATIVE:
        return state
    if told in _SETTLED or state in {Status.QUEUED, Status.SKIPPED}:
        return told
    return told if state is Status.SUCCESS and not told_success else state


def _first(groups: tuple[StageGroup, ...], chosen: Chosen) -> int:
    """Find the chosen group in the new run: Harness takes the first of that name (facts 3.3)."""
    return next((g.key for g in groups if g.name == chosen.name), chosen.key)


def _aborting(execution: Execution) -> bool:
    return execution.status is Status.ABORTED and not execution.ended


# ── news ───────────────────────────────────────────────────────────────────────────────────────


def _news(
    seen: Progress, told: list[Status], ours: list[StageGroup], execution: Execution
) -> Iterator[News]:
    for group in ours:
        yield from _group_news(seen, told[group.key], group, ended=execution.ended)
    if execution.ended:
        failed = tuple(group.label for group in ours if group.negative)
        yield Ended(execution.status, failed=failed)
    elif _waits(execution, ours) is None or seen.waiting:
        return
    elif not any(_waiting_row(group) for group in ours):
        yield Waiting(None, "", execution.status, _what(None, execution.status))


def _group_news(
    seen: Progress, told: Status, group: StageGroup, *, ended: bool
) -> Iterator[GroupStarted | GroupFailed | Waiting]:
    state = _state(group)
    if told is Status.QUEUED and state is Status.RUNNING and not ended:
        yield GroupStarted(group.key, group.label)
    if state in NEGATIVE and told not in NEGATIVE:
        steps = dict.fromkeys(r.step for r in group.rows if r.status in NEGATIVE and r.step)
        going_on = not group.ended and not ended
        yield GroupFailed(group.key, group.label, state, tuple(steps), going_on)
    row = _waiting_row(group)
    known = seen.waiting and told in _WAITS | _SETTLED
    if row is not None and not known and not ended:
        yield Waiting(group.key, group.label, row.status, _what(row, row.status))


def _carrying(news: tuple[News, ...], finished: tuple[str, ...]) -> tuple[News, ...]:
    """Let the first line tell what succeeded, or the final one, which replaces lines unsent."""
    *lines, last = news
    if isinstance(last, Ended) or not lines:
        return (*lines, replace(last, finished=finished))
    return (replace(lines[0], finished=finished), *lines[1:], last)


def _waiting_row(group: StageGroup) -> Stage | None:
    return next((row for row in group.rows if row.status in _WAITS), None)


def _waits(execution: Execution, ours: list[StageGroup]) -> Status | None:
    """Say in which way the run needs a person, if it does."""
    rows = [row for group in ours if (row := _waiting_row(group)) is not None]
    if rows:
        return rows[0].status
    return execution.status if execution.status in _WAITS else None


def _what(row: Stage | None, status: Status) -> Wait:
    if row is not None and row.kind is StageKind.APPROVAL:
        return Wait.APPROVAL
    return Wait.INTERVENTION if status is Status.WAITING else Wait.HOLD
