"""What the stories need from the world: Harness, Slack, the store, the clock.

Flows speak to these protocols only; ``app`` puts the real ones behind them. Each method asks for
the least that its callers need, and says in its type everything that can come back: trouble that a
flow must answer is a value or one of the errors in ``core.errors``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.core.attempt import Attempt, State
from bot.core.card import Card
from bot.core.execution import Environments, Execution, ExecutionRef, WorkflowRun
from bot.core.identity import SlackPerson
from bot.core.rights import HarnessUser
from bot.core.stages import StageGroup
from bot.render.message import Message

# ---------------------------------------------------------------------------------------- Harness


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
    superseded: bool = False
    """Whether Harness says that it is not the latest, even when the latest is not known."""


@dataclass(frozen=True, slots=True)
class ClickReading:
    """What a click decides on: the run and the person's rights, read in one request."""

    execution: Execution
    user: HarnessUser | None
    """``None``: Harness knows no user of that e-mail."""


@dataclass(frozen=True, slots=True)
class Started:
    """The resume was accepted; *run* is the new execution."""

    run: ExecutionRef
    url: str


class RefusalKind(StrEnum):
    """Why Harness certainly did not resume (ruling 10)."""

    MODIFIED = "modified"
    FREEZE = "freeze"
    """Looked up all the same: a flag makes Harness store a REJECTED run (facts 3.7)."""
    NOT_LATEST = "not latest"
    NOT_ALLOWED = "not allowed"
    """The bot's own key may not."""
    NOT_RESUMABLE = "not resumable"
    LIMIT = "limit"
    TROUBLE = "trouble"
    """Refused before the mutation was looked at: bad key, rate limit, migrated …"""
    OTHER = "other"


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
class Successor:
    """A run that may be the one that a lost call started."""

    run: ExecutionRef
    url: str
    created_at: int
    proven: bool
    """Harness's REST view names our lineage, or its reused rows carry our old workflow runs."""
    by_api_key: bool


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A polled run that Harness would not show this time; *kind* is a ``Trouble``."""

    kind: str


class Deployments(Protocol):
    """Harness, of whichever generation. Every method may raise ``HarnessTrouble``.

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

    async def read_for_click(self, ref: ExecutionRef, email: str, *, until: float) -> ClickReading:
        """Read the run and the person's rights again, in one GraphQL request."""
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

    async def hello(self) -> None:
        """Make the cheapest read there is, to see that address and key work."""
        ...


# ------------------------------------------------------------------------------------------ Slack


@dataclass(frozen=True, slots=True)
class Place:
    """Where to say something: a channel, or a thread in it when *thread_ts* is given."""

    channel: str
    thread_ts: str = ""


@dataclass(frozen=True, slots=True)
class Whisperable:
    """The way back to one person: their id, the place, and the request's ``response_url``."""

    user_id: str
    place: Place
    response_url: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """Slack has the message."""

    ts: str


@dataclass(frozen=True, slots=True)
class Later:
    """Slack did certainly not take it; try again after *seconds*."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Unsure:
    """Slack may or may not have taken it: look before repeating."""

    cause: str


@dataclass(frozen=True, slots=True)
class Gone:
    """It can never be delivered there; *code* is Slack's word, such as ``is_archived``."""

    code: str


Delivery = Posted | Later | Unsure | Gone


class Chat(Protocol):
    """Slack, as far as a flow needs it. Nothing here raises but ``person`` (``SlackTrouble``)."""

    async def post(self, place: Place, message: Message, *, mark: str) -> Delivery:
        """Post once; *mark* travels in the message's metadata so that ``find`` knows it again."""
        ...

    async def find(self, place: Place, message: Message, *, mark: str, since: int) -> str | None:
        """Look for a message of ours by its mark, else its text; give its ``ts``.

        Raises ``SlackTrouble`` when it cannot look.
        """
        ...

    async def edit(self, channel: str, ts: str, message: Message) -> Delivery:
        """Make our message say *message* now; repeating it is harmless."""
        ...

    async def whisper(self, to: Whisperable, message: Message) -> bool:
        """Tell one person: by ``response_url`` while fresh, else ephemerally, else directly.

        ``True`` when Slack accepted one of them.
        """
        ...

    async def tell(self, user_id: str, message: Message, *, mark: str) -> Delivery:
        """Send a direct message."""
        ...

    async def person(self, user_id: str) -> SlackPerson:
        """Look a person up; raises ``SlackTrouble`` when that fails."""
        ...

    async def permalink(self, channel: str, ts: str) -> str:
        """Give the link to a message; empty when Slack will not."""
        ...


# ------------------------------------------------------------------------------------------ store


class SayKind(StrEnum):
    """What a row of the outbox is; the order is the order of urgency between threads (ruling 15)."""

    FINAL = "final"
    """A thread's last line of an attempt; drops the thread's unsent progress lines."""
    CARD = "card"
    """Post a card."""
    SETTLE = "settle"
    """An edit that removes buttons or shows a card's final state."""
    LINE = "line"
    """A line of news."""
    PROGRESS = "progress"
    """An edit of a card while the run goes on; a newer one replaces an unsent one."""


