"""What Slack accepts as the blocks of a message or a view, and its words when it does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Literal

from bot.demo.slack.changes import Json
from bot.demo.slack.elements import (
    ANY_TEXT,
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    Findings,
    check_element,
    check_image,
)
from bot.demo.slack.model import texts_of

Surface = Literal["message", "modal", "home"]

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MOST_BLOCK_TEXT = 13_000
"""Characters of all block text of a message (undocumented; facts 1.2 tell of 13,200)."""
MOST_MARKDOWN = 12_000
MOST_VIEW_BYTES = 250_000
TASK_STATES = frozenset({"pending", "in_progress", "complete", "error"})

_EVERYWHERE = frozenset(
    {"actions", "context", "divider", "header", "image", "input", "rich_text", "section", "video"}
)
_SURFACES: dict[str, frozenset[str]] = {
    "message": _EVERYWHERE | {
        "card", "carousel", "container", "context_actions", "data_table", "data_visualization",
        "file", "markdown", "plan", "table", "task_card",
    },
    "modal": _EVERYWHERE | {"alert", "card"},
    "home": _EVERYWHERE | {"card", "carousel"},
}  # fmt: skip


def check_blocks(blocks: object, *, surface: Surface = "message", at: str = "/blocks") -> list[str]:
    """Return Slack's complaints about these blocks, each with its JSON pointer; none is good."""
    found = Findings()
    if not isinstance(blocks, list):
        found.refuse("must be an array", at)
        return found.messages
    if len(blocks) > MOST_BLOCKS[surface]:
        found.refuse(f"no more than {MOST_BLOCKS[surface]} items allowed", at)
    for index, block in enumerate(blocks):
        _check_block(found, block, f"{at}/{index}", surface)
    return found.messages


def check_view(view: Json) -> list[str]:
    """Return Slack's complaints about a modal or a Home tab."""
    found = Findings()
    kind = view.get("type")
    if kind not in {"modal", "home"}:
        found.refuse("must be `modal` or `home`", "/view/type")
        return found.messages
    allowed = {"type", "blocks", "private_metadata", "callback_id", "external_id"}
    if kind == "modal":
        allowed |= {"title", "submit", "close", "clear_on_close", "notify_on_close"}
        allowed |= {"submit_disabled"}
        found.text(view.get("title"), "/view/title", most=24)
        for key in ("submit", "close"):
            if view.get(key) is not None:
                found.text(view[key], f"/view/{key}", most=24)
    found.keys(view, allowed, "/view")
    for key, most in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        if view.get(key) is not None:
            found.string(view[key], f"/view/{key}", most=most, fewest=0)
    blocks = view.get("blocks")
    if kind == "modal" and isinstance(blocks, list):
        has_input = any(isinstance(b, dict) and b.get("type") == "input" for b in blocks)
        if has_input and view.get("submit") is None:
            found.refuse("`submit` is required when an input block is present", "/view/submit")
    surface: Surface = "modal" if kind == "modal" else "home"
    return found.messages + check_blocks(blocks, surface=surface, at="/view/blocks")


def view_is_too_large(view: Json) -> bool:
    """Say whether a view is above 250 kB."""
    return len(json.dumps(view)) > MOST_VIEW_BYTES


def block_text_length(blocks: list[Json]) -> int:
    """Count the characters of all texts of a message's blocks."""
    return sum(len(text) for text in texts_of(blocks))


def _check_block(found: Findings, block: object, at: str, surface: Surface) -> None:
    if not isinstance(block, dict):
        found.refuse("must be an object", at)
        return
    kind = str(block.get("type"))
    if kind not in _SURFACES[surface]:
        found.refuse(f"unsupported type: {kind}", f"{at}/type")
        return
    if (block_id := block.get("block_id")) is not None:
        found.string(block_id, f"{at}/block_id", most=255)
        if block_id in found.block_ids:
            found.refuse(f"`block_id` {block_id!r} already exists", f"{at}/block_id")
        found.block_ids.add(str(block_id))
    if kind in _RULES:
        keys, rule = _RULES[kind]
        found.keys(block, keys | {"type", "block_id"}, at)
        rule(found, block, at)


def _section(found: Findings, block: Json, at: str) -> None:
    if block.get("text") is None and block.get("fields") is None:
        found.refuse("missing required field: text or fields", at)
    if block.get("text") is not None:
        found.text(block["text"], f"{at}/text", most=3000, kinds=ANY_TEXT)
    if block.get("fields") is not None:
        for index, text in enumerate(found.items(block, "fields", at, fewest=1, most=10)):
            found.text(text, f"{at}/fields/{index}", most=2000, kinds=ANY_TEXT)
    if block.get("accessory") is not None:
        check_element(found, block["accessory"], f"{at}/accessory", allowed=IN_SECTION)


