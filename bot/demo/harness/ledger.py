"""What was asked of the pretend Harness, and how much of it is allowed."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.demo.harness.graphql_engine import RootField

_WINDOW = 60.0


@dataclass(slots=True)
class Request:
    """One HTTP request as it was received; the key is never kept.

    `status` is the HTTP status that was sent, None while unanswered or when the connection was
    dropped. REST calls have fields such as `rest:executions`.
    """

    at: float
    fields: tuple[RootField, ...]
    operation: str
    variables: dict[str, Any] = field(default_factory=dict)
    operation_name: str | None = None
    query: str = ""
    path: str = ""
    key: str | None = None
    status: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """List the names of the root fields, without aliases."""
        return tuple(one.name for one in self.fields)


class Quota:
    """A sliding window of 60 seconds; 0 is no limit. Refused requests do not count."""

    def __init__(self, limit: int, now: Callable[[], float]) -> None:
        """Begin with an empty window."""
        self.limit = limit
        self._now = now
        self._taken: deque[float] = deque()

    def take(self) -> bool:
        """Count one request, or refuse it."""
        if not self.limit:
            return True
        now = self._now()
        while self._taken and self._taken[0] <= now - _WINDOW:
            self._taken.popleft()
        if len(self._taken) >= self.limit:
            return False
        self._taken.append(now)
        return True
