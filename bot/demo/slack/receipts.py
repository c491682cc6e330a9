"""What became of each thing that the workspace delivered to the bot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bot.demo.slack.changes import Json

Kind = Literal["slash_commands", "interactive", "events_api", "none"]


@dataclass(eq=False, kw_only=True)
class Receipt:
    """One delivery: what was sent, whether the bot acked within three seconds, and its words."""

    kind: Kind
    payload: Json
    attempt: int = 0
    via: Literal["socket", "http", "nothing"] = "nothing"
    acked: bool = False
    seconds: float | None = None
    """Real seconds from sending to the ack, or to giving up."""
    response: Json | str | None = None
    """The payload of the ack (Socket Mode) or the body of the answer (HTTP mode)."""
    status: int | None = None
    """The HTTP status, in HTTP mode."""
    error: str | None = None
    """What the person was shown, or why an event counts as failed."""
    raw: tuple[str, dict[str, str]] | None = field(default=None, repr=False)
    """The body and headers of an HTTP delivery, for a replay."""

    @property
    def errors(self) -> dict[str, str]:
        """The errors by block id with which the bot answered a submitted view."""
        response = self.response if isinstance(self.response, dict) else {}
        found = response.get("errors")
        return dict(found) if isinstance(found, dict) else {}
