"""Which bodies Bolt can dispatch: its matchers take every body to be shaped as documented.

One that is not would end as an error in Bolt's own code, with a traceback and without an ack, so it
is turned away in front of them.
"""

from collections.abc import Mapping
from typing import Any


def sound(body: Mapping[str, Any]) -> bool:
    """Whether the parts that name a request's kind and its listener are there, as text."""
    kind = body.get("type", "")
    if not isinstance(kind, str):
        return False
    if kind == "event_callback":
        return _names(body.get("event"), "type")
    if kind == "block_actions":
        actions = body.get("actions")
        return isinstance(actions, list) and bool(actions) and _names(actions[0], "action_id")
    if kind in {"view_submission", "view_closed"}:
        return _names(body.get("view"), "callback_id")
    texts = (body[name] for name in ("command", "callback_id", "action_id") if name in body)
    return all(isinstance(text, str) for text in texts)


def _names(part: object, key: str) -> bool:
    return isinstance(part, Mapping) and isinstance(part.get(key), str)
