"""Everything that a story may touch: built once by ``app``, handed down as the first argument."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.core.attempt import Attempt
from bot.core.policy import Policy
from bot.flows.pace import Pace
from bot.ports import Chat, Clock, Deployments, Store, Whisperable

WAYS_KEPT = 1_000
"""How many ``response_url``s are remembered: enough for the cards that wait to be posted."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """Who the bot is in Slack, from ``auth.test``."""

    team_id: str
    bot_user_id: str
    bot_id: str = ""


class WaysBack:
    """The way back to the person who asked for a card, until the card is posted.

    In memory only: a ``response_url`` is a secret of half an hour. Without it the person is told
    by other means.
    """

    def __init__(self) -> None:
        self._ways: dict[str, Whisperable] = {}

    def remember(self, card: str, way: Whisperable) -> None:
        """Keep *way* for the card; the oldest is forgotten when there are too many."""
        self._ways[card] = way
        while len(self._ways) > WAYS_KEPT:
            del self._ways[next(iter(self._ways))]

    def take(self, card: str) -> Whisperable | None:
        """Give the way back, once."""
        return self._ways.pop(card, None)


class Followed:
    """The live attempts of this replica, in memory, with a bell that rings when one is added.

    The store is the truth; this spares it a query and a write for every look that finds no news.
    """

    def __init__(self) -> None:
        self.attempts: dict[str, Attempt] = {}
        self.bell = asyncio.Event()
        self.pictures: dict[str, object] = {}
        """What a run looked like when its card was last edited, by attempt."""
        self.missing: dict[str, int] = {}
        """Since when Harness says that it knows no such run, by attempt."""

    def add(self, attempt: Attempt) -> None:
        """Follow *attempt* from now on, or go on with what it has become."""
        self.attempts[attempt.id] = attempt
        self.bell.set()

    def clear(self) -> None:
        """Stop following all: they may be other replicas' by now."""
        self.attempts.clear()
        self.pictures.clear()
        self.missing.clear()

    def drop(self, attempt: Attempt) -> None:
        """Stop following: it has ended, or it is another replica's now."""
        self.attempts.pop(attempt.id, None)
        self.pictures.pop(attempt.id, None)
        self.missing.pop(attempt.id, None)


@dataclass(frozen=True, slots=True)
class Context:
    """What the stories act with."""

    deployments: Deployments
    chat: Chat
    store: Store
    clock: Clock
    policy: Policy
    workspace: Workspace
    command: str
    """The slash command's name, for sentences that tell what to type."""
    poll_seconds: float
    new_id: Callable[[], str]
    """Makes ids: 20 characters of ``[A-Za-z0-9_-]``, never twice the same."""
    alert_channel: str = ""
    """Where failures go that no message in Slack told of; empty: they are not looked for."""
    pace: Pace = field(default_factory=Pace)
    ways_back: WaysBack = field(default_factory=WaysBack)
    followed: Followed = field(default_factory=Followed)
    alerted: asyncio.Event = field(default_factory=asyncio.Event)
    """The bell of ``flows.watch``: an alert told of a run."""
