"""What a press stands for: the card that it was made on, and the stage group as it is now."""

from bot.core.attempt import Attempt
from bot.core.card import Card
from bot.core.execution import Execution
from bot.core.stages import NotResumable, StageGroup, assess
from bot.flows import say
from bot.flows.context import Context
from bot.render import choice, words
from bot.render.message import Message


async def card_of(ctx: Context, value: str) -> tuple[Card, choice.Pressed] | Message:
    """Read a button's value and find its card; else the sentence for an outdated button."""
    read = choice.decode(value)
    card = await ctx.store.card(read.card) if isinstance(read, choice.Pressed) else None
    if card is None or isinstance(read, choice.Unreadable):
        return words.outdated(ctx.command)
    return card, read


def group_in(execution: Execution, card: Card, read: choice.Pressed) -> StageGroup | Message:
    """Find the chosen group in *execution* as read now; else say why it cannot be chosen."""
    assessed = assess(execution)
    if isinstance(assessed, NotResumable):
        return words.cannot(assessed.why, execution)
    group = next((g for g in assessed.offered if read.names(g)), None)
    return group or words.no_longer_offered(execution, label_on(card, read))


def label_on(card: Card, read: choice.Pressed) -> str:
    """Give the label that the chosen group has on the card."""
    group = group_on(card, read)
    return group.label if group else "that stage"


def group_on(card: Card, read: choice.Pressed) -> StageGroup | None:
    """Find the chosen group on the card, as the run was when it was posted."""
    assessed = assess(card.execution)
    groups = () if isinstance(assessed, NotResumable) else assessed.offered
    return next((g for g in groups if read.names(g)), None)


async def taken(ctx: Context, by: Attempt, execution: Execution) -> Message:
    """Say who was first, with the link to the thread (ruling 12)."""
    card = await ctx.store.card(by.card)
    link = await say.thread_link(ctx, card) if card else ""
    return words.taken(by, execution, link)