def _header(found: Findings, block: Json, at: str) -> None:
    found.text(block.get("text"), f"{at}/text", most=150)


def _actions(found: Findings, block: Json, at: str) -> None:
    for index, element in enumerate(found.items(block, "elements", at, fewest=1, most=25)):
        check_element(found, element, f"{at}/elements/{index}", allowed=IN_ACTIONS)


def _context(found: Findings, block: Json, at: str) -> None:
    for index, element in enumerate(found.items(block, "elements", at, fewest=1, most=10)):
        here = f"{at}/elements/{index}"
        if element.get("type") in ANY_TEXT:
            found.text(element, here, most=2000, kinds=ANY_TEXT)
        else:
            check_element(found, element, here, allowed={"image"})


def _context_actions(found: Findings, block: Json, at: str) -> None:
    for index, element in enumerate(found.items(block, "elements", at, fewest=1, most=5)):
        check_element(found, element, f"{at}/elements/{index}", allowed=IN_CONTEXT_ACTIONS)


def _image(found: Findings, block: Json, at: str) -> None:
    check_image(found, block, at)
    if block.get("title") is not None:
        found.text(block["title"], f"{at}/title", most=2000)


def _input(found: Findings, block: Json, at: str) -> None:
    found.text(block.get("label"), f"{at}/label", most=2000)
    if block.get("hint") is not None:
        found.text(block["hint"], f"{at}/hint", most=2000)
    if found.need(block, "element", at):
        check_element(found, block["element"], f"{at}/element", allowed=IN_INPUT)


def _markdown(found: Findings, block: Json, at: str) -> None:
    found.string(block.get("text"), f"{at}/text", most=MOST_MARKDOWN)


def _rich_text(found: Findings, block: Json, at: str) -> None:
    kinds = {f"rich_text_{kind}" for kind in ("section", "list", "preformatted", "quote")}
    for index, element in enumerate(found.items(block, "elements", at, fewest=0, most=1000)):
        here = f"{at}/elements/{index}"
        if element.get("type") not in kinds:
            found.refuse(f"unsupported type: {element.get('type')}", f"{here}/type")
        elif not isinstance(element.get("elements"), list):
            found.refuse("missing required field: elements", here)


def _task(found: Findings, block: Json, at: str) -> None:
    found.string(block.get("task_id"), f"{at}/task_id", most=255)
    found.string(block.get("title"), f"{at}/title", most=3000)
    if block.get("status") not in {None, *TASK_STATES}:
        found.refuse(f"must be one of {sorted(TASK_STATES)}", f"{at}/status")
    for key in ("details", "output"):
        if (part := block.get(key)) is not None and part.get("type") != "rich_text":
            found.refuse("must be a rich_text block", f"{at}/{key}/type")


def _plan(found: Findings, block: Json, at: str) -> None:
    found.string(block.get("title"), f"{at}/title", most=3000)
    if block.get("tasks") is None:
        return
    seen: set[object] = set()
    for index, task in enumerate(found.items(block, "tasks", at, fewest=1, most=50)):
        here = f"{at}/tasks/{index}"
        found.keys(task, _TASK_KEYS | {"type", "block_id"}, here)
        _task(found, task, here)
        if task.get("task_id") in seen:
            found.refuse("`task_id` must be unique", f"{here}/task_id")
        seen.add(task.get("task_id"))


def _table(found: Findings, block: Json, at: str) -> None:
    rows = block.get("rows")
    if not isinstance(rows, list) or not rows:
        found.refuse("missing required field: rows", at)
    elif len(rows) > 100 or any(len(row) > 20 for row in rows):
        found.refuse("no more than 100 rows of 20 cells allowed", f"{at}/rows")


def _nothing(_found: Findings, _block: Json, _at: str) -> None:
    """Accept a block that has no rules besides its keys."""


_TASK_KEYS = {"task_id", "title", "status", "details", "output", "sources"}
_RULES: dict[str, tuple[set[str], Callable[[Findings, Json, str], None]]] = {
    "section": ({"text", "fields", "accessory", "expand"}, _section),
    "header": ({"text"}, _header),
    "divider": (set(), _nothing),
    "actions": ({"elements"}, _actions),
    "context": ({"elements"}, _context),
    "context_actions": ({"elements"}, _context_actions),
    "image": ({"image_url", "slack_file", "alt_text", "title"}, _image),
    "input": ({"label", "element", "hint", "optional", "dispatch_action"}, _input),
    "markdown": ({"text"}, _markdown),
    "rich_text": ({"elements"}, _rich_text),
    "table": ({"rows", "column_settings"}, _table),
    "task_card": (_TASK_KEYS, _task),
    "plan": ({"title", "tasks"}, _plan),
}
