"""Slack's rate limits by method tier (facts 1.3), off until a test switches them on."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field

PER_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}
"""Calls a minute that each tier allows, per method."""
POSTS_PER_CHANNEL = (5, 5.0)
"""Posting is about one message a second a channel, with short bursts: five in five seconds."""


@dataclass
class RateLimits:
    """Sliding windows over the workspace's clock."""

    on: bool = False
    _windows: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def refuse(self, method: str, *, tier: int, channel: str, now: float) -> int | None:
        """Count a call; return None if it may pass, else the seconds for Retry-After.

        Tier 0 is posting (counted per channel), tier 9 has no limit.
        """
        if not self.on or tier == 9:
            return None
        most, seconds = POSTS_PER_CHANNEL if tier == 0 else (PER_MINUTE[tier], 60.0)
        window = self._windows[f"{method} {channel}" if tier == 0 else method]
        while window and window[0] <= now - seconds:
            window.popleft()
        if len(window) >= most:
            return max(1, math.ceil(window[0] + seconds - now))
        window.append(now)
        return None
