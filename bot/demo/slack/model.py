"""What the pretend workspace is made of: members, apps, channels, messages and views."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from bot.demo.slack.changes import Json

Standing = Literal["member", "admin", "guest", "single_channel_guest", "bot", "deleted", "stranger"]
ChannelKind = Literal["public", "private", "im"]


@dataclass(eq=False, kw_only=True, repr=False)
class Member:
    """Somebody with a user id: a person, or the user behind an app's bot."""

    id: str
    name: str
    real_name: str
    email: str | None
    standing: Standing
    team_id: str
    home_team_id: str
    app: App | None = None

    def __repr__(self) -> str:
        return f"<{self.real_name}, {self.standing}>"

    def as_json(self, *, with_email: bool) -> Json:
        """Return the user object of ``users.info``; e-mail only with users:read.email."""
        stranger = self.team_id != self.home_team_id
        profile: Json = {
            "real_name": self.real_name,
            "display_name": self.name,
            "real_name_normalized": self.real_name,
            "display_name_normalized": self.name,
            "title": "",
            "phone": "",
            "team": self.team_id,
        }
        if with_email and self.email is not None and not stranger and self.standing != "bot":
            profile["email"] = self.email
        if self.app is not None:
            profile |= {"api_app_id": self.app.app_id, "bot_id": self.app.bot_id}
        user: Json = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "deleted": self.standing == "deleted",
            "profile": profile,
            "is_bot": self.standing == "bot",
            "is_app_user": False,
            "updated": 1_700_000_000,
        }
        if self.standing != "deleted":
            user |= {
                "real_name": self.real_name,
                "tz": "Europe/Berlin",
                "tz_offset": 3600,
                "is_admin": self.standing == "admin",
                "is_owner": False,
                "is_primary_owner": False,
                "is_restricted": self.standing in {"guest", "single_channel_guest"},
                "is_ultra_restricted": self.standing == "single_channel_guest",
            }
        if stranger:
            user["is_stranger"] = True
        return user


@dataclass(eq=False, kw_only=True, repr=False)
class App:
    """A Slack app (or only its incoming webhook), which posts under a bot id."""

    name: str
    app_id: str
    bot_id: str
    user: Member | None = None

    def __repr__(self) -> str:
        return f"<app {self.name}>"

    def profile(self, team_id: str) -> Json:
        """Return the ``bot_profile`` that travels with each of its messages."""
        return {
            "id": self.bot_id,
            "app_id": self.app_id,
            "name": self.name,
            "deleted": False,
            "updated": 1_700_000_000,
            "team_id": team_id,
        }


@dataclass(eq=False, kw_only=True, repr=False)
class Channel:
    """A public or private channel, or the direct messages between the bot and one person."""

    id: str
    name: str
    kind: ChannelKind
    team_id: str
    members: list[Member] = field(default_factory=list)
    archived: bool = False
    shared: bool = False
    log: list[Message] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<#{self.name}, {len(self.log)} messages>"

    @property
    def messages(self) -> list[Message]:
        """What the channel shows: top-level messages, and replies that were broadcast."""
        return [m for m in self.log if m.thread_ts in {None, m.ts} or m.broadcast]

    @property
    def type(self) -> str:
        """The ``channel_type`` of message events."""
        return {"public": "channel", "private": "group", "im": "im"}[self.kind]

    def find(self, ts: str) -> Message | None:
        """Return the message with this `ts`, if it is still there."""
        return next((m for m in self.log if m.ts == ts), None)

    def as_json(self, viewer: Member) -> Json:
        """Return the conversation object as `viewer` (the bot) is shown it."""
        common: Json = {"id": self.id, "created": 1_700_000_000, "is_archived": self.archived}
        if self.kind == "im":
            other = next((m for m in self.members if m is not viewer), viewer)
            return common | {"is_im": True, "user": other.id, "is_org_shared": False}
        return common | {
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": self.kind == "public",
            "is_group": self.kind == "private",
            "is_im": False,
            "is_mpim": False,
            "is_private": self.kind == "private",
            "is_general": False,
            "is_shared": self.shared,
            "is_ext_shared": self.shared,
            "is_org_shared": False,
            "is_member": viewer in self.members,
            "context_team_id": self.team_id,
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }


