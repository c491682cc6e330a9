"""Block Kit in our own words: each builder keeps Slack's limits (facts 1.2), come what may.

Texts that builders take as *markup* are ready mrkdwn: our own words with ``untrusted.mrkdwn``
around everything else. All of it is ``verbatim``, so that Slack links and pings nothing by itself.
No block has a ``block_id``: Slack then makes new ones at each edit, and a menu forgets what was
chosen in it.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from bot.render.message import Block, Message
from bot.render.untrusted import ELLIPSIS, clip, escape

MOST_BLOCKS = 50
MOST_TEXT = 10_000
"""Of all block text of a message: Slack's own limit is not documented (ruling 3)."""
SECTION, HEADER, CONTEXT_PART = 3000, 150, 2000
BUTTON = 75
"""Also an accessibility label and an option."""
MESSAGE_TEXT = 4000
"""What ``chat.update`` takes; ``chat.postMessage`` takes more."""
MOST_OPTIONS = 100
_PLACEHOLDER = 150
_LINK = 1000
"""Longer links are left out: they could take the room of everything else."""

_CUT_ENTITY = re.compile(r"&[a-z]{0,3}$|<[^>]*$")


def message(text: str, *blocks: Block) -> Message:
    """Put a message together; without blocks its *text* (markup) is shown as one section."""
    return Message(cut(text, MESSAGE_TEXT), blocks[:MOST_BLOCKS] or (section(text),))


def cut(markup: str, limit: int) -> str:
    """Cut markup as a last resort, without leaving half an entity, link or mention."""
    if len(markup) <= limit:
        return markup
    return _CUT_ENTITY.sub("", clip(markup, limit).removesuffix(ELLIPSIS)) + ELLIPSIS


def section(markup: str) -> Block:
    """Make a paragraph."""
    return {"type": "section", "text": _mrkdwn(markup, SECTION)}


def header(text: str) -> Block:
    """Make a headline of plain text; emoji must be given as characters."""
    return {"type": "header", "text": _plain(text, HEADER)}


def context(*markups: str) -> Block:
    """Make a small grey line; at most ten parts."""
    return {"type": "context", "elements": [_mrkdwn(m, CONTEXT_PART) for m in markups[:10]]}


def actions(*elements: Block) -> Block:
    """Make a row of buttons and menus; at most 25."""
    return {"type": "actions", "elements": list(elements[:25])}


def button(
    text: str,
    *,
    action_id: str,
    value: str,
    accessibility_label: str,
    primary: bool = False,
    confirm: Block | None = None,
) -> Block:
    """Make a button; texts are plain."""
    made: Block = {
        "type": "button",
        "action_id": action_id,
        "text": _plain(text, BUTTON),
        "value": value,
        "accessibility_label": clip(accessibility_label, BUTTON),
    }
    if primary:
        made["style"] = "primary"
    if confirm is not None:
        made["confirm"] = confirm
    return made


def select(
    placeholder: str,
    options: Sequence[tuple[str, str]],
    *,
    action_id: str,
    confirm: Block | None = None,
) -> Block:
    """Make a menu; *options* are (text, value), at most a hundred."""
    made: Block = {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": _plain(placeholder, _PLACEHOLDER),
        "options": [
            {"text": _plain(text, BUTTON), "value": value} for text, value in options[:MOST_OPTIONS]
        ],
    }
    if confirm is not None:
        made["confirm"] = confirm
    return made


def confirm(title: str, text: str, *, yes: str, no: str) -> Block:
    """Make the dialog that asks again before a press counts; texts are plain."""
    return {
        "title": _plain(title, 100),
        "text": _plain(text, 300),
        "confirm": _plain(yes, 30),
        "deny": _plain(no, 30),
    }


def total_text(blocks: Sequence[Block]) -> int:
    """Count the characters of all text of *blocks*, labels for screen readers included."""
    return sum(map(len, _texts(list(blocks))))


def safe_url(url: str) -> str:
    """Give *url* if it is a plain http(s) address of reasonable length, else nothing."""
    if not url or len(url) > _LINK or re.search(r"[\s<>|\"`\\\x00-\x20\x7f]", url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.hostname else ""


def link(url: str, text: str) -> str:
    """Link our own *text*; without a safe address the text stands alone."""
    safe = safe_url(url)
    return f"<{escape(safe)}|{text}>" if safe else text


def mention(user_id: str) -> str:
    """Name a Slack user so that Slack shows and notifies them; ids that are none are left out."""
    return f"<@{user_id}>" if re.fullmatch(r"[A-Za-z0-9_]{1,40}", user_id) else "somebody"


def date(ms: int | None) -> str:
    """Show a moment in each reader's own time zone; *ms* is epoch milliseconds."""
    if ms is None or ms <= 0:
        return "at an unknown time"
    try:
        fallback = datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, OSError, ValueError):
        return "at an unknown time"
    return f"<!date^{ms // 1000}^{{date_short_pretty}} at {{time}}|{fallback}>"


def duration(seconds: int) -> str:
    """Say a duration in at most two units: ``48 s``, ``4 min 12 s``, ``3 h 5 min``, ``2 d 1 h``."""
    units = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
    left, said = max(0, seconds), list[str]()
    for name, size in units:
        count, left = divmod(left, size)
        if said:
            return f"{said[0]} {count} {name}" if count else said[0]
        if count:
            said.append(f"{count} {name}")
    return said[0] if said else "0 s"


def _plain(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": clip(text, limit), "emoji": False}


def _mrkdwn(markup: str, limit: int) -> Block:
    return {"type": "mrkdwn", "text": cut(markup, limit), "verbatim": True}


def _texts(thing: Any) -> Iterator[str]:
    if isinstance(thing, list):
        for item in thing:
            yield from _texts(item)
    elif isinstance(thing, dict):
        for key, value in thing.items():
            if isinstance(value, str):
                if key in {"text", "accessibility_label"}:
                    yield value
            else:
                yield from _texts(value)
