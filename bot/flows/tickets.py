"""Tickets: questions that were put to a person, kept in the store until they are answered or old.

A button or a modal carries only a ticket's id, so that what is asked, of whom and until when is
known from the store alone, also after a restart. A ticket decides nothing: whoever answers is
checked again, and the claim decides who resumes.
"""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

import structlog

from bot.flows.context import Context
from bot.render import ticket as values

KEPT_MS = 24 * 60 * 60_000
"""How long a ticket is kept after its end, so that a late answer can be told what it was."""

_NAME = "ticket:"

log = structlog.stdlib.get_logger(__name__)


class Asks(StrEnum):
    """What a ticket asks for."""

    REASON = "reason"
    SECOND = "second"
    PEOPLE = "people"
    """May be used to ask people who could resume."""
    ASKED = "asked"
    """They were asked: once for each person and card."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A question, bound to a card and to what was pressed on it. Times are epoch milliseconds."""

    id: str
    asks: Asks
    card: str
    pressed: str
    """The value of the button that was pressed."""
    user: str
    """The Slack user who pressed."""
    until: int
    at: int = 0
    channel: str = ""
    thread: str = ""
    label: str = ""
    """The stage group's label, for sentences."""
    reason: str = ""
    print: str = ""
    """A fingerprint of the run and its chain: the request dies with any change of them."""
    people: tuple[str, ...] = ()
    """Slack users who may be asked."""

    @property
    def value(self) -> str:
        """Give what a button or a modal carries for it."""
        return values.encode(self.card, self.id)


async def write(ctx: Context, ticket: Ticket) -> None:
    """Keep *ticket*, and forget those that are long over."""
    now = ctx.clock.now()
    for name, text in (await ctx.store.notes(_NAME)).items():
        kept = _read(text)
        if kept is None or kept.until + KEPT_MS < now:
            await ctx.store.set_note(name, None)
    await ctx.store.set_note(_NAME + ticket.id, json.dumps(asdict(ticket)))


async def find(ctx: Context, value: str, asks: Asks) -> Ticket | None:
    """Give the ticket that *value* stands for, also one whose time is over."""
    stub = values.decode(value)
    text = await ctx.store.note(_NAME + stub.id) if stub else None
    ticket = _read(text) if text else None
    if stub is None or ticket is None or ticket.asks is not asks or ticket.card != stub.card:
        return None
    return ticket


async def live(ctx: Context, asks: Asks, card: str) -> tuple[Ticket, ...]:
    """List the tickets of a card whose time is not over."""
    now = ctx.clock.now()
    kept = [_read(text) for text in (await ctx.store.notes(_NAME)).values()]
    return tuple(t for t in kept if t and t.asks is asks and t.card == card and now <= t.until)


async def drop(ctx: Context, ticket: Ticket) -> None:
    """Forget a ticket: it was answered, or nobody can answer it any more."""
    await ctx.store.set_note(_NAME + ticket.id, None)


def _read(text: str) -> Ticket | None:
    """Read what ``write`` wrote; ``None`` for what another version wrote."""
    try:
        facts = json.loads(text)
        facts |= {"asks": Asks(facts["asks"]), "people": tuple(facts["people"])}
        return Ticket(**facts)
    except (KeyError, TypeError, ValueError):
        log.warning("ticket of another version")
        return None