@dataclass(eq=False, kw_only=True, repr=False)
class Message:
    """One message, of the channel or, with `only_for`, an ephemeral one for a single person."""

    channel: Channel
    ts: str
    author: Member | App
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    only_for: Member | None = None
    through_webhook: bool = False
    edited_ts: str | None = None
    deleted: bool = False
    earlier: list[list[Json]] = field(default_factory=list)
    """The blocks of earlier versions, which a slow client may still show."""

    def __repr__(self) -> str:
        reader = f" only for {self.only_for.real_name}" if self.only_for else ""
        return f"<message {self.ts} in #{self.channel.name}{reader}: {self.text!r} {self.buttons}>"

    @property
    def thread(self) -> list[Message]:
        """The replies below this message, oldest first."""
        return [m for m in self.channel.log if m.thread_ts == self.ts and m is not self]

    @property
    def buttons(self) -> list[str]:
        """The texts of the buttons that the message shows now, in order."""
        return [e["text"]["text"] for _, e in elements_of(self.blocks) if e["type"] == "button"]

    @property
    def said(self) -> str:
        """Everything a reader sees, in one string: the text, then the blocks' texts."""
        return "\n".join([self.text, *texts_of(self.blocks)])

    def as_json(self, *, with_metadata: bool = True) -> Json:
        """Return the message object of history calls and events."""
        body: Json = {"type": "message", "ts": self.ts, "text": self.text}
        author = self.author
        app = author if isinstance(author, App) else author.app
        team_id = self.channel.team_id
        if isinstance(author, App) and (self.through_webhook or author.user is None):
            body |= {"subtype": "bot_message", "bot_id": author.bot_id, "username": author.name}
            body["app_id"] = author.app_id
            body["bot_profile"] = author.profile(team_id)
        elif app is not None and app.user is not None:
            body |= {"user": app.user.id, "bot_id": app.bot_id, "app_id": app.app_id}
            body |= {"team": team_id, "bot_profile": app.profile(team_id)}
        elif isinstance(author, Member):
            body |= {"user": author.id, "team": author.team_id, "client_msg_id": f"m-{self.ts}"}
        if self.blocks:
            body["blocks"] = copy.deepcopy(self.blocks)
        if self.attachments:
            body["attachments"] = copy.deepcopy(self.attachments)
        if self.metadata is not None and with_metadata:
            body["metadata"] = copy.deepcopy(self.metadata)
        if self.edited_ts is not None:
            body["edited"] = {"user": body.get("user", ""), "ts": self.edited_ts}
        return body | self._thread_json()

    def _thread_json(self) -> Json:
        if self.thread_ts is not None:
            parent = self.channel.find(self.thread_ts)
            facts: Json = {"thread_ts": self.thread_ts}
            if self.broadcast:
                facts["subtype"] = "thread_broadcast"
            if parent is not None and isinstance(parent.author, Member):
                facts["parent_user_id"] = parent.author.id
            return facts
        if self.only_for is None and (replies := self.thread):
            return {
                "thread_ts": self.ts,
                "reply_count": len(replies),
                "latest_reply": replies[-1].ts,
                "is_locked": False,
                "subscribed": True,
            }
        return {}


@dataclass(eq=False, kw_only=True, repr=False)
class View:
    """A modal on somebody's screen, or somebody's Home tab."""

    id: str
    owner: Member
    content: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    team_id: str
    app: App

    def __repr__(self) -> str:
        return f"<{self.content.get('type')} {self.id} of {self.owner.real_name}>"

    def as_json(self) -> Json:
        """Return the view object of answers and payloads."""
        defaults: Json = {
            "callback_id": "",
            "private_metadata": "",
            "external_id": "",
            "close": None,
            "submit": None,
            "clear_on_close": False,
            "notify_on_close": False,
        }
        return (
            defaults
            | copy.deepcopy(self.content)
            | {
                "id": self.id,
                "team_id": self.team_id,
                "hash": self.hash,
                "root_view_id": self.root_id,
                "previous_view_id": self.previous_id,
                "app_id": self.app.app_id,
                "app_installed_team_id": self.team_id,
                "bot_id": self.app.bot_id,
                "state": {"values": {}},
            }
        )


def elements_of(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield each interactive element with the block that holds it, in order."""
    for block in blocks:
        for element in [*block.get("elements", []), block.get("accessory"), block.get("element")]:
            if isinstance(element, dict) and "action_id" in element:
                yield block, element


def texts_of(thing: object) -> Iterator[str]:
    """Yield every string under a ``text`` key (or a plain title), in reading order."""
    if isinstance(thing, list):
        for item in thing:
            yield from texts_of(item)
    elif isinstance(thing, dict):
        for key, value in thing.items():
            if key in {"text", "title"} and isinstance(value, str):
                yield value
            else:
                yield from texts_of(value)
