"""What a question to a person carries: which card it is about and which ticket waits for an answer.

A value is ``t1.<card id>.<ticket id>``. It travels in the buttons of requests and in a modal's
``private_metadata``. As with the choices on a card, nothing in it is trusted: who was asked what,
and until when, is in the store.
"""

import re
from dataclasses import dataclass

AGREE = "ask:second"
"""The ``action_id`` of the button by which a second person agrees."""
ASK_THEM = "ask:them"
"""The ``action_id`` of the button that asks people who could."""
REASON = "ask:reason"
"""The ``callback_id`` of the modal that asks for a reason."""
REASON_BLOCK, REASON_INPUT = "reason", "text"

_ID = "[A-Za-z0-9_-]{1,100}"
_SHAPE = re.compile(rf"t1\.({_ID})\.({_ID})")


@dataclass(frozen=True, slots=True)
class Stub:
    """What a readable value says."""

    card: str
    id: str


def encode(card_id: str, ticket_id: str) -> str:
    """Make the value; raises ``ValueError`` on ids that could not be read back."""
    value = f"t1.{card_id}.{ticket_id}"
    if not _SHAPE.fullmatch(value):
        raise ValueError(f"not the ids of a card and a ticket: {card_id!r}, {ticket_id!r}")
    return value


def decode(value: str) -> Stub | None:
    """Read a value back; ``None`` for one that this version did not make. Never raises."""
    found = _SHAPE.fullmatch(value)
    return Stub(*found.groups()) if found else None
