"""The state of the pretend workspace, and the few ways in which it changes."""

from __future__ import annotations

import copy
import itertools
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

from bot.demo.slack.changes import Changes, Json
from bot.demo.slack.model import App, Channel, ChannelKind, Member, Message, View
from bot.demo.slack.records import Call, ResponseUrl, Trigger, Violation

MANIFEST_SCOPES = (
    "commands", "chat:write", "im:write", "users:read", "users:read.email", "channels:history",
    "channels:read", "groups:history", "groups:read",
)  # fmt: skip
MANIFEST_EVENTS = ("message.channels", "message.groups", "app_home_opened")


class Workspace:
    """People, channels, messages and tokens; every mutation adds a change record."""

    def __init__(
        self,
        *,
        now: Callable[[], float | datetime] = time.time,
        name: str = "Pretend",
        scopes: Iterable[str] = MANIFEST_SCOPES,
        events: Iterable[str] = MANIFEST_EVENTS,
    ) -> None:
        self._clock = now
        self._numbers = itertools.count(1)
        self._last_micros = 0
        self.name = name
        self.team_id = "T0PRETEND"
        self.domain = name.lower()
        self.enterprise: Json | None = None
        self.scopes = set(scopes)
        self.events = set(events)
        self.bot_token = f"xoxb-pretend-{secrets.token_hex(8)}"
        self.app_token = f"xapp-1-pretend-{secrets.token_hex(8)}"
        self.signing_secret = secrets.token_hex(16)
        self.revoked: set[str] = set()
        self.changes_log = Changes(self.now)
        self.members: dict[str, Member] = {}
        self.apps: dict[str, App] = {}
        self.channels: dict[str, Channel] = {}
        self.ephemeral_messages: list[Message] = []
        self.views: dict[str, View] = {}
        self.modals: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.calls: list[Call] = []
        self.violations: list[Violation] = []
        self.reactions: list[tuple[str, str]] = []
        self.base_url = "http://127.0.0.1:0"
        self.app = self.add_app("Harness Resume")
        self.slackbot = Member(
            id="USLACKBOT",
            name="slackbot",
            real_name="Slackbot",
            email=None,
            standing="member",
            team_id=self.team_id,
            home_team_id=self.team_id,
        )
        self.add_member(self.slackbot)

    def now(self) -> float:
        """Return the workspace's time in seconds since 1970."""
        moment = self._clock()
        return moment.timestamp() if isinstance(moment, datetime) else moment

    def new_id(self, prefix: str) -> str:
        """Return an id of Slack's shape that nothing else has."""
        return f"{prefix}0{next(self._numbers):07d}"

    def new_ts(self) -> str:
        """Return a message `ts`, later than all before it even if the clock stands still."""
        self._last_micros = max(int(self.now() * 1_000_000), self._last_micros + 1)
        return f"{self._last_micros // 1_000_000}.{self._last_micros % 1_000_000:06d}"

    @property
    def bot(self) -> Member:
        """The bot user of our own app."""
        if self.app.user is None:
            message = "our own app always has a bot user"
            raise LookupError(message)
        return self.app.user

    # -- people, apps, channels -----------------------------------------------------------

    def add_member(self, member: Member) -> None:
        """Let somebody into the workspace."""
        self.members[member.id] = member
        self.changes_log.add("member_added", user=member.id, name=member.real_name)

    def add_app(self, name: str, *, with_user: bool = True) -> App:
        """Install an app; without a user it is only an incoming webhook."""
        app = App(name=name, app_id=self.new_id("A"), bot_id=self.new_id("B"))
        self.apps[app.bot_id] = app
        if with_user:
            app.user = Member(
                id=self.new_id("U"),
                name=name.lower().replace(" ", "-"),
                real_name=name,
                email=None,
                standing="bot",
                team_id=self.team_id,
                home_team_id=self.team_id,
                app=app,
            )
            self.add_member(app.user)
        return app

    def add_channel(
        self, name: str, *, kind: ChannelKind, members: Iterable[Member], shared: bool = False
    ) -> Channel:
        """Create a conversation with these members."""
        channel = Channel(
            id=self.new_id("D" if kind == "im" else "C"),
            name=name,
            kind=kind,
            team_id=self.team_id,
            members=list(members),
            shared=shared,
        )
        self.channels[channel.id] = channel
        self.changes_log.add("channel_added", channel=channel.id, name=name)
        return channel

    def direct(self, member: Member) -> Channel:
        """Return the direct conversation between the bot and `member`, opened if need be."""
        for channel in self.channels.values():
            if channel.kind == "im" and {self.bot, member} <= set(channel.members):
                return channel
        return self.add_channel(member.name, kind="im", members=[self.bot, member])

    # -- messages -------------------------------------------------------------------------

    def add_message(self, message: Message) -> None:
        """Put a message where its readers see it, and tell the bot's event subscription."""
        self._name_parts(message)
        if message.only_for is not None:
            self.ephemeral_messages.append(message)
            self._tell("ephemeral_posted", message, user=message.only_for.id)
            return
        message.channel.log.append(message)
        self._tell("message_posted", message)
        self.on_message_event(message.channel, message.as_json())

    def change_message(self, message: Message, **parts: object) -> None:
        """Edit a message in place; an ephemeral one sends no event."""
        before = message.as_json()
        if "blocks" in parts:
            message.earlier.append(message.blocks)
        for name, value in parts.items():
            setattr(message, name, value)
        self._name_parts(message)
        if message.only_for is not None:
            self._tell("ephemeral_changed", message, user=message.only_for.id)
            return
        self._tell("message_changed", message)
        event = {"subtype": "message_changed", "hidden": True, "ts": self.new_ts()}
        parts_json = {"message": message.as_json(), "previous_message": before}
        self.on_message_event(message.channel, {"type": "message", **event, **parts_json})

    def remove_message(self, message: Message) -> None:
        """Delete a message; replies below it stay."""
        before = message.as_json()
        message.deleted = True
        message.earlier.append(message.blocks)
        if message.only_for is not None:
            self.ephemeral_messages.remove(message)
            self._tell("ephemeral_deleted", message, user=message.only_for.id)
            return
        message.channel.log.remove(message)
        self._tell("message_deleted", message)
        event = {"subtype": "message_deleted", "hidden": True, "ts": self.new_ts()}
        parts_json = {"deleted_ts": message.ts, "previous_message": before}
        self.on_message_event(message.channel, {"type": "message", **event, **parts_json})

    def on_message_event(self, channel: Channel, event: Json) -> None:
        """Hear that a message event happened; the delivery overrides this."""

    def _tell(self, kind: str, message: Message, **facts: object) -> None:
        place = {"channel": message.channel.id, "ts": message.ts, "text": message.text}
        self.changes_log.add(kind, **place, **facts, message=message.as_json())

    def _name_parts(self, message: Message) -> None:
        message.blocks = self.named(message.blocks)

    def named(self, blocks: list[Json]) -> list[Json]:
        """Return blocks with the ids that Slack makes up where the app gave none."""
        blocks = copy.deepcopy(blocks)
        for block in blocks:
            block.setdefault("block_id", secrets.token_urlsafe(4)[:5])
            inner = [*block.get("elements", []), block.get("accessory"), block.get("element")]
            for element in inner:
                if (
                    isinstance(element, dict)
                    and block["type"] in {"actions", "section", "input", "context_actions"}
                    and element.get("type") != "image"
                ):
                    element.setdefault("action_id", secrets.token_urlsafe(4)[:5])
        return blocks

    # -- handles --------------------------------------------------------------------------

    def new_trigger(self, member: Member) -> Trigger:
        """Give out a trigger for an act that happens now."""
        number = next(self._numbers)
        trigger = Trigger(
            id=f"{number}.{number}.{secrets.token_hex(8)}", member=member, born=self.now()
        )
        self.triggers[trigger.id] = trigger
        return trigger

    def new_response_url(
        self, member: Member, channel: Channel, message: Message | None = None
    ) -> str:
        """Give out a response_url for an act that happens now."""
        key = secrets.token_hex(12)
        self.response_urls[key] = ResponseUrl(
            key=key, member=member, channel=channel, born=self.now(), message=message
        )
        return f"{self.base_url}/actions/{self.team_id}/{key}"

    def violate(self, rule: str, method: str, detail: str) -> None:
        """Write down something that Slack lets pass and a good app does not do."""
        self.violations.append(Violation(rule=rule, method=method, detail=detail))

    # -- score ----------------------------------------------------------------------------

    def calls_of(self, method: str) -> list[Call]:
        """Return the calls of one method, in order."""
        return [call for call in self.calls if call.method == method]

    def calls_per_method(self) -> Counter[str]:
        """Count the bot's calls by method."""
        return Counter(call.method for call in self.calls)

    def duplicates(self) -> list[tuple[str, str | None, str]]:
        """Return each (channel, thread, text) that our own app posted more than once."""
        ours = (m for c in self.channels.values() for m in c.log if self.is_ours(m))
        seen = Counter((m.channel.id, m.thread_ts, m.text) for m in ours)
        return [place for place, count in seen.items() if count > 1]

    def is_ours(self, message: Message) -> bool:
        """Say whether our own app's bot wrote the message."""
        return message.author is self.bot
