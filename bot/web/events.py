"""``POST /harness/events``: what Harness's event rules tell (facts 7.2).

Harness signs nothing: the bearer token is the only proof, so it is compared in constant time and
before anything is read. It sends each event once and never again, so the event is on the watch list
before the 202; a store that cannot take it makes a 503, and the sweep finds the run.
"""

import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiohttp import web

from bot.ports.events import Event

Read = Callable[[Any], Event | None]
Take = Callable[[Event], Awaitable[None]]

log = structlog.stdlib.get_logger(__name__)


def events_door(
    token: str, *, read: Read, take: Take
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Make the door for bearers of *token*; *take* has written the event down when it returns."""
    wanted = token.encode()

    async def door(request: web.Request) -> web.Response:
        if not hmac.compare_digest(_bearer(request), wanted):
            log.warning("event refused", why="its token is not ours")
            return _answer(401, "unauthorized")
        body = await request.read()  # the server refuses what is too large
        event = read(_parsed(body))
        if event is None:
            log.warning("event refused", why="it is no event", size=len(body))
            return _answer(400, "not an event")
        try:
            await take(event)
        except Exception:
            log.exception("event could not be kept", event_id=event.id)
            return _answer(503, "not kept")
        return _answer(202, "accepted")

    return door


def _bearer(request: web.Request) -> bytes:
    """Give the token as bytes: Python compares text in constant time only if it is ASCII."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return given.strip().encode(errors="replace") if scheme.lower() == "bearer" else b""


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _answer(status: int, word: str) -> web.Response:
    return web.json_response({"status": word}, status=status)
