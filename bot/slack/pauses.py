"""Waits that Slack asked for: a 429 speaks for its method, whichever message was told so."""

from collections.abc import Mapping
from typing import Any

from bot.ports import Clock

_PER_CHANNEL = frozenset({"chat.postMessage", "chat.postEphemeral"})
"""Slack counts these channel by channel, and every other method for the workspace as one."""


class Pauses:
    """Remembers until when a method may not be called."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[tuple[str, str], float] = {}

    def left(self, method: str, payload: Mapping[str, Any]) -> float:
        """Give the seconds still to wait, 0 for none."""
        until = self._until.get(_key(method, payload), 0.0)
        return max(0.0, until - self._clock.monotonic())

    def ask(self, method: str, payload: Mapping[str, Any], seconds: float) -> None:
        """Note that Slack asked to wait so many *seconds*."""
        now = self._clock.monotonic()
        self._until = {key: until for key, until in self._until.items() if until > now}
        self._until[_key(method, payload)] = now + seconds


def _key(method: str, payload: Mapping[str, Any]) -> tuple[str, str]:
    return method, str(payload.get("channel", "")) if method in _PER_CHANNEL else ""
