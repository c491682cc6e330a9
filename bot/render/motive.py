"""Why an attempt was made and who agreed to it, wherever the policy or the brake asked for that."""

from bot.core.attempt import Attempt
from bot.render.blocks import mention
from bot.render.untrusted import quoted

_REASON = 300


def motive(attempt: Attempt) -> str:
    """Say who agreed and what was typed, as sentences that follow others; empty without either."""
    said = f" {mention(attempt.second.user_id)} agreed." if attempt.second else ""
    if attempt.reason.strip():
        said += f" The reason: {quoted(attempt.reason, _REASON)}"
    return said
