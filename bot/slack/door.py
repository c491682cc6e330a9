"""The door for Slack's requests in HTTP mode: signed, not heard before, and readable."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qs

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from bot.slack.clients import SlackAddress

SIGNATURE = "X-Slack-Signature"
KEPT_FOR = 2 * 300.0
"""Seconds: a signature is good for 300 before and after its time."""
MOST_KEPT = 50_000
MOST_FIELDS = 10
"""Fields of a form that Slack tries our certificate with; it has two."""

log = structlog.stdlib.get_logger(__name__)


def http_door(
    app: AsyncApp, address: SlackAddress
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Make the handler of ``POST /slack/events`` for HTTP mode.

    Nothing unsigned goes past it; that Bolt verifies once more is a second lock.
    """
    verifier = SignatureVerifier(address.signing_secret or "")
    heard = Heard()

    async def door(request: web.Request) -> web.StreamResponse:
        body = await request.read()
        if not signed(verifier, body, request.headers):
            if tries_tls(body):
                return web.Response()
            return web.json_response({"error": "invalid request"}, status=401)
        try:
            asked = await to_bolt_request(request)
        except ValueError as error:
            log.warning("not a request of Slack's", error=type(error).__name__)
            return web.json_response({"error": "not a request of Slack's"}, status=400)
        except Exception as error:  # noqa: BLE001 -- Bolt looks into the parts as it is made
            log.warning("a request of no known shape", error=type(error).__name__)
            return web.Response()
        again = heard.again(request.headers.get(SIGNATURE, ""))
        if again and asked.body.get("type") != "url_verification":
            log.warning("a request was delivered again, byte for byte")
            return web.Response()
        return await to_aiohttp_response(await app.async_dispatch(asked))

    return door


def signed(verifier: SignatureVerifier, body: bytes, headers: Mapping[str, str]) -> bool:
    """Whether Slack signed that, lately."""
    try:
        return verifier.is_valid_request(body, dict(headers))
    except ValueError:
        return False  # a timestamp that is no number, a body that is no text


def tries_tls(body: bytes) -> bool:
    """Whether Slack only tries our certificate: that comes unsigned, and asks for nothing."""
    try:
        return parse_qs(body, max_num_fields=MOST_FIELDS).get(b"ssl_check") == [b"1"]
    except ValueError:
        return False  # too many fields, or (before Python 3.13) no plain ASCII


class Heard:
    """The signatures of late; Slack's own retries are signed anew, so they are not among them."""

    def __init__(self) -> None:
        self._at: OrderedDict[str, float] = OrderedDict()

    def again(self, signature: str) -> bool:
        """Whether that was heard already; it is remembered."""
        now = asyncio.get_running_loop().time()
        while self._at and (
            len(self._at) > MOST_KEPT or next(iter(self._at.values())) < now - KEPT_FOR
        ):
            self._at.popitem(last=False)
        known = signature in self._at
        self._at.setdefault(signature, now)
        return known and bool(signature)
