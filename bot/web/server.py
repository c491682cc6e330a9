"""The one HTTP server: health and metrics always, Slack's and Harness's requests where they apply.

``/readyz`` asks nobody: it tells from the last real calls how the services are (ruling 25).
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog
from aiohttp import web

from bot.core.errors import BotError
from bot.ports.pulse import Pulse
from bot.web.metrics import CONTENT_TYPE, Metrics

log = structlog.stdlib.get_logger(__name__)

Door = Callable[[web.Request], Awaitable[web.StreamResponse]]

BODY_LIMIT = 1 << 20
"""The largest request body that is read, in bytes."""


class AddressError(BotError):
    """The address to listen at cannot be had."""


@dataclass(slots=True)
class Readiness:
    """Whether the bot takes part: set by ``app`` as it starts and drains."""

    started: bool = False
    draining: bool = False

    def word(self, pulses: Iterable[Pulse]) -> str:
        """Say it in a word: starting, ready or draining."""
        if self.draining:
            return "draining"
        ready = self.started and all(pulse.answered for pulse in pulses)
        return "ready" if ready else "starting"


@dataclass(slots=True)
class Doors:
    """Where requests from outside go; one that is closed answers as if it was not there."""

    slack: Door | None = None
    harness: Door | None = None
    slack_expected: bool = field(default=False)
    """HTTP mode: while the door is not open Slack is told to come again."""
    harness_expected: bool = field(default=False)
    """Event rules are set up: likewise."""


def web_app(
    readiness: Readiness, pulses: Iterable[Pulse], metrics: Metrics, doors: Doors
) -> web.Application:
    """Make the aiohttp application."""
    pulses = tuple(pulses)

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def readyz(_: web.Request) -> web.Response:
        word = readiness.word(pulses)
        services = {p.name: p.trouble or ("ok" if p.answered else "not asked yet") for p in pulses}
        status = 200 if word == "ready" else 503
        return web.json_response({"status": word, "services": services}, status=status)

    async def numbers(_: web.Request) -> web.Response:
        return web.Response(body=await metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    async def slack(request: web.Request) -> web.StreamResponse:
        if doors.slack is not None:
            return await doors.slack(request)
        if doors.slack_expected:
            return web.json_response({"error": "not now"}, status=503)
        raise web.HTTPNotFound

    async def harness(request: web.Request) -> web.StreamResponse:
        if doors.harness is not None:
            return await doors.harness(request)
        if doors.harness_expected:
            return web.json_response({"error": "not now"}, status=503)
        raise web.HTTPNotFound

    app = web.Application(client_max_size=BODY_LIMIT)
    app.add_routes(
        [
            web.get("/healthz", healthz),
            web.get("/readyz", readyz),
            web.get("/metrics", numbers),
            web.post("/slack/events", slack),
            web.post("/harness/events", harness),
        ]
    )
    return app


@asynccontextmanager
async def listening(site: web.Application, host: str, port: int) -> AsyncIterator[None]:
    """Serve *site* for as long as the context is open.

    An address that cannot be had, such as a port that is taken, is ``AddressError``.
    """
    # Neither Slack nor Harness packs a body; one that is packed is bytes that make no sense.
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=5, auto_decompress=False)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            why = os.strerror(error.errno) if error.errno and error.errno > 0 else "no such address"
            raise AddressError(f"the bot cannot listen at {host}, PORT {port} ({why})") from error
        log.info("listening", addresses=[str(address) for address in runner.addresses])
        yield
    finally:
        await runner.cleanup()
