"""What Slack sends, read into plain values; pure, and safe against any JSON.

Everything here may be odd: a field missing, ``null``, or of another type. A body that lacks what
its reader cannot do without is ``None``, and the listener answers or ignores it (facts/slack.md).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.identity import SlackPerson
from bot.ports import Place, Whisperable

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command as it was typed."""

    text: str
    to: Whisperable


@dataclass(frozen=True, slots=True)
class Press:
    """A press on a button, or a choice in a menu."""

    id: str
    """Slack's ``trigger_id``: clicks carry no event id, and a redelivery would repeat it."""
    action: str
    value: str
    to: Whisperable
    message_ts: str
    is_link: bool
    """A button that only opens a link is reported too, and wants an ack and no more."""


@dataclass(frozen=True, slots=True)
class Pointing:
    """A message shortcut: somebody pointed at a message."""

    text: str
    """All the text of the message, links included, in reading order."""
    to: Whisperable
    thread_ts: str


def command(body: Body) -> Command | None:
    """Read a slash command's form fields."""
    user, channel = _text(body, "user_id"), _text(body, "channel_id")
    if not user or not channel:
        return None
    way = Whisperable(user, Place(channel), _text(body, "response_url"))
    return Command(_text(body, "text"), way)


def press(body: Body) -> Press | None:
    """Read a ``block_actions`` body: its first action."""
    actions = body.get("actions")
    action = actions[0] if isinstance(actions, list) and actions else None
    user = _text(_part(body, "user"), "id")
    container = _part(body, "container")
    channel = _text(_part(body, "channel"), "id") or _text(container, "channel_id")
    if not isinstance(action, Mapping) or not user:
        return None
    message = _part(body, "message")
    ts = _text(container, "message_ts") or _text(message, "ts")
    thread = _text(container, "thread_ts") or _text(message, "thread_ts")
    value = _text(action, "value") or _text(_part(action, "selected_option"), "value")
    return Press(
        id=_text(body, "trigger_id") or f"{ts}:{user}:{_text(action, 'action_ts')}",
        action=_text(action, "action_id"),
        value=value,
        to=Whisperable(user, Place(channel, thread), _text(body, "response_url")),
        message_ts=ts,
        is_link=bool(_text(action, "url")) or action.get("type") == "link",
    )


def pointing(body: Body) -> Pointing | None:
    """Read a message shortcut (``message_action``)."""
    user, channel = _text(_part(body, "user"), "id"), _text(_part(body, "channel"), "id")
    message = _part(body, "message")
    if not user or not channel or not message:
        return None
    thread = _text(message, "thread_ts") or _text(message, "ts")
    way = Whisperable(user, Place(channel, thread), _text(body, "response_url"))
    return Pointing(all_text(message), way, thread)


def all_text(message: Body) -> str:
    """Collect a message's text: its own, then attachments', then blocks', links included."""
    parts = [_text(message, "text")]
    for attachment in _parts(message, "attachments"):
        parts += [_text(attachment, k) for k in ("pretext", "title", "title_link", "text")]
        parts += [_text(field, "value") for field in _parts(attachment, "fields")]
        parts += list(_strings(attachment.get("blocks"), depth=0))
        parts += [_text(attachment, "footer"), _text(attachment, "fallback")]
    parts += list(_strings(message.get("blocks"), depth=0))
    return "\n".join(part for part in parts if part)


_READABLE = frozenset({"text", "url", "title_url", "fallback", "value"})
_DEEP = 12


def _strings(node: object, *, depth: int) -> Iterator[str]:
    """Walk blocks for what a person reads or follows; bounded, since depth is the sender's."""
    if depth > _DEEP:
        return
    if isinstance(node, list):
        for item in node:
            yield from _strings(item, depth=depth + 1)
    elif isinstance(node, Mapping):
        for key, value in node.items():
            if isinstance(value, str):
                if key in _READABLE:
                    yield value
            else:
                yield from _strings(value, depth=depth + 1)


def person(user: Body) -> SlackPerson:
    """Read ``users.info``'s user.

    Slack leaves ``deleted`` out for people who are not, and a person who is no guest of any kind
    is no guest of one channel either; every other flag that is missing stays unsaid.
    """
    restricted = _flag(user, "is_restricted")
    ultra = _flag(user, "is_ultra_restricted")
    return SlackPerson(
        id=_text(user, "id"),
        team_id=_text(user, "team_id"),
        name=_text(_part(user, "profile"), "display_name") or _text(user, "real_name"),
        email=_text(_part(user, "profile"), "email").strip(),
        deleted=bool(_flag(user, "deleted")),
        bot=_flag(user, "is_bot"),
        restricted=restricted,
        ultra_restricted=False if ultra is None and restricted is False else ultra,
        stranger=_flag(user, "is_stranger"),
    )


def _text(body: Body, key: str) -> str:
    value = body.get(key)
    return value if isinstance(value, str) else ""


def _flag(body: Body, key: str) -> bool | None:
    value = body.get(key)
    return value if isinstance(value, bool) else None


def _part(body: Body, key: str) -> Body:
    value = body.get(key)
    return value if isinstance(value, Mapping) else {}


def _parts(body: Body, key: str) -> list[Body]:
    value = body.get(key)
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def mark_of(message: Body, event_type: str) -> str:
    """Read the mark from a message's metadata; empty when it is not one of ours."""
    metadata = _part(message, "metadata")
    if metadata.get("event_type") != event_type:
        return ""
    return _text(_part(metadata, "event_payload"), "mark")
