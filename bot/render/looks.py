"""What a card shows at present, as values: one class for each state that people can see."""

from dataclasses import dataclass

from bot.core.attempt import Attempt
from bot.core.execution import Execution


@dataclass(frozen=True, slots=True)
class Open:
    """The buttons; *note* is a sentence of ``render`` (ready mrkdwn) shown above them."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """Somebody resumed the run; *run* is the new execution as last read, once there is one."""

    attempt: Attempt
    run: Execution | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """The answer to the call was lost; the new run is being looked for."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class NotFound:
    """The lost call started nothing that could be found: the buttons are back (ruling 11)."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Ended:
    """The new run ended; without *run* the result is ``attempt.outcome`` (a ``Status`` word)."""

    attempt: Attempt
    run: Execution | None = None


@dataclass(frozen=True, slots=True)
class Stopped:
    """The new run was followed for 14 days and is not looked at any more (ruling 17)."""

    attempt: Attempt
    run: Execution | None = None


@dataclass(frozen=True, slots=True)
class Vanished:
    """Harness does not show the new run any more: how it ends cannot be told."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class OtherCard:
    """The run was resumed with another card; *link* leads to that card's thread (ruling 13)."""

    attempt: Attempt
    link: str = ""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The run was resumed outside this bot; *url* is Harness's link to the later run."""

    url: str = ""


Look = Open | Taken | Unknown | NotFound | Ended | Stopped | Vanished | OtherCard | Elsewhere
