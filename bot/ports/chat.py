"""What the stories need from Slack."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.core.identity import SlackPerson
from bot.render.message import Message, Modal


@dataclass(frozen=True, slots=True)
class Place:
    """Where to say something: a channel, or a thread in it when *thread_ts* is given."""

    channel: str
    thread_ts: str = ""


@dataclass(frozen=True, slots=True)
class Whisperable:
    """The way back to one person: their id, the place, and the request's ``response_url``."""

    user_id: str
    place: Place
    response_url: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """Slack has the message."""

    ts: str


@dataclass(frozen=True, slots=True)
class Later:
    """Slack did certainly not take it; try again after *seconds*."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Unsure:
    """Slack may or may not have taken it: look before repeating."""

    cause: str


@dataclass(frozen=True, slots=True)
class Gone:
    """It can never be delivered there; *code* is Slack's word, such as ``is_archived``."""

    code: str


Delivery = Posted | Later | Unsure | Gone


class Chat(Protocol):
    """Slack, as far as a flow needs it. Only ``person`` and ``find`` raise (``SlackTrouble``)."""

    async def post(self, place: Place, message: Message, *, mark: str) -> Delivery:
        """Post once; *mark* travels in the message's metadata so that ``find`` knows it again."""
        ...

    def full(self) -> Mapping[str, float]:
        """Name the channels that take no post now, each with the seconds until it does."""
        ...

    async def find(self, place: Place, message: Message, *, mark: str, since: int) -> str | None:
        """Look for a message of ours by its mark, else its text; give its ``ts``.

        Raises ``SlackTrouble`` when it cannot look.
        """
        ...

    async def edit(
        self, channel: str, ts: str, message: Message, *, urgent: bool = False
    ) -> Delivery:
        """Make our message say *message* now; repeating it is harmless.

        Progress waits for its place in the budget of all edits; what is *urgent* does not.
        """
        ...

    async def whisper(self, to: Whisperable, message: Message) -> bool:
        """Tell one person: by ``response_url`` while fresh, else ephemerally, else directly.

        ``True`` when Slack accepted one of them.
        """
        ...

    async def tell(self, user_id: str, message: Message, *, mark: str) -> Delivery:
        """Send a direct message."""
        ...

    async def open_modal(self, trigger: str, modal: Modal) -> bool:
        """Open a window before the person who pressed, within 3 s of the press.

        ``True`` when Slack says that it is open.
        """
        ...

    async def find_person(self, email: str) -> SlackPerson | None:
        """Look a person up by e-mail; ``None`` when there is none, or Slack does not say."""
        ...

    async def members(self, channel: str) -> frozenset[str] | None:
        """List the users in a channel; ``None`` when Slack does not say."""
        ...

    async def person(self, user_id: str) -> SlackPerson:
        """Look a person up; raises ``SlackTrouble`` when that fails."""
        ...

    async def permalink(self, channel: str, ts: str) -> str:
        """Give the link to a message; empty when Slack will not."""
        ...
