"""The pretend workspace as its users hold it: people to act, a server to reach, a score."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from aiohttp import web

from bot.demo.slack.answers import IncomingWebhook, ResponseUrls
from bot.demo.slack.changes import Json
from bot.demo.slack.delivery import Delivery
from bot.demo.slack.faults import Faults
from bot.demo.slack.limits import RateLimits
from bot.demo.slack.model import App, Channel, ChannelKind, Member, Message, Standing
from bot.demo.slack.people import Person
from bot.demo.slack.receipts import Receipt
from bot.demo.slack.snapshot import snapshot
from bot.demo.slack.state import MANIFEST_EVENTS, MANIFEST_SCOPES, Workspace
from bot.demo.slack.web_api import WebApi

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command of the app's manifest."""

    name: str
    should_escape: bool = False


class PretendSlack(Workspace):
    """A strict workspace with our app installed; see the package's docstring for an example."""

    def __init__(
        self,
        *,
        now: Callable[[], float | datetime] = time.time,
        name: str = "Pretend",
        scopes: Iterable[str] = MANIFEST_SCOPES,
        events: Iterable[str] = MANIFEST_EVENTS,
        commands: Iterable[Command] = (Command("/resume"),),
    ) -> None:
        super().__init__(now=now, name=name, scopes=scopes, events=events)
        self.commands = {command.name: command for command in commands}
        self.faults = Faults()
        self.delivery = Delivery(self)
        self.webhooks: dict[str, IncomingWebhook] = {}
        self.extra_routes: list[web.RouteDef] = []
        """Routes that are served beside Slack's own, such as the demo's page."""
        self._api = WebApi(self, self.faults)
        self._api.new_socket_url = self.delivery.socket.new_url
        self._response_urls = ResponseUrls(self, self.faults)

    # -- serving ----------------------------------------------------------------------------

    @asynccontextmanager
    async def serving(self, *, port: int = 0, host: str = "127.0.0.1") -> AsyncIterator[str]:
        """Serve on a loopback socket; yields the value for SLACK_API_URL."""
        runner = web.AppRunner(self.web_app(), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        site = web.TCPSite(runner, host, port)
        await site.start()
        address = runner.addresses[0]
        self.base_url = f"http://{address[0]}:{address[1]}"
        self.delivery.open()
        try:
            yield f"{self.base_url}/api/"
        finally:
            await self.delivery.close()
            await runner.cleanup()

    def web_app(self) -> web.Application:
        """Return the aiohttp application with Slack's addresses and the extra routes."""
        app = web.Application(client_max_size=8 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._api.answer)
        app.router.add_post("/services/{team}/{bot}/{key}", self._webhook)
        app.router.add_post("/actions/{team}/{key}", self._response_urls.answer)
        app.router.add_get("/link/", self.delivery.socket.accept)
        app.router.add_routes(self.extra_routes)
        return app

    async def _webhook(self, http: web.Request) -> web.StreamResponse:
        hook = self.webhooks.get(http.match_info["key"])
        if hook is None:
            return web.Response(status=404, text="no_service")
        return await hook.answer(http)

    # -- who and where ------------------------------------------------------------------------

    def person(
        self,
        real_name: str,
        *,
        email: str | None = None,
        standing: Standing = "member",
        name: str | None = None,
    ) -> Person:
        """Add a person; a `stranger` comes from another workspace by Slack Connect."""
        person = Person(
            id=self.new_id("U"),
            name=name or real_name.lower().replace(" ", "."),
            real_name=real_name,
            email=email,
            standing=standing,
            team_id="T0ELSEWHERE" if standing == "stranger" else self.team_id,
            home_team_id=self.team_id,
            slack=self,
        )
        self.add_member(person)
        return person

    def channel(
        self,
        name: str,
        *,
        members: Iterable[Member] = (),
        bot: bool = True,
        kind: ChannelKind = "public",
        shared: bool = False,
    ) -> Channel:
        """Add a channel with these members, and with our bot unless `bot` is False."""
        everybody = [*members, *([self.bot] if bot else [])]
        return self.add_channel(name, kind=kind, members=everybody, shared=shared)

    def archive(self, channel: Channel) -> None:
        """Archive a channel."""
        channel.archived = True
        self.changes_log.add("archived", channel=channel.id)

    def invite(self, channel: Channel, member: Member) -> None:
        """Add somebody, or ``slack.bot``, to a channel."""
        channel.members.append(member)
        self.changes_log.add("joined", channel=channel.id, user=member.id)

    def remove(self, channel: Channel, member: Member) -> None:
        """Remove somebody, or ``slack.bot``, from a channel."""
        channel.members.remove(member)
        self.changes_log.add("left", channel=channel.id, user=member.id)

    def webhook(
        self, channel: Channel, name: str = "Harness", *, ours: bool = False
    ) -> IncomingWebhook:
        """Make an incoming webhook, of another app or (with `ours`) inside our own app."""
        app = self.app if ours else self.add_app(name, with_user=False)
        hook = IncomingWebhook(self, channel, app)
        self.webhooks[hook.key] = hook
        return hook

    def posts(self, author: App | Member, channel: Channel, text: str, **parts: object) -> Message:
        """Post as another app or member: `blocks`, `attachments`, `thread_ts`, `metadata`."""
        who = author.user or author if isinstance(author, App) else author
        message = Message(
            channel=channel,
            ts=self.new_ts(),
            author=who,
            text=text,
            **parts,  # type: ignore[arg-type]
        )
        self.add_message(message)
        return message

    def edits(self, message: Message, **parts: object) -> None:
        """Edit anybody's message as its author would; the bot gets ``message_changed``."""
        self.change_message(message, edited_ts=self.new_ts(), **parts)

    def deletes(self, message: Message) -> None:
        """Delete anybody's message as its author would."""
        self.remove_message(message)

    # -- the app's connection ---------------------------------------------------------------

    def send_to(self, request_url: str | None) -> None:
        """Deliver by signed POSTs to this URL; None goes back to Socket Mode."""
        self.delivery.http.request_url = request_url

    async def settle(self) -> None:
        """Wait until no event is under way: do this before stopping a bot that is well."""
        await self.delivery.settle()

    async def verify_url(self) -> Receipt:
        """Send the ``url_verification`` challenge, as when the URL is entered."""
        challenge = {"token": "", "challenge": "3eZbrw1aB", "type": "url_verification"}
        return await self.delivery.send("events_api", challenge)

    def on_message_event(self, channel: Channel, event: Json) -> None:
        """Deliver a message event to the bot, if it may hear it."""
        self.delivery.message_event(channel, event)

    def revoke_token(self) -> None:
        """Revoke the bot token: every later call fails with ``token_revoked``."""
        self.revoked.add(self.bot_token)

    @property
    def limits(self) -> RateLimits:
        """The rate limits; ``slack.limits.on = True`` switches them on."""
        return self._api.limits

    @property
    def deliveries(self) -> list[Receipt]:
        """Everything that was sent to the bot, attempt by attempt."""
        return self.delivery.receipts

    # -- finding ----------------------------------------------------------------------------

    @property
    def people(self) -> list[Person]:
        """Everybody who can act, in the order in which they came."""
        return [member for member in self.members.values() if isinstance(member, Person)]

    def find_message(self, channel_id: str, ts: str, viewer: Member) -> Message | None:
        """Return the message or the viewer's ephemeral message with this `ts`."""
        channel = self.channels.get(channel_id)
        if channel is None or viewer not in channel.members:
            return None
        whispers = (m for m in self.ephemeral_messages if m.only_for is viewer)
        found = (m for m in whispers if m.channel is channel and m.ts == ts)
        return channel.find(ts) or next(found, None)

    # -- watching ---------------------------------------------------------------------------

    def changes(self, after: int = 0) -> AsyncIterator[Json]:
        """Yield every change record later than `after` (a `seq`), for ever."""
        return self.changes_log.follow(after)

    def subscribe(self, watcher: Callable[[Json], None]) -> Callable[[], None]:
        """Call `watcher` with each later change record; the returned function ends it."""
        return self.changes_log.subscribe(watcher)

    def snapshot(self, viewer: Member) -> Json:
        """Return the workspace as one person sees it, JSON-able."""
        return snapshot(self, viewer)

    async def until(self, condition: Callable[[], T], timeout: float = 5.0) -> T:
        """Wait until `condition` gives something truthy, and return it; no polling."""
        return await self.changes_log.until(condition, timeout)

    def wake(self) -> None:
        """Let `until` look again, for conditions about things outside the workspace."""
        self.changes_log.wake()
