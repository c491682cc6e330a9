"""The ways in which calls to Slack go wrong, armed by a test for the next few calls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.demo.slack.changes import Json


@dataclass(frozen=True, slots=True)
class AcceptedThenDropped:
    """Slack does what was asked, and the connection drops before the answer."""


@dataclass(frozen=True, slots=True)
class DroppedBefore:
    """The connection drops before Slack does anything."""


@dataclass(frozen=True, slots=True)
class RateLimited:
    """HTTP 429 with this many seconds in Retry-After."""

    retry_after: int = 1


@dataclass(frozen=True, slots=True)
class Status:
    """A bare HTTP status with an HTML page, such as 500 or 503."""

    code: int = 503


@dataclass(frozen=True, slots=True)
class Html:
    """A 200 whose body is a web page: a proxy or a status page answered."""


@dataclass(frozen=True, slots=True)
class Slow:
    """The call is carried out at once and answered after this many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Held:
    """The call waits at the door until the test sets the gate, and is then carried out."""

    gate: asyncio.Event


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer with ``ok: false`` and any error, such as ``fatal_error``."""

    error: str


Fault = AcceptedThenDropped | DroppedBefore | RateLimited | Status | Html | Slow | Held | Refused


@dataclass(eq=False)
class Armed:
    """A fault that waits for its calls."""

    method: str
    fault: Fault
    left: int
    when: Callable[[Json], bool]


@dataclass
class Faults:
    """The armed faults; `method` may be a Web API name, ``response_url`` or ``*``."""

    armed: list[Armed] = field(default_factory=list)

    def arm(
        self,
        method: str,
        fault: Fault,
        *,
        times: int = 1,
        when: Callable[[Json], bool] = lambda _arguments: True,
    ) -> Armed:
        """Make the next `times` calls of `method` (whose arguments satisfy `when`) go wrong."""
        armed = Armed(method, fault, times, when)
        self.armed.append(armed)
        return armed

    def disarm(self) -> None:
        """Let every later call go well."""
        self.armed.clear()

    def take(self, method: str, arguments: Json) -> Fault | None:
        """Return the fault for this call and use it up, or None."""
        for armed in self.armed:
            if armed.method in {method, "*"} and armed.left > 0 and armed.when(arguments):
                armed.left -= 1
                return armed.fault
        return None
