"""What the stories need to survive a crash."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.core.attempt import Attempt, State
from bot.core.card import Card, CardState
from bot.ports.chat import Place
from bot.render.message import Message


class SayKind(StrEnum):
    """What a row of the outbox is; in order of urgency between threads (ruling 15)."""

    FINAL = "final"
    """A thread's last line of an attempt; drops the thread's unsent progress lines."""
    SETTLE = "settle"
    """An edit that removes buttons or shows a card's final state."""
    CARD = "card"
    """Post a card."""
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


@dataclass(frozen=True, slots=True)
class Record:
    """A record for the audit trail, written in one transaction with the fact that it tells."""

    what: str
    facts: Mapping[str, object]
    """JSON values, and no secret."""


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
        """Add a card; with *only* (alert doors), ``False`` if a card of the run exists.

        One in state PASSED does not count: nobody sees it.
        """
        ...

    async def card(self, card_id: str) -> Card | None:
        """Give a card by its id."""
        ...

    async def cards_of(self, execution_id: str) -> Sequence[Card]:
        """List the cards of a run, oldest first."""
        ...

    async def save_card(
        self,
        card: Card,
        says: Sequence[Say] = (),
        *,
        was: CardState | None = None,
        record: Record | None = None,
    ) -> bool:
        """Change a card (never its ``ts``); with *was* only if it is still in that state."""
        ...

    async def due_cards(self, states: frozenset[CardState], now: int, limit: int) -> Sequence[Card]:
        """List cards in *states* that are due for a look, to the eldest replica only."""
        ...

    async def next_look(self, states: frozenset[CardState]) -> int | None:
        """Say when the first card in *states* is due, epoch ms; ``None`` when there is none."""
        ...

    async def posted(self, channel: str, ts: str) -> bool:
        """Say whether that message is a card of ours."""
        ...

    # attempts
    async def claim(self, attempt: Attempt, record: Record | None = None) -> Claimed | Taken:
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
        record: Record | None = None,
    ) -> bool:
        """Replace *before* by *after* if it is still ours and still in *before*'s state.

        Cards that are not there yet are added.
        """
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

    async def runs_started(self, since: int) -> frozenset[str]:
        """Give the ids of the new runs of all attempts claimed after *since*, epoch ms."""
        ...

    async def due(self, states: frozenset[State], now: int, limit: int) -> Sequence[Attempt]:
        """List this replica's attempts in *states* whose next look has come, oldest look first."""
        ...

    async def adopted(self) -> Sequence[Attempt]:
        """Take over CLAIMED and CALLING attempts whose process is gone."""
        ...

    # outbox
    async def next_due(self, limit: int, *, full: Collection[str] = ()) -> Sequence[Due]:
        """Lease what can be sent now: the head of each lane, the most urgent first.

        No post into a channel of *full* is among it.
        """
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

    async def seconds_to_next(self, *, full: Collection[str] = ()) -> float | None:
        """How long until something can be sent; ``None`` when there is nothing.

        Posts into channels of *full* do not count.
        """
        ...

    async def wait_for_work(self, seconds: float) -> None:
        """Wait until something was handed to the outbox here, *seconds* at the most."""
        ...

    async def say(self, says: Sequence[Say]) -> None:
        """Hand over words that tell no new fact of a card or an attempt."""
        ...

    # notes: small facts under a name
    async def note(self, name: str) -> str | None:
        """Give what was noted under *name*."""
        ...

    async def notes(self, prefix: str = "") -> Mapping[str, str]:
        """Give all notes whose names begin with *prefix*."""
        ...

    async def set_note(self, name: str, value: str | None) -> None:
        """Note *value* under *name*; ``None`` forgets it."""
        ...

    # what happened lately
    async def seen(self, kind: str, id: str, keep_seconds: float) -> bool:  # noqa: A002
        """Say whether *id* was seen before; if not, remember it for *keep_seconds*."""
        ...

    # record
    async def record(self, what: str, facts: Mapping[str, object]) -> None:
        """Append to the audit trail what changes nothing else."""
        ...
