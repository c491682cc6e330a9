"""What can go wrong, told apart by who has to know.

::

    BotError
    ├── BadStore          the store cannot be opened; its text says what to do (``bot.store``)
    └── ServiceTrouble    a service did not give what was asked
        ├── HarnessTrouble    kind: Trouble; whether waiting helps is a question to the kind
        └── SlackTrouble      code: Slack's own word for it

Everything else that is raised is our own bug: the person gets an id, the log gets the cause.
"""

from enum import StrEnum


class BotError(Exception):
    """The root of what the bot raises on purpose."""


class ServiceTrouble(BotError):
    """A service did not give what was asked."""


class Trouble(StrEnum):
    """How Harness can fail to answer (facts 1.3 to 1.5)."""

    RATE_LIMITED = "rate limited"
    """Any of the 429s, in whatever shape."""
    OWN_BUDGET = "own budget"
    """The bot's own share of the quota is used up for longer than the person can wait."""
    BAD_KEY = "bad key"
    FORBIDDEN = "forbidden"
    """The key may not read it: ``User not authorized``."""
    MIGRATED = "migrated"
    """301: the account moved to another cluster."""
    NEXTGEN = "nextgen"
    """403: FirstGen is switched off for the account."""
    NOT_WHITELISTED = "not whitelisted"
    FEATURE_OFF = "feature off"
    ACCOUNT_GONE = "account gone"
    """Deleted or inactive."""
    GATEWAY = "gateway"
    """502, 503, 504, or HTML where JSON was due."""
    SERVER = "server"
    """Any other 5xx, and the generic text that hides a crash."""
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    """No connection: refused, reset, DNS, TLS."""
    WRONG_ADDRESS = "wrong address"
    """404, or a redirect that is not followed: Harness's API is not there."""
    STRANGE = "strange"
    """An answer that is not what the schema promises."""
    NOT_FOUND = "not found"
    """Unknown or not visible: Harness does not tell them apart (facts 1.4)."""
    TOO_OLD = "too old"
    """The server does not know a field that we ask for."""
    REFUSED = "refused"
    """A query error in Harness's own words; the words are in *detail*."""


class RefusalKind(StrEnum):
    """Why Harness certainly did not resume (ruling 10)."""

    MODIFIED = "modified"
    FREEZE = "freeze"
    """Looked up all the same: a flag makes Harness store a REJECTED run (facts 3.7)."""
    NOT_LATEST = "not latest"
    NOT_ALLOWED = "not allowed"
    """The bot's own key may not."""
    NOT_RESUMABLE = "not resumable"
    LIMIT = "limit"
    TOO_LATE = "too late"
    """Not asked at all: the deadline had passed before the request was written."""
    RATE_LIMITED = "rate limited"
    BAD_KEY = "bad key"
    SHUT_OUT = "shut out"
    """Migrated, not whitelisted, the API or the account switched off: waiting does not help."""
    TROUBLE = "trouble"
    """Refused before the mutation was looked at, for another reason than those."""
    OTHER = "other"


class HarnessTrouble(ServiceTrouble):
    """Harness did not give what was asked.

    *detail* is Harness's own sentence, never a header or a payload; it is untrusted text.
    """

    def __init__(self, kind: Trouble, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}" if detail else str(kind))
        self.kind = kind
        self.detail = detail

    @property
    def passing(self) -> bool:
        """Whether the same read may succeed a little later."""
        return self.kind in _PASSING


_PASSING = frozenset(
    {
        Trouble.RATE_LIMITED,
        Trouble.GATEWAY,
        Trouble.SERVER,
        Trouble.TIMEOUT,
        Trouble.UNREACHABLE,
        Trouble.STRANGE,
    }
)


class SlackTrouble(ServiceTrouble):
    """Slack refused a call; *code* is Slack's own word, such as ``not_in_channel``."""

    def __init__(self, code: str, *, retry_after: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
