"""Who a Slack user is, and whether the bot will act for them: full members of our workspace only.

Slack says who pressed; the e-mail leads to the Harness user whose rights decide. So everything
that Slack did not say counts against the person, and an address that could be read in two ways is
no address.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


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


class WhyUnknown(StrEnum):
    """Why the bot does not act for a person; the sentences are in ``render``."""

    DELETED = "deleted"
    BOT = "bot"
    GUEST = "guest"
    OTHER_TEAM = "other team"
    """Of another workspace, as in a shared channel."""
    UNSAID = "unsaid"
    """Slack did not say what they are."""
    NO_EMAIL = "no e-mail"
    ODD_EMAIL = "odd e-mail"


@dataclass(frozen=True, slots=True)
class Member:
    """A full member of our workspace."""


@dataclass(frozen=True, slots=True)
class NotMember:
    """Not a full member, or not known to be one, and why."""

    why: WhyUnknown


@dataclass(frozen=True, slots=True)
class Known:
    """A full member of our workspace, and the e-mail to look them up by in Harness."""

    email: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody for whom the bot acts, and why."""

    why: WhyUnknown


def membership(person: SlackPerson, team_id: str) -> Member | NotMember:
    """Decide whether *person* is a full member of *team_id*, our workspace."""
    why = _outside(person, team_id)
    return Member() if why is None else NotMember(why)


def identify(person: SlackPerson, team_id: str, emails: Mapping[str, str]) -> Known | Unknown:
    """Decide whether *person* is a full member of *team_id*, our workspace, and who in Harness.

    *emails* is the policy file's map of Slack user id to Harness e-mail; it replaces the e-mail of
    a full member and makes nobody a member.
    """
    member = membership(person, team_id)
    if isinstance(member, NotMember):
        return Unknown(member.why)
    email = emails.get(person.id, person.email)
    if not email:
        return Unknown(WhyUnknown.NO_EMAIL)
    return Known(email) if is_email(email) else Unknown(WhyUnknown.ODD_EMAIL)


def is_email(text: str) -> bool:
    """Say whether *text* is one plain address.

    ASCII only: Harness lower-cases what it looks up (facts 5.4), and other letters can become the
    ASCII ones of somebody else's address.
    """
    return len(text) <= _LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None


_LONGEST_EMAIL = 254
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_SLACKBOT = "USLACKBOT"  # Slack's own; it calls itself no bot


def _outside(person: SlackPerson, team_id: str) -> WhyUnknown | None:
    """Say what keeps *person* from being a full member; unsaid flags come last, as the vaguest."""
    if person.deleted:
        return WhyUnknown.DELETED
    if person.bot or person.id == _SLACKBOT:
        return WhyUnknown.BOT
    if person.stranger or (person.team_id and person.team_id != team_id):
        return WhyUnknown.OTHER_TEAM
    if person.restricted or person.ultra_restricted:
        return WhyUnknown.GUEST
    flags = (person.deleted, person.bot, person.restricted, person.ultra_restricted)
    if None in flags or not person.id or not person.team_id:
        return WhyUnknown.UNSAID
    return None  # "stranger" may be unsaid: Slack sends it only where it matters
