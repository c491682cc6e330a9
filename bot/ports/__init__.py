"""What the stories need from the world: Harness, Slack, the store, the clock.

Flows speak to these protocols only; ``app`` puts the real ones behind them. Each method asks for
the least that its callers need, and says in its type everything that can come back: trouble that a
flow must answer is a value or one of the errors in ``core.errors``.
"""

from bot.core.errors import RefusalKind
from bot.core.lineage import Successor
from bot.ports.chat import (
    Chat,
    Delivery,
    Gone,
    Later,
    Place,
    Posted,
    Unsure,
    Whisperable,
)
from bot.ports.clock import (
    Clock,
)
from bot.ports.deployments import (
    ClickReading,
    Deployments,
    Examined,
    Found,
    Granting,
    Located,
    Lost,
    NoExecution,
    NotSent,
    NoView,
    OtherAccount,
    Refused,
    ResumeAnswer,
    Started,
    Unanswered,
    Unreadable,
)
from bot.ports.store import (
    Claimed,
    Due,
    Record,
    Say,
    SayKind,
    Store,
    Taken,
)

__all__ = [
    "Chat",
    "Claimed",
    "ClickReading",
    "Clock",
    "Delivery",
    "Deployments",
    "Due",
    "Examined",
    "Found",
    "Gone",
    "Granting",
    "Later",
    "Located",
    "Lost",
    "NoExecution",
    "NoView",
    "NotSent",
    "OtherAccount",
    "Place",
    "Posted",
    "Record",
    "RefusalKind",
    "Refused",
    "ResumeAnswer",
    "Say",
    "SayKind",
    "Started",
    "Store",
    "Successor",
    "Taken",
    "Unanswered",
    "Unreadable",
    "Unsure",
    "Whisperable",
]
