"""Who a Slack user is, and whether the bot will act for them: full members of our workspace only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SlackPerson:
    """What ``users.info`` says of a person; ``None`` where Slack did not say."""

    id: str
    team_id: str = ""
    name: str = ""
    email: str = ""
    deleted: bool | None = None
    bot: bool | None = None
    restricted: bool | None = None
    """A guest of several channels."""
    ultra_restricted: bool | None = None
    """A guest of one channel."""
    stranger: bool | None = None
    """Known only through a shared channel."""
