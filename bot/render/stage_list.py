"""The list of an execution's stages, as much of it as there is room for (ruling 3).

All stages are listed while they fit. When they do not, those around the focus (the failed stage, or
the one that runs) stay, and the stages before and after them become one line each.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.core.attempt import Progress
from bot.core.execution import ENDED, NEGATIVE, Execution, Status
from bot.core.stages import Blocked, Choice, group_stages
from bot.render.blocks import SECTION, cut, section
from bot.render.message import Block
from bot.render.states import group_detail, group_word, read, state
from bot.render.untrusted import mrkdwn

_WIDTHS = (200, 90, 60)
"""How long a stage's label may be, from spacious to tight."""
_SUMMARY = 300
"""Room for each of the two lines that stand for the stages that are not listed."""
_DETAIL = 120
_BAR = 12
_BY_PLACE = frozenset({Blocked.AFTER_FAILURE, Blocked.NOT_STARTED})


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    label: str
    status: Status
    word: str
    detail: str = ""
    blocked: Blocked | None = None


def rows_of_choices(choices: Sequence[Choice]) -> tuple[Row, ...]:
    """List the groups of a run that can be resumed, with the reason where one cannot be chosen."""
    return tuple(
        Row(c.group.label, c.group.status, group_word(c.group), group_detail(c.group), c.blocked)
        for c in choices
    )


def rows_of_run(execution: Execution) -> tuple[Row, ...]:
    """List the groups of a run that is shown only."""
    groups = group_stages(execution.stages)
    return tuple(Row(g.label, g.status, group_word(g), group_detail(g)) for g in groups)


def rows_of_progress(progress: Progress) -> tuple[Row, ...]:
    """List the groups as they were last remembered; unknown words are left out."""
    known = ((label, read(word)) for label, word in progress.groups)
    return tuple(Row(label, s, state(s).word) for label, s in known if s is not None)


def focus_of(rows: Sequence[Row]) -> int:
    """Find the line that matters most: the first that failed, else waits, runs, or is to come."""
    tests: tuple[Callable[[Status], bool], ...] = (
        lambda s: s in NEGATIVE,
        lambda s: s in {Status.PAUSED, Status.WAITING},
        lambda s: s not in ENDED,
    )
    for test in tests:
        for at, row in enumerate(rows):
            if test(row.status):
                return at
    return max(0, len(rows) - 1)


def stage_list(rows: Sequence[Row], room: int) -> tuple[Block, ...]:
    """Draw the list in at most *room* characters of block text; nothing when there are no rows."""
    if not rows:
        return ()
    for width in _WIDTHS:
        lines = _lines(rows, width)
        if _size(lines) <= room:
            return _sections(lines)
    return _sections(_window(rows, _lines(rows, _WIDTHS[-1]), room))


def progress_bar(rows: Sequence[Row]) -> str:
    """Draw how far a run is, with the numbers: ``▰▰▰▱▱▱ 3 of 6 stages done``."""
    done = sum(1 for row in rows if row.status in ENDED)
    filled = _BAR * done // len(rows) if rows else 0
    return f"{'▰' * filled}{'▱' * (_BAR - filled)} {done} of {counted(len(rows))} done"


def counted(number: int) -> str:
    """Say a number of stages: ``1 stage``, ``4 stages``."""
    return f"{number} stage" if number == 1 else f"{number} stages"


def _lines(rows: Sequence[Row], width: int) -> list[str]:
    lines: list[str] = []
    before: Blocked | None = None
    for row in rows:
        line = f"{state(row.status).mark} {mrkdwn(row.label, width)}: *{row.word}*"
        if row.detail:
            line += f" ({mrkdwn(row.detail, min(width, _DETAIL))})"
        if row.blocked is not None:
            same = row.blocked is before and row.blocked in _BY_PLACE
            line += ", not offered, likewise" if same else f", not offered: {row.blocked}"
        before = row.blocked
        lines.append(line)
    return lines


def _window(rows: Sequence[Row], lines: Sequence[str], room: int) -> list[str]:
    """Keep the lines around the focus, as many as fit, and sum up the rest."""
    focus = focus_of(rows)
    left = room - 2 * _SUMMARY
    first, last = focus, focus  # lines[first:last] are shown
    for at in sorted(range(len(rows)), key=lambda at: (abs(at - focus), at)):
        left -= len(lines[at]) + 1
        if left < 0 and at != focus:
            break
        first, last = min(first, at), max(last, at + 1)
    earlier = _summary(rows[:first], "earlier")
    return [*earlier, *lines[first:last], *_summary(rows[last:], "later")]


def _summary(rows: Sequence[Row], where: str) -> list[str]:
    if not rows:
        return []
    counts = Counter(row.status for row in rows)
    noun = "stage" if len(rows) == 1 else "stages"
    if len(counts) == 1:
        how = state(rows[0].status)
        said = f"{how.mark} {len(rows)} {where} {noun} {how.one if len(rows) == 1 else how.many}"
    else:
        parts = (f"{n} {state(status).word}" for status, n in counts.most_common())
        said = f"• {len(rows)} {where} {noun}: {', '.join(parts)}"
    reasons = Counter(row.blocked for row in rows if row.blocked is not None)
    for reason, n in reasons.items():
        said += f"; {'not' if n == len(rows) else f'{n} not'} offered: {reason}"
    return [cut(said, _SUMMARY - 1)]


def _size(lines: Sequence[str]) -> int:
    return sum(len(line) + 1 for line in lines)


def _sections(lines: Sequence[str]) -> tuple[Block, ...]:
    parts: list[str] = []
    for line in lines:
        if parts and len(parts[-1]) + 1 + len(line) <= SECTION:
            parts[-1] += f"\n{line}"
        else:
            parts.append(line)
    return tuple(section(part) for part in parts)
