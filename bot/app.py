"""The composition root: the only place that knows everybody.

``serve`` opens what the bot needs, starts what runs for ever, and takes it all down in reverse:
readiness goes first, then the doors, then the stories under way, then the outbox, then the rest.
"""

import asyncio
import contextlib
import secrets
import tomllib
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import structlog

from bot.clock import SystemClock
from bot.core.errors import SlackTrouble
from bot.core.policy import Policy
from bot.core.policy_file import PolicyError, policy_from
from bot.flows import alert, restart
from bot.flows.context import Context, Workspace
from bot.flows.narrowing import zone_of
from bot.flows.pace import Pace
from bot.flows.work import Work
from bot.harness.event_wire import read_event
from bot.harness.firstgen import open_firstgen
from bot.harness.transport import Address
from bot.ports.pulse import Pulse
from bot.settings import BadSettings, Settings
from bot.settings.oauth import without_oauth
from bot.slack.bolt import bolt_app, socket
from bot.slack.chat import SlackChat
from bot.slack.clients import SlackAddress, slack_clients
from bot.slack.door import http_door
from bot.slack.listeners import Listeners
from bot.store.open import open_store
from bot.store.store import SqlStore
from bot.web.events import events_door
from bot.web.metrics import Metrics
from bot.web.server import AddressError, Doors, Readiness, listening, web_app
from bot.workers import flushed, greet, numbers, work_for_ever

DRAIN_SECONDS = 12.0
"""What stories under way get on SIGTERM; a click needs 8 (ruling 8)."""

FLUSH_SECONDS = 3.0
"""What the outbox gets after that."""


log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pulses:
    """How the three services have been answering."""

    slack: Pulse
    harness: Pulse
    store: Pulse

    def all(self) -> tuple[Pulse, ...]:
        """List them."""
        return (self.slack, self.harness, self.store)


async def serve(
    settings: Settings,
    *,
    stop: asyncio.Event,
    ready: asyncio.Event | None = None,
    pace: Pace | None = None,
) -> None:
    """Run the bot until *stop* is set; *ready* is set once it takes part.

    Raises ``BadStore`` when the store cannot be opened.
    """
    clock = SystemClock()
    pulses = Pulses(Pulse("slack"), Pulse("harness"), Pulse("store"))
    readiness = Readiness()
    doors = Doors(
        slack_expected=not settings.socket_mode,
        harness_expected=settings.harness_events_token is not None,
    )
    policy = policy_of(settings)
    async with AsyncExitStack() as stack:
        store = await _unless(
            stop,
            stack.enter_async_context(
                open_store(
                    settings.database_url.get_secret_value(), clock=clock, pulse=pulses.store
                )
            ),
        )
        if store is None:
            return
        slack = slack_address(settings)
        writer, reader = await stack.enter_async_context(slack_clients(slack))
        pace = pace or Pace()
        chat = SlackChat(writer, reader, clock, pulses.slack, post_seconds=pace.post_seconds)
        harness = await stack.enter_async_context(
            open_firstgen(
                harness_address(settings),
                clock=clock,
                window=store,
                requests_per_minute=settings.harness_requests_per_minute,
                pulse=pulses.harness,
            )
        )
        work = Work()
        metrics = Metrics(pulses.all(), lambda: numbers(store, work))
        site = web_app(readiness, pulses.all(), metrics, doors)
        try:
            await stack.enter_async_context(listening(site, settings.host, settings.port))
        except AddressError as error:
            raise BadSettings((f"HOST, PORT: {error}",)) from error
        workspace = await _unless(stop, _who_we_are(chat, clock))
        if workspace is None:
            return
        ctx = Context(
            deployments=harness,
            chat=chat,
            store=store,
            clock=clock,
            policy=policy,
            workspace=workspace,
            command=settings.slack_command,
            poll_seconds=settings.poll_seconds,
            new_id=lambda: secrets.token_urlsafe(15),
            alert_channel=settings.alert_channel or "",
            pace=pace,
        )
        await _live(settings, ctx, store, work, _Front(readiness, doors, pulses, stop, ready))


@dataclass(frozen=True, slots=True)
class _Front:
    """What shows to the outside while the bot lives."""

    readiness: Readiness
    doors: Doors
    pulses: Pulses
    stop: asyncio.Event
    ready: asyncio.Event | None
    started: asyncio.Event = field(default_factory=asyncio.Event)


