"""An alert tells of a failed run: put the run on the watch list, once, whatever the door.

Nothing is said here. All doors end in one durable act, a watched card that the store takes only
when the run has no card yet (ruling 18), and ``flows.watch`` does the rest: it waits for the end,
reads what Harness says of the run, and posts the card or lets it be. So a forged or mistaken alert
costs a look, and tells nobody anything.
"""

import base64
import hashlib
from dataclasses import dataclass, replace

import structlog

from bot.core.alerts import NotAFailure, WhyNot, what_it_says
from bot.core.card import Card, CardState, Door
from bot.core.execution import NO_ENVIRONMENTS, Environments, Execution, ExecutionRef, Status
from bot.flows.context import Context
from bot.ports import Found, NoExecution, OtherAccount, Place
from bot.ports.events import Event, Ignored, RunFailed, Tried

EVENT_KEPT = 7 * 24 * 3600.0
"""For how long an event's id is remembered, seconds."""

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Alert:
    """What a machine posted in Slack."""

    text: str
    """All its text, links included, in reading order."""
    colors: tuple[str, ...]
    place: Place
    """The channel, and the thread that a card would go into."""


async def from_message(ctx: Context, alert: Alert) -> None:
    """Watch the run that a message tells of, if it tells of a failure of ours, or of a wait.

    A run that waits for people may end badly without another message (facts 6.1).
    """
    match ctx.deployments.locate_alert(alert.text):
        case NoExecution():
            return
        case OtherAccount(account):
            log.warning("alert ignored", why="it links to another account", account=account)
        case Found(ref):
            said = what_it_says(alert.text, alert.colors)
            if isinstance(said, NotAFailure) and said.why is not WhyNot.GOES_ON:
                log.info("alert passed over", execution=ref.id, why=str(said.why))
                return
            heard = str(said.why) if isinstance(said, NotAFailure) else said.said
            log.info("alert heard", execution=ref.id, said=heard, channel=alert.place.channel)
            await watch(ctx, ref, alert.place, Door.ALERT)


async def from_event(ctx: Context, event: Event) -> None:
    """Watch the run that an event tells of; it is written down when this returns."""
    match event:
        case Tried(event_id):
            log.info("test event received: the event rule reaches the bot", event_id=event_id)
            return
        case Ignored(event_id, why):
            log.info("event passed over", event_id=event_id, why=why)
            return
        case RunFailed(event_id, ref, environments):
            place = Place(ctx.alert_channel)
            await watch(ctx, ref, place, Door.EVENT, environments)
            again = await ctx.store.seen("event", event_id, EVENT_KEPT)
            log.info("event received", event_id=event_id, execution=ref.id, again=again)


async def watch(
    ctx: Context,
    ref: ExecutionRef,
    place: Place,
    door: Door,
    told: Environments = NO_ENVIRONMENTS,
) -> Card | None:
    """Put a run on the watch list; ``None``: it is known already, and what is to do was done.

    *told* is what an event said of its environments.

    Runs that the bot itself resumed go on in their own thread and are never watched here.
    """
    if await ctx.store.attempt_that_started(ref.id) is not None:
        log.info("alert passed over", execution=ref.id, why="the bot started that run")
        return None
    now = ctx.clock.now()
    card_id = ctx.new_id()
    card = Card(
        id=card_id,
        execution=Execution(ref, Status.PREPARING, ()),
        environments=NO_ENVIRONMENTS,
        channel=place.channel,
        door=door,
        root=ref.id,
        thread=card_id,
        thread_ts=place.thread_ts,
        told=told,
        state=CardState.WATCHED,
        created_at=now,
        next_look=now,
    )
    if await ctx.store.add_card(card, only=True):
        ctx.alerted.set()
        return card
    await _known(ctx, card)
    return None


async def _known(ctx: Context, alert: Card) -> None:
    """Do what a later alert of a run asks for: an earlier look, and a line where it stands."""
    found = await ctx.store.cards_of(alert.execution.ref.id)
    cards = [card for card in found if card.state is not CardState.PASSED]
    for card in cards:
        await _heard_again(ctx, card, alert)
    if alert.thread_ts and all(card.channel != alert.channel for card in cards):
        named = _one_id(alert.execution.ref.id, alert.channel)
        pointer = replace(alert, id=named, thread=named, state=CardState.POINTER)
        await ctx.store.add_card(pointer)
    ctx.alerted.set()


async def _heard_again(ctx: Context, card: Card, alert: Card) -> None:
    """Look sooner at a run that is watched, and keep what an event tells of its environments."""
    told = alert.told if alert.told.complete and not card.told.complete else card.told
    sooner = card.state is CardState.WATCHED and not card.execution.ended
    heard = replace(card, told=told, next_look=alert.next_look if sooner else card.next_look)
    if heard != card and card.state in {CardState.WATCHED, CardState.OPEN}:
        await ctx.store.save_card(heard, was=card.state)


def _one_id(run: str, channel: str) -> str:
    """Make the id of the one pointer that a run can have in a channel; it may become a card."""
    digest = hashlib.sha256(f"{run}\n{channel}".encode()).digest()
    return base64.urlsafe_b64encode(digest[:15]).decode()
