"""Bolt, set up for a production bot: one team, no retries of its own, two ways in."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.flows.context import Workspace
from bot.ports import Clock
from bot.slack.clients import SlackAddress, bolts_client, sockets_client
from bot.slack.sound import sound

LONGEST_PAUSE = 60.0
ACK_SECONDS = 3.0
"""How long Slack waits for an ack, and so for how long one is worth waiting for."""

log = structlog.stdlib.get_logger(__name__)


class SoundApp(AsyncApp):
    """Bolt, without the bodies that its own code would break on."""

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """Dispatch sound bodies; acknowledge and ignore the others."""
        if sound(req.body):
            return await super().async_dispatch(req)
        log.warning("a request of no known shape")
        return BoltResponse(status=200)


def bolt_app(address: SlackAddress, workspace: Workspace) -> AsyncApp:
    """Make the Bolt app; in Socket Mode there are no signatures to check.

    Who we are is known from the start, so no command waits for an ``auth.test``. Our own events
    are let through: the webhook of Harness's alerts may live in our own Slack app (ruling 19).
    """

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=workspace.team_id,
            bot_user_id=workspace.bot_user_id,
            bot_id=workspace.bot_id,
            bot_token=address.bot_token,
        )

    return SoundApp(
        name="harness-resume-bot",
        # Without one Bolt takes the root's level for itself, and prints payloads at DEBUG.
        logger=logging.getLogger("slack_bolt"),
        client=bolts_client(address),
        authorize=authorize,
        signing_secret=address.signing_secret or "",
        request_verification_enabled=address.app_token is None,
        ignoring_self_events_enabled=False,
    )


@asynccontextmanager
async def socket(app: AsyncApp, address: SlackAddress, clock: Clock) -> AsyncIterator[None]:
    """Listen to Slack over a socket for as long as the context is open.

    The SDK's handler opens a session as it is made, so this happens inside the running loop.
    """
    client = sockets_client(address)
    handler = PoliteSocket(app, address.app_token, web_client=client, proxy=address.proxy)
    pause = 1.0
    try:
        while not await _connected(handler, pause):
            await clock.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)
        yield
    finally:
        await handler.stops_listening()
        await handler.close_async()  # type: ignore[no-untyped-call]


class PoliteSocket(AsyncSocketModeHandler):
    """Bolt's handler of the socket, which finishes its acks before it hangs up."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._listens = True
        self._answering: set[asyncio.Future[None]] = set()

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        """Answer an envelope; one that comes while we stop is left to whoever listens next."""
        if not self._listens:
            return
        answering = asyncio.ensure_future(super().handle(client, req))
        self._answering.add(answering)
        try:
            await answering
        except ConnectionError as error:  # the SDK has already tried the next connection
            log.warning("an ack did not reach slack", error=type(error).__name__)
        finally:
            self._answering.discard(answering)

    async def stops_listening(self) -> None:
        """Take nothing more, and wait until what was taken is acknowledged."""
        self._listens = False
        if self._answering:
            await asyncio.wait(self._answering, timeout=ACK_SECONDS)


async def _connected(handler: AsyncSocketModeHandler, pause: float) -> bool:
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]
    except Exception as error:  # noqa: BLE001 -- the SDK raises many kinds; all mean "again"
        log.warning("socket mode does not connect", error=type(error).__name__, again_in=pause)
        return False
    return True
