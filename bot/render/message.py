"""A message: what is said, as a value that can be compared, stored and sent."""

from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]
"""One Block Kit block, as the JSON that Slack takes."""


@dataclass(frozen=True, slots=True)
class Message:
    """Plain *text*, escaped, that says in a sentence what *blocks* show."""

    text: str
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Modal:
    """A window with a question; what is typed comes back with *callback_id* and *metadata*."""

    callback_id: str
    title: str
    """At most 24 characters (Slack's limit), as for *submit*."""
    submit: str
    blocks: tuple[Block, ...]
    metadata: str
    """Opaque: it comes back as it was given, and is not trusted."""