async def _live(
    settings: Settings, ctx: Context, store: SqlStore, work: Work, front: _Front
) -> None:
    """Take part from here to *stop*, then go in order."""
    if settings.harness_events_token is not None:
        front.doors.harness = events_door(
            settings.harness_events_token.get_secret_value(),
            read=read_event,
            take=lambda event: alert.from_event(ctx, event),
        )
    workers = asyncio.create_task(work_for_ever(ctx, store))
    greeting = asyncio.create_task(greet(ctx, front.pulses.harness))
    announcing = asyncio.create_task(_announce(greeting, front))
    try:
        await restart.answer_lost_clicks(ctx)
        await _listen_until_stopped(settings, ctx, work, front, workers)
        await work.drain(DRAIN_SECONDS)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_SECONDS):
                await flushed(store, ctx.clock, FLUSH_SECONDS)
    finally:
        for task in (announcing, greeting, workers):
            task.cancel()
        ended = await asyncio.gather(announcing, greeting, workers, return_exceptions=True)
        await work.drain(0)
    for end in ended:
        if isinstance(end, Exception):
            raise end
    log.info("stopped")


async def _listen_until_stopped(
    settings: Settings, ctx: Context, work: Work, front: _Front, workers: asyncio.Task[None]
) -> None:
    async with AsyncExitStack() as doors:
        listening_to_slack = _slack_listening(settings, ctx, work, front.doors)
        await _unless(front.stop, doors.enter_async_context(listening_to_slack))
        if not front.stop.is_set():
            log.info("started", mode="socket" if settings.socket_mode else "http")
            front.readiness.started = True
            front.started.set()
        stopping = asyncio.create_task(front.stop.wait())
        try:
            await asyncio.wait({stopping, workers}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            front.readiness.draining = True
            log.info("draining", under_way=work.under_way)
            stopping.cancel()


async def _announce(greeting: Awaitable[None], front: _Front) -> None:
    await greeting
    await front.started.wait()
    log.info("ready")
    if front.ready is not None:
        front.ready.set()


# ── how things are opened ──────────────────────────────────────────────────────────────────────


Opened = TypeVar("Opened")


async def _unless(stop: asyncio.Event, opening: Awaitable[Opened]) -> Opened | None:
    """Wait for *opening*, unless *stop* comes first."""
    task = asyncio.ensure_future(opening)
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if task.done():
        return await task
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return None


def policy_of(settings: Settings) -> Policy:
    """Read the policy file; its problems are bad settings."""
    if settings.policy_file is None:
        return Policy()
    try:
        policy = policy_from(tomllib.loads(settings.policy_file.read_text("utf-8")))
        zone_of(policy)
    except PolicyError as bad:
        raise BadSettings(tuple(f"POLICY_FILE: {problem}" for problem in bad.problems)) from bad
    return policy


def harness_address(settings: Settings) -> Address:
    """Say where Harness is, as its adapter wants to know it."""
    return Address(
        url=settings.harness_url,
        account=settings.harness_account_id,
        key=settings.harness_api_key.get_secret_value(),
        ca_bundle=settings.harness_ca_bundle,
        proxy=settings.proxy_for(settings.harness_url),
    )


def slack_address(settings: Settings) -> SlackAddress:
    """Say where Slack is, as its adapter wants to know it."""
    app, secret = settings.slack_app_token, settings.slack_signing_secret
    return SlackAddress(
        url=settings.slack_api_url,
        bot_token=settings.slack_bot_token.get_secret_value(),
        app_token=app.get_secret_value() if app else None,
        signing_secret=secret.get_secret_value() if secret else None,
        proxy=settings.proxy_for(settings.slack_api_url),
    )


@asynccontextmanager
async def _slack_listening(
    settings: Settings, ctx: Context, work: Work, doors: Doors
) -> AsyncIterator[None]:
    """Open the way in for Slack: a socket, or the HTTP door."""
    slack = slack_address(settings)
    with without_oauth():
        app = bolt_app(slack, ctx.workspace)
    Listeners(ctx, work).register(app)
    if slack.app_token is None:
        doors.slack = http_door(app, slack)
        yield
        doors.slack = None  # from here on Slack is told 503: what we took now would be dropped
    else:
        async with socket(app, slack, ctx.clock):
            yield


async def _who_we_are(chat: SlackChat, clock: SystemClock) -> Workspace:
    """Ask Slack until it says who the bot is."""
    pause = 1.0
    while True:
        try:
            me = await chat.hello()
        except SlackTrouble as trouble:
            log.warning("slack does not let us in", code=trouble.code, again_in=pause)
            await clock.sleep(pause)
            pause = min(60.0, pause * 2)
        else:
            return Workspace(me["team_id"], me["user_id"], me["bot_id"])
