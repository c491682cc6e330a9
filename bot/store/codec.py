"""Values to JSON text and back: what the core knows, as rows keep it.

A field that a later version adds needs a default, and rows without it are read with that; fields
that an older version does not know are passed over.
"""

import json
from collections.abc import Hashable
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

from bot.core.attempt import Attempt
from bot.core.execution import NO_ENVIRONMENTS, Environments, Execution
from bot.render.message import Message


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What of a card is never searched for."""

    execution: Execution
    environments: Environments
    asked_by: str = ""
    told: Environments = NO_ENVIRONMENTS
    held: bool = False


T = TypeVar("T")


def to_text(value: Attempt | CardFacts | Message) -> str:
    """Write *value* as JSON text that any database takes.

    JSON escapes the control characters that Postgres refuses; halves of characters, which JSON from
    elsewhere may smuggle in and nobody could post, become question marks.
    """
    text = json.dumps(
        asdict(value), ensure_ascii=False, separators=(",", ":"), default=_set_as_list
    )
    return text.encode(errors="replace").decode()


def from_text(kind: type[T], text: str) -> T:
    """Read a value of *kind* that ``to_text`` wrote."""
    value: T = _adapter(cast("Hashable", kind)).validate_python(json.loads(text))
    return value


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast("type[Any]", kind))


def _set_as_list(value: object) -> list[object]:
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    raise TypeError(f"{type(value).__name__} cannot be stored.")
