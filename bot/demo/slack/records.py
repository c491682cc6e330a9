"""What the workspace gives out for an act, and what it writes down about the bot."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.demo.slack.changes import Json
from bot.demo.slack.model import Channel, Member, Message

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 30 * 60.0
RESPONSE_URL_USES = 5


@dataclass(eq=False, kw_only=True)
class Trigger:
    """The licence to open one modal within three seconds, given with every act of a person."""

    id: str
    member: Member
    born: float
    used: bool = False


@dataclass(eq=False, kw_only=True)
class ResponseUrl:
    """A private address for answering one act of a person: five uses in thirty minutes."""

    key: str
    member: Member
    channel: Channel
    born: float
    message: Message | None = None
    uses: int = 0


@dataclass(eq=False, kw_only=True)
class Call:
    """One call that the bot made: what it asked, when, and what it was told."""

    method: str
    arguments: Json
    at: float
    result: Json = field(default_factory=dict)
    status: int = 0
    fault: str | None = None
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether the call did what it was for (the caller may not have learned it)."""
        return bool(self.result.get("ok"))


@dataclass(frozen=True, kw_only=True)
class Violation:
    """Something that Slack lets pass and a good app does not do."""

    rule: str
    method: str
    detail: str