@dataclass(frozen=True, slots=True)
class Say:
    """Something to be said, handed to the store together with the fact that it tells."""

    key: str
    """Unique for ever: saying the same thing twice is ignored."""
    kind: SayKind
    card: str
    """The card it belongs to: posted or edited itself, or whose thread gets the line."""
    message: Message
    to: str = ""
    """Whom to tell directly when the place is gone for good (ruling 16): a Slack user id."""


@dataclass(frozen=True, slots=True)
class Due:
    """A row of the outbox, leased to this replica for delivery."""

    id: int
    say: Say
    place: Place
    """Where a CARD, LINE or FINAL goes; for edits only its channel counts."""
    ts: str
    """The card's ``ts``, for edits."""
    tries: int
    unsure: bool
    """An earlier try may have arrived: look first."""
    since: int
    """When it was first tried, epoch ms: where looking starts."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """The claim is ours."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Taken:
    """Somebody holds, or has used up, the claim."""

    by: Attempt


class Store(Protocol):
    """What survives a crash. Facts and the words that tell them are written in one transaction.

    Fenced writes answer ``False`` when the row is no longer this replica's or no longer in the
    state that the caller saw; the caller then stops, without a word.
    """

    # clicks: written before the ack, so that none is lost without a word
    async def receive(self, click: str, body: str, now: int) -> bool:
        """Note a click by its transport id; ``False`` when it was noted before."""
        ...

    async def answered(self, click: str) -> None:
        """The click has its outcome."""
        ...

    async def unanswered(self) -> Sequence[str]:
        """Take the bodies of clicks that a dead process left without an outcome (marks them)."""
        ...

    # cards
    async def add_card(self, card: Card, says: Sequence[Say] = (), *, only: bool = False) -> bool:
        """Add a card; with *only* (alert doors), ``False`` if any card of the run exists."""
        ...

    async def card(self, card_id: str) -> Card | None:
        """Give a card by its id."""
        ...

    async def cards_of(self, execution_id: str) -> Sequence[Card]:
        """List the cards of a run, oldest first."""
        ...

    async def save_card(self, card: Card, says: Sequence[Say] = ()) -> None:
        """Change a card's state, attempt and next look (never its ``ts``)."""
        ...

    async def open_cards(self, now: int, limit: int) -> Sequence[Card]:
        """List open cards whose truth is due for a look."""
        ...

    # attempts
    async def claim(self, attempt: Attempt) -> Claimed | Taken:
        """Write the claim; the unique key on the execution decides between two.

        ``Taken`` also for a run that an ended attempt of ours already resumed (state RUNNING went
        on to SUCCEEDED, FAILED or LEFT): it is not the latest of its chain any more.
        """
        ...

    async def advance(
        self,
        before: Attempt,
        after: Attempt,
        *,
        cards: Sequence[Card] = (),
        says: Sequence[Say] = (),
    ) -> bool:
        """Replace *before* by *after* if it is still ours and still in *before*'s state."""
        ...

    async def attempt(self, attempt_id: str) -> Attempt | None:
        """Give an attempt by its id."""
        ...

    async def attempt_on(self, execution_id: str) -> Attempt | None:
        """Give the latest attempt that resumed, or may have resumed, this run."""
        ...

    async def attempt_that_started(self, execution_id: str) -> Attempt | None:
        """Give the attempt whose new run this is."""
        ...

    async def lineage(self, root: str) -> Sequence[Attempt]:
        """List the attempts of a chain of runs, oldest first."""
        ...

    async def due(self, states: frozenset[State], now: int, limit: int) -> Sequence[Attempt]:
        """List this replica's attempts in *states* whose next look has come, oldest look first."""
        ...

    async def adopted(self) -> Sequence[Attempt]:
        """Take over CLAIMED and CALLING attempts whose process is gone."""
        ...

    # outbox
    async def next_due(self, limit: int) -> Sequence[Due]:
        """Lease what can be sent now: the head of each lane, the most urgent first."""
        ...

    async def sent(self, due: Due, ts: str) -> None:
        """It is delivered; a card's ``ts`` is remembered in the same transaction."""
        ...

    async def put_off(self, due: Due, seconds: float, *, unsure: bool) -> None:
        """Try it again after *seconds*."""
        ...

    async def give_up(self, due: Due, code: str) -> None:
        """It can never be delivered; the row ends."""
        ...

    async def seconds_to_next(self) -> float | None:
        """How long until something can be sent; ``None`` when the outbox is empty."""
        ...

    # record
    async def record(self, what: str, facts: Mapping[str, object]) -> None:
        """Append to the audit trail."""
        ...


# ------------------------------------------------------------------------------------------ clock


class Clock(Protocol):
    """Time, so that tests own it."""

    def now(self) -> int:
        """Give the wall clock, epoch milliseconds."""
        ...

    def monotonic(self) -> float:
        """Give seconds that only ever grow, also while the machine sleeps."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...
