"""What a failed call to Slack means for what was to be said: later, unsure, or never."""

import asyncio
import re

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.core.errors import SlackTrouble
from bot.ports import Delivery, Gone, Later, Unsure

REVOKED = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"}
)
"""The bot's token is no good: nothing is lost, it waits for a new one (ruling 16)."""

TRANSIENT = frozenset({"ratelimited", "rate_limited", "team_added_to_org", "request_timeout"})
PERHAPS_DONE = frozenset({"fatal_error", "internal_error", "service_unavailable"})
"""Slack says of these that some of the operation may have succeeded."""

BAD_MESSAGE = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_blocks_too_long",
        "msg_too_long",
        "metadata_too_large",
        "invalid_metadata_format",
    }
)
"""Our own mistake; the plain text is tried instead, so that nothing stays unsaid."""

WORD = re.compile(r"[a-z0-9_]{1,60}")
"""What Slack's words for failures look like."""

REVOKED_WAIT = 30.0
TOO_MANY = 429
SERVER = 500


def code_of(error: SlackApiError) -> str:
    """Give Slack's word for the failure, or the HTTP status where it has none.

    The word is kept and shown, so what does not look like one of Slack's is not passed on.
    """
    response = error.response
    data = getattr(response, "data", None)
    code = data.get("error") if isinstance(data, dict) else None
    if not code:
        return f"http_{getattr(response, 'status_code', 0)}"
    return code if isinstance(code, str) and WORD.fullmatch(code) else "strange_error"


def too_many(error: SlackApiError) -> bool:
    """Whether Slack asks to wait: HTTP 429, or its word for it."""
    status = int(getattr(error.response, "status_code", 0) or 0)
    return status == TOO_MANY or code_of(error) in {"ratelimited", "rate_limited"}


def retry_after(error: SlackApiError) -> float:
    """Give the seconds that Slack asks to wait, 1 where it does not say."""
    headers = getattr(error.response, "headers", None) or {}
    raw = next((v for k, v in headers.items() if k.lower() == "retry-after"), "1")
    try:
        return max(0.1, min(float(raw), 600.0))
    except (TypeError, ValueError):
        return 1.0


def judge(error: Exception) -> Delivery:
    """Tell what became of a post or an edit that raised *error*."""
    if isinstance(error, SlackApiError):
        return _refused(error)
    if isinstance(error, aiohttp.ClientConnectorError):
        return Later(1.0)  # never connected: certainly not taken
    if isinstance(error, aiohttp.ClientError | asyncio.TimeoutError | OSError):
        return Unsure(type(error).__name__)
    raise error


def _refused(error: SlackApiError) -> Delivery:
    code = code_of(error)
    status = int(getattr(error.response, "status_code", 0) or 0)
    if code in TRANSIENT or status == TOO_MANY:
        return Later(retry_after(error))
    if code in REVOKED:
        return Later(REVOKED_WAIT)
    if code in PERHAPS_DONE or status >= SERVER or code.startswith("http_"):
        return Unsure(code)
    return Gone(code)


def trouble(error: Exception) -> SlackTrouble:
    """Translate what a read raised."""
    if isinstance(error, SlackApiError):
        wait = retry_after(error) if code_of(error) in TRANSIENT else None
        return SlackTrouble(code_of(error), retry_after=wait)
    if isinstance(error, aiohttp.ClientError | asyncio.TimeoutError | OSError):
        return SlackTrouble("unreachable")
    raise error
