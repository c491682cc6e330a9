"""What a button carries: which card it is on and which stage group it stands for, and no more.

A value is ``v1.<card id>.<group key>.<hash of the group's name>``. Nothing in it is trusted: it
says which card to look up and which of that card's groups was meant; everything else is read again.
People press buttons months later, so a value of another version, or a damaged one, is
``Unreadable``, which is answered kindly.
"""

import re
from dataclasses import dataclass
from hashlib import blake2s

from bot.core.stages import StageGroup

MENU = "resume:menu"
"""The ``action_id`` of the menu; buttons are ``resume:0``, ``resume:1`` … from left to right."""

_SHAPE = re.compile(r"v1\.([A-Za-z0-9_-]{1,100})\.([0-9]{1,4})\.([0-9a-f]{16})")


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a readable value says."""

    card: str
    """The id of the card."""
    key: int
    """The position of the group in the card's execution."""
    name_hash: str

    def names(self, group: StageGroup) -> bool:
        """Whether *group* is the one that the button was made for."""
        return group.key == self.key and _hash(group.name) == self.name_hash


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A value that this version of the bot did not make, or that was damaged."""


def encode(card_id: str, key: int, name: str) -> str:
    """Make the value of a choice: at most 150 characters.

    Raises ``ValueError`` on a card id that could not be read back.
    """
    value = f"v1.{card_id}.{key}.{_hash(name)}"
    if not _SHAPE.fullmatch(value):
        raise ValueError(f"not a card's id or a group's key: {card_id!r}, {key!r}")
    return value


def decode(value: str) -> Pressed | Unreadable:
    """Read the value of a choice back; never raises."""
    found = _SHAPE.fullmatch(value)
    if found is None:
        return Unreadable()
    card, key, name_hash = found.groups()
    return Pressed(card, int(key), name_hash)


def action_id(index: int) -> str:
    """Name the button at *index*, from 0; ids are unique within a message."""
    return f"resume:{index}"


def is_resume(action: str) -> bool:
    """Whether an ``action_id`` asks for a resume: a button's or the menu's."""
    return action.startswith("resume:")


def _hash(name: str) -> str:
    return blake2s(name.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
