"""When a method may be called: Slack's pace for posts is kept, and the waits it asks for are.

Slack takes about one post a second in a channel (facts/slack.md 1.3), so posts keep their distance
by themselves. A 429 speaks for its method, whichever message was told so.
"""

from collections.abc import Mapping
from typing import Any

from bot.ports import Clock

POST, WHISPER = "chat.postMessage", "chat.postEphemeral"

_PER_CHANNEL = frozenset({POST, WHISPER})
"""Slack counts these channel by channel, and every other method for the workspace as one."""


class Pauses:
    """Remembers until when a method may not be called."""

    def __init__(self, clock: Clock, *, post_seconds: float) -> None:
        self._clock = clock
        self._apart = post_seconds
        self._until: dict[tuple[str, str], float] = {}

    def take(self, method: str, payload: Mapping[str, Any]) -> float:
        """Give the seconds still to wait; 0: call now, and the next post waits for its turn."""
        wait = self._until.get(_key(method, payload), 0.0) - self._clock.monotonic()
        if wait > 0:
            return wait
        if method == POST:
            self.ask(method, payload, self._apart)
        return 0.0

    def ask(self, method: str, payload: Mapping[str, Any], seconds: float) -> None:
        """Note that so many *seconds* must pass."""
        now = self._clock.monotonic()
        self._until = {key: until for key, until in self._until.items() if until > now}
        self._until[_key(method, payload)] = now + seconds

    def full(self) -> dict[str, float]:
        """Name the channels that take no post now, each with the seconds until it does."""
        now = self._clock.monotonic()
        return {
            channel: until - now
            for (method, channel), until in self._until.items()
            if method == POST and until > now
        }


def _key(method: str, payload: Mapping[str, Any]) -> tuple[str, str]:
    return method, str(payload.get("channel", "")) if method in _PER_CHANNEL else ""
