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
class Submission:
    """A window of ours that somebody submitted."""

    id: str
    """Slack's ``trigger_id``, else the window's own id."""
    metadata: str
    """As the window was given it; not trusted."""
    user_id: str
    typed: Mapping[str, str]
    """What was typed, by the inputs' block ids."""


@dataclass(frozen=True, slots=True)
class Pointing:
    """A message shortcut: somebody pointed at a message."""

    text: str
    """All the text of the message, links included, in reading order."""
    to: Whisperable
    thread_ts: str


def command(body: Body) -> Command | None:
    """Read a slash command's form fields."""
    user, channel = text_of(body, "user_id"), text_of(body, "channel_id")
    if not user or not channel:
        return None
    way = Whisperable(user, Place(channel), text_of(body, "response_url"))
    return Command(text_of(body, "text"), way)


def press(body: Body) -> Press | None:
    """Read a ``block_actions`` body: its first action."""
    actions = body.get("actions")
    action = actions[0] if isinstance(actions, list) and actions else None
    user = text_of(part_of(body, "user"), "id")
    container = part_of(body, "container")
    channel = text_of(part_of(body, "channel"), "id") or text_of(container, "channel_id")
    if not isinstance(action, Mapping) or not user:
        return None
    message = part_of(body, "message")
    ts = text_of(container, "message_ts") or text_of(message, "ts")
    thread = text_of(container, "thread_ts") or text_of(message, "thread_ts")
    value = text_of(action, "value") or text_of(part_of(action, "selected_option"), "value")
    return Press(
        id=text_of(body, "trigger_id") or f"{ts}:{user}:{text_of(action, 'action_ts')}",
        action=text_of(action, "action_id"),
        value=value,
        to=Whisperable(user, Place(channel, thread), text_of(body, "response_url")),
        message_ts=ts,
        is_link=bool(text_of(action, "url")) or action.get("type") == "link",
    )


def submission(body: Body) -> Submission | None:
    """Read a ``view_submission`` body."""
    view, user = part_of(body, "view"), text_of(part_of(body, "user"), "id")
    if not view or not user:
        return None
    blocks = part_of(part_of(view, "state"), "values")
    return Submission(
        id=text_of(body, "trigger_id") or f"{text_of(view, 'id')}:{user}",
        metadata=text_of(view, "private_metadata"),
        user_id=user,
        typed={name: _typed(inputs) for name, inputs in blocks.items()},
    )


def _typed(inputs: object) -> str:
    found = inputs.values() if isinstance(inputs, Mapping) else ()
    texts = (text_of(item, "value") for item in found if isinstance(item, Mapping))
    return next(texts, "")


def pointing(body: Body) -> Pointing | None:
    """Read a message shortcut (``message_action``)."""
    user, channel = text_of(part_of(body, "user"), "id"), text_of(part_of(body, "channel"), "id")
    message = part_of(body, "message")
    if not user or not channel or not message:
        return None
    thread = text_of(message, "thread_ts") or text_of(message, "ts")
    way = Whisperable(user, Place(channel, thread), text_of(body, "response_url"))
    return Pointing(all_text(message), way, thread)


def all_text(message: Body) -> str:
    """Collect a message's text: its own, then attachments', then blocks', links included."""
    parts = [text_of(message, "text")]
    for attachment in parts_of(message, "attachments"):
        parts += [text_of(attachment, k) for k in _ABOVE]
        parts += [
            text_of(field, k)
            for field in parts_of(attachment, "fields")
            for k in ("title", "value")
        ]
        parts += [
            text_of(act, k) for act in parts_of(attachment, "actions") for k in ("text", "url")
        ]
        parts += list(_strings(attachment.get("blocks"), depth=0))
        parts += [text_of(attachment, k) for k in _BELOW]
    parts += list(_strings(message.get("blocks"), depth=0))
    return "\n".join(part for part in parts if part)


_ABOVE = ("pretext", "author_name", "author_link", "title", "title_link", "text")
_BELOW = ("footer", "fallback", "from_url", "original_url")
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
        if node.get("type") == "emoji" and isinstance(node.get("name"), str):
            yield f":{node['name']}:"
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
        id=text_of(user, "id"),
        team_id=text_of(user, "team_id"),
        name=text_of(part_of(user, "profile"), "display_name") or text_of(user, "real_name"),
        email=text_of(part_of(user, "profile"), "email").strip(),
        deleted=bool(_flag(user, "deleted")),
        bot=_flag(user, "is_bot"),
        restricted=restricted,
        ultra_restricted=False if ultra is None and restricted is False else ultra,
        stranger=_flag(user, "is_stranger"),
    )


def text_of(body: Body, key: str) -> str:
    """Give a text member; anything else is empty."""
    value = body.get(key)
    return value if isinstance(value, str) else ""


def _flag(body: Body, key: str) -> bool | None:
    value = body.get(key)
    return value if isinstance(value, bool) else None


def part_of(body: Body, key: str) -> Body:
    """Give a member that is an object; anything else is an empty one."""
    value = body.get(key)
    return value if isinstance(value, Mapping) else {}


def parts_of(body: Body, key: str) -> list[Body]:
    """Give a member that is a list of objects; whatever else is in it is left out."""
    value = body.get(key)
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def mark_of(message: Body, event_type: str) -> str:
    """Read the mark from a message's metadata; empty when it is not one of ours."""
    metadata = part_of(message, "metadata")
    if metadata.get("event_type") != event_type:
        return ""
    return text_of(part_of(metadata, "event_payload"), "mark")
