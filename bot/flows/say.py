"""How things are said: through the outbox, in one transaction with the fact that they tell."""

from dataclasses import replace

from bot.core.attempt import Attempt
from bot.core.card import Card, CardState
from bot.flows.context import Context
from bot.ports import Say, SayKind
from bot.render import card as cards
from bot.render.looks import Look, OtherCard
from bot.render.message import Message


def post(card: Card, look: Look) -> Say:
    """Post *card* for the first time."""
    message = cards.card(card, look)
    return Say(f"card:{card.id}", SayKind.CARD, card.id, message, to=card.asked_by)


def edit(ctx: Context, card: Card, look: Look, *, settle: bool) -> Say:
    """Make the card show *look*; *settle* for an edit that removes buttons or ends the story."""
    kind = SayKind.SETTLE if settle else SayKind.PROGRESS
    return Say(f"edit:{card.id}:{ctx.new_id()}", kind, card.id, cards.card(card, look))


def line(attempt: Attempt, what: str, message: Message) -> Say:
    """Add a line of news to the thread; *what* names the news within the attempt."""
    return Say(f"line:{attempt.id}:{what}", SayKind.LINE, attempt.card, message)


def final(attempt: Attempt, message: Message) -> Say:
    """Add the attempt's last line; it goes to the presser directly where the thread is gone."""
    to = attempt.presser.user_id
    return Say(f"final:{attempt.id}", SayKind.FINAL, attempt.card, message, to=to)


async def card_of(ctx: Context, attempt: Attempt) -> Card:
    """Give the card that was pressed; cards are never deleted, so a missing one is an error."""
    card = await ctx.store.card(attempt.card)
    if card is None:
        raise LookupError(f"the card of attempt {attempt.id} is gone")
    return card


async def thread_link(ctx: Context, card: Card) -> str:
    """Give the link to a card's thread, empty while there is none."""
    return await ctx.chat.permalink(card.channel, card.ts) if card.ts else ""


async def mark_other_cards(ctx: Context, attempt: Attempt) -> None:
    """Make every other open card of the run say who resumed it, and where (ruling 13)."""
    found = await ctx.store.cards_of(attempt.execution.id)
    others = [c for c in found if c.id != attempt.card and c.state is CardState.OPEN]
    if not others:
        return
    pressed = next((c for c in found if c.id == attempt.card), None)
    link = await thread_link(ctx, pressed) if pressed else ""
    for card in others:
        taken = replace(card, state=CardState.TAKEN, attempt=attempt.id)
        says = [edit(ctx, taken, OtherCard(attempt, link), settle=True)]
        await ctx.store.save_card(taken, says, was=CardState.OPEN)
