"""Slack's ``message`` events, read as alerts: what a machine posted, and which are our own.

Only three kinds of message can be alerts: an incoming webhook's (``bot_message``), another app's
(a bot's user, and no subtype but how it was posted), and an edit of either (``message_changed``).
Those that people write are nobody's business here (facts/slack.md 1.6).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack import wire

Body = Mapping[str, Any]

_PLAIN = frozenset({"", "bot_message", "thread_broadcast", "file_share"})


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that a machine posted or edited."""

    channel: str
    ts: str
    thread_ts: str
    """The thread that the message stands in; empty for one of the channel."""
    text: str
    """All its text, links included, in reading order."""
    colors: tuple[str, ...]
    """Of its attachments."""
    perhaps_ours: bool
    """It has our bot's id and no user: a webhook of our own app, unless we posted it."""


def posted(event: Body, *, bot_user_id: str, bot_id: str, mark_type: str) -> Posted | None:
    """Read a ``message`` event; ``None`` for what is ours, a person's, or no such message.

    Ruling 19: a message whose user is our bot, or that carries our mark, is dropped; one with our
    bot id and no user is the webhook of somebody who made it in our own app.
    """
    if event.get("type") != "message" or wire.text_of(event, "channel_type") in {"im", "mpim"}:
        return None
    message = event
    if event.get("subtype") == "message_changed":
        message = wire.part_of(event, "message")
    subtype, user, bot = (wire.text_of(message, key) for key in ("subtype", "user", "bot_id"))
    channel, ts = wire.text_of(event, "channel"), wire.text_of(message, "ts")
    machine = subtype == "bot_message" or bool(bot)
    if subtype not in _PLAIN or not machine or not channel or not ts:
        return None
    if (user and user == bot_user_id) or wire.mark_of(message, mark_type):
        return None
    attachments = wire.parts_of(message, "attachments")
    return Posted(
        channel=channel,
        ts=ts,
        thread_ts=wire.text_of(message, "thread_ts"),
        text=wire.all_text(message),
        colors=tuple(wire.text_of(attachment, "color") for attachment in attachments),
        perhaps_ours=not user and bool(bot_id) and bot == bot_id,
    )
