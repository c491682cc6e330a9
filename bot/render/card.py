"""The card: one message that shows a run, and the buttons to resume it."""

from bot.core.card import Card
from bot.render.looks import Look
from bot.render.message import Message


def card(facts: Card, look: Look) -> Message:
    """Draw *facts* as they stand now; same facts and look in, same message out."""
    text = f"{facts.execution.name}: {type(look).__name__}"
    return Message(text, ({"type": "section", "text": {"type": "plain_text", "text": text}},))
