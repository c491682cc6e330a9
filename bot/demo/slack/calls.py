"""What every Web API method is given, how it refuses, and the entry it has in the table."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from bot.demo.slack.changes import Json
from bot.demo.slack.model import Channel, Member
from bot.demo.slack.state import Workspace


class RefusedError(Exception):
    """Slack's answer ``ok: false`` with this error, and further fields."""

    def __init__(self, error: str, **more: object) -> None:
        super().__init__(error)
        self.answer: Json = {"ok": False, "error": error, **more}


@dataclass(frozen=True, slots=True)
class Request:
    """One call of a method: its workspace and its arguments, however they were encoded."""

    workspace: Workspace
    method: str
    arguments: Json

    def text(self, name: str) -> str | None:
        """Return an argument as a string, or None when it was not given."""
        value = self.arguments.get(name)
        return None if value is None else str(value)

    def need(self, name: str) -> str:
        """Return an argument that must be given."""
        value = self.text(name)
        if not value:
            why = [f"[ERROR] missing required field: {name}"]
            raise RefusedError("invalid_arguments", response_metadata={"messages": why})
        return value

    def flag(self, name: str) -> bool:
        """Return a boolean argument, which a form carries as 1 or true."""
        return str(self.arguments.get(name, "")).lower() in {"1", "true"}

    def number(self, name: str, default: int) -> int:
        """Return a whole number argument."""
        value = self.text(name)
        if value is None:
            return default
        if not value.isdigit():
            raise RefusedError("invalid_arguments")
        return int(value)

    def structure(self, name: str, error: str) -> Any:
        """Return a structured argument, which a form carries as JSON text."""
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise RefusedError(error) from None

    def channel(self) -> Channel:
        """Return the channel of argument `channel`, if the bot may know that it exists."""
        key = self.need("channel")
        found = self.workspace.channels.get(key)
        hidden = found is not None and found.kind != "public"
        if found is None or (hidden and self.workspace.bot not in found.members):
            raise RefusedError("channel_not_found")
        return found

    def user(self, name: str = "user") -> Member:
        """Return the member of a user argument."""
        found = self.workspace.members.get(self.need(name))
        if found is None:
            raise RefusedError("user_not_found")
        return found

    def scope(self, *needed: str) -> None:
        """Refuse the call unless the token has one of these scopes."""
        granted = self.workspace.scopes
        if needed and not granted.intersection(needed):
            provided = ",".join(sorted(granted))
            raise RefusedError("missing_scope", needed=",".join(needed), provided=provided)

    def history_scope(self, channel: Channel) -> None:
        """Refuse reading a conversation without the history scope of its kind."""
        self.scope(f"{_FAMILY[channel.kind]}:history")

    def read_scope(self, channel: Channel) -> None:
        """Refuse looking at a conversation without the read scope of its kind."""
        self.scope(f"{_FAMILY[channel.kind]}:read")


_FAMILY = {"public": "channels", "private": "groups", "im": "im"}


@dataclass(frozen=True, slots=True)
class Method:
    """One line of the Web API's table."""

    run: Callable[[Request], Json]
    scopes: tuple[str, ...] = ()
    """Any one of these is enough; none means that no scope is needed."""
    tier: int = 3
    """Slack's tier 1 to 4; 0 is posting; 9 has no limit."""
    token: Literal["bot", "app", "any", "none"] = "bot"


def paged(request: Request, items: list[Json], key: str, default: int) -> Json:
    """Return one page of `items` under `key`, with the cursor of the next one."""
    limit = request.number("limit", default) or default
    cursor = request.text("cursor") or "0"
    if not cursor.isdigit() or int(cursor) > len(items):
        raise RefusedError("invalid_cursor")
    start = int(cursor)
    page = items[start : start + limit]
    following = str(start + limit) if start + limit < len(items) else ""
    return {key: page, "response_metadata": {"next_cursor": following}}
