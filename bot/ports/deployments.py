"""What the stories need from Harness, of whichever generation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.errors import RefusalKind
from bot.core.execution import Environments, Execution, ExecutionRef, WorkflowRun
from bot.core.lineage import Successor
from bot.core.permission import Target
from bot.core.rights import HarnessUser
from bot.core.stages import StageGroup


@dataclass(frozen=True, slots=True)
class Found:
    """A text that names an execution."""

    ref: ExecutionRef


@dataclass(frozen=True, slots=True)
class OtherAccount:
    """A text whose first Harness link belongs to another account."""

    account: str


@dataclass(frozen=True, slots=True)
class NoExecution:
    """A text without any link or id of an execution."""


Located = Found | OtherAccount | NoExecution


@dataclass(frozen=True, slots=True)
class Examined:
    """All that a card needs to know of an execution, its stage list refreshed."""

    execution: Execution
    environments: Environments
    root: str
    """The id of the first run of its chain, its own where that cannot be known."""
    latest: ExecutionRef | None = None
    """``None``: this run is the latest of its chain, as far as can be known; else the later one."""
    latest_url: str = ""
    """Harness's link to the later run."""
    superseded: bool = False
    """Whether Harness says that it is not the latest, even when the latest is not known."""


@dataclass(frozen=True, slots=True)
class ClickReading:
    """What a click decides on: the run and the person's rights, read in one request."""

    execution: Execution
    user: HarnessUser | None
    """``None``: Harness knows no user of that e-mail."""
    environments: Environments | None = None
    """The application's, where they were asked for; not complete when there are more."""


@dataclass(frozen=True, slots=True)
class NoView:
    """Harness has no view that lists all environments of a run, as it is installed here."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The view did not answer this time, or does not know the run."""


@dataclass(frozen=True, slots=True)
class Granting:
    """A user group that would grant a right, and its active members' e-mails, some of them."""

    name: str
    emails: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Started:
    """The resume was accepted; *run* is the new execution."""

    run: ExecutionRef
    url: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Harness certainly did not resume; *text* is its own sentence (untrusted)."""

    kind: RefusalKind
    text: str


@dataclass(frozen=True, slots=True)
class Lost:
    """It is not known whether Harness resumed; *cause* is for the log and the audit."""

    cause: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """The call was not made: its deadline had passed before the request was written."""


ResumeAnswer = Started | Refused | Lost | NotSent


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A polled run that Harness would not show this time; *kind* is a ``Trouble``."""

    kind: str


class Deployments(Protocol):
    """Harness, of whichever generation. What reads may raise ``HarnessTrouble``.

    ``locate`` and ``locate_alert`` do no I/O, and whatever befalls ``resume`` is its answer.

    *until* is a moment of ``Clock.monotonic``: the answer, retries and waits for the budget
    included, must be there by then, else ``HarnessTrouble`` is raised. ``None`` is a background
    read: it waits for its turn and sits out a 429.
    """

    def locate(self, text: str) -> Located:
        """Find the first execution link or id in *text*; no I/O."""
        ...

    async def examine(self, ref: ExecutionRef, *, until: float | None) -> Examined | WorkflowRun:
        """Read all that a card needs, the stale stage list refreshed first (facts 3.6).

        A workflow run inside a pipeline is followed to its pipeline; one that ran by itself, or
        whose pipeline is not known, comes back as ``WorkflowRun``.
        """
        ...

    async def read_for_click(
        self, ref: ExecutionRef, email: str, *, until: float, with_environments: bool = False
    ) -> ClickReading:
        """Read the run and the person's rights again, in one GraphQL request.

        *with_environments* brings the application's environments along (ruling 22).
        """
        ...

    async def environments_in(
        self, ref: ExecutionRef, *, until: float | None
    ) -> Environments | NoView | Unanswered:
        """List all environments of a run, complete; never raises."""
        ...

    async def who_could(self, target: Target) -> Sequence[Granting]:
        """List user groups each of which alone would grant *target*: a hint, in the background."""
        ...

    async def environments_of(self, scope: str, *, until: float) -> Environments:
        """List every environment of an application (ruling 22), for when a run's are not known."""
        ...

    async def resume(self, ref: ExecutionRef, group: StageGroup, *, until: float) -> ResumeAnswer:
        """Call ``resumeExecution`` once; never raises, never repeats.

        The deadline *until* is checked again in the stretch of code that writes the request to the
        socket, so a process that wakes up late does not send it (ruling 11).
        """
        ...

    async def poll(self, refs: Sequence[ExecutionRef]) -> Mapping[str, Execution | Unreadable]:
        """Look at many runs, up to 100 in one request; the keys are execution ids."""
        ...

    async def successors(
        self, old: Execution, root: str, since: int, known: frozenset[str]
    ) -> Sequence[Successor]:
        """List runs of *old*'s pipeline made after *since* (epoch ms), without the *known* ids."""
        ...

    async def superseded(self, olds: Sequence[Execution]) -> Mapping[str, Successor]:
        """Tell which of *olds* were resumed since, by one ``executions`` request (ruling 17).

        The keys are the ids of the old runs; only a proven successor counts.
        """
        ...

    def locate_alert(self, text: str) -> Located:
        """Find the run that an alert's first link is about, its pipeline's where the text says it.

        No I/O; a bare id in an alert counts for nothing.
        """
        ...

    async def glance(
        self, refs: Sequence[ExecutionRef]
    ) -> Mapping[str, Execution | WorkflowRun | Unreadable]:
        """Say how many runs stand, without their stages, up to a hundred in one request."""
        ...

    async def read_ended(
        self, runs: Sequence[Execution]
    ) -> Mapping[str, Examined | WorkflowRun | Unreadable]:
        """Read many ended runs, as glanced at, with all that GraphQL knows for a card.

        What only REST knows is left open: not all environments, and not the chain of resumes.
        """
        ...

    async def described(self, environments: Environments) -> Environments:
        """Give names and types to environments that are known by their ids alone."""
        ...

    async def ended_badly(
        self, since: int, *, wanted: Callable[[str, str], bool], named: bool, most: int
    ) -> Sequence[ExecutionRef]:
        """List the runs that ended badly after *since* (epoch ms), oldest first, *most* at most.

        *wanted* says by name and id whether an application is concerned; with *named* only those
        are asked for, else whatever the key may see.
        """
        ...

    async def hello(self) -> None:
        """Make the cheapest read there is, to see that address and key work."""
        ...
