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
