"""The brake: when resuming has not helped twice, somebody should think before the third time.

What counts is a resume of a run that had failed just as the present one has: at the same stage and
for the same reason. Reasons are compared without the parts that differ from run to run, such as
times, counters and the names of pods.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.attempt import Attempt
from bot.core.execution import Execution
from bot.core.stages import group_stages

TRIED_ENOUGH = 2
"""So many resumes of the same failure pass; the next one asks for a reason first."""

_CHANGING = re.compile(r"\S*\d\S*")


@dataclass(frozen=True, slots=True)
class Try:
    """A resume of the lineage, and the run that it resumed."""

    attempt: Attempt
    resumed: Execution


def tried(failed: Execution, tries: Iterable[Try]) -> tuple[Try, ...]:
    """List the resumes that met the same failure as *failed* and did not cure it."""
    wanted = _failure(failed)
    return tuple(t for t in tries if t.attempt.run is not None and _failure(t.resumed) == wanted)


def holds(done: tuple[Try, ...]) -> bool:
    """Whether, after these resumes of the same failure, the next one needs a reason."""
    return len(done) >= TRIED_ENOUGH


def failed_stage(execution: Execution) -> str:
    """Name the first group with a failure; empty for a run that stopped between two groups."""
    failed = (group.label for group in group_stages(execution.stages) if group.negative)
    return next(failed, "")


def _failure(execution: Execution) -> tuple[str, str]:
    said = _CHANGING.sub("#", execution.failure.casefold())
    return failed_stage(execution), " ".join(said.split())
